"""The town, its enterprise and the firms and citizens who write to them. None of them exists.

Postal codes, dialling codes and bank codes are ones nobody has; the domains end in `.example`.
"""

from dataclasses import dataclass

from .numbers import iban, leitweg_id, tax_number, vat_id


@dataclass(frozen=True)
class Firm:
    name: str
    street: str
    zip: str
    town: str
    email: str
    phone: str = ""
    contact: str = ""
    vat: str = ""
    tax: str = ""
    register: str = ""
    legal: str = ""
    bank: str = ""
    bic: str = ""
    iban: str = ""

    @property
    def web(self):
        return "www." + self.email.split("@")[1]


TOWN = Firm("Stadt Auenfurt", "Rathausplatz 1", "59997", "Auenfurt", "rechnung@stadt-auenfurt.example",
            phone="02999 41-0")
WORKS = Firm("Stadtwerke Auenfurt", "Am Wasserturm 12", "59997", "Auenfurt",
             "rechnung@stadtwerke-auenfurt.example", phone="02999 8200-0")

COARSE = "05999123"
BUILDING = leitweg_id(COARSE, "60100")   # Bauamt
TREASURY = leitweg_id(COARSE, "20100")   # Kämmerei
CENTRAL = leitweg_id(COARSE, "10200")    # Hauptamt
SCHOOLS = leitweg_id(COARSE, "40100")    # Schulamt
FACILITY = leitweg_id(COARSE, "23400")   # Gebäudewirtschaft
UTILITIES = leitweg_id(COARSE, "81000")  # Stadtwerke

SAVINGS = ("49950099", "Sparkasse Auenfurt-Niederbergen", "WELADE9AUE1")
COOPERATIVE = ("49960123", "Volksbank Oberauetal eG", "GENODE9OAT1")


def _firm(name, street, zip, town, domain, **more):
    bank, account = more.pop("bank"), more.pop("account")
    mailbox = more.pop("mailbox", "buchhaltung")
    return Firm(name, street, zip, town, f"{mailbox}@{domain}", bank=bank[1], bic=bank[2],
                iban=iban(bank[0], account), **more)


GARDENER = _firm(
    "Garten- und Landschaftsbau Tannhöfer GmbH", "Lohgerberweg 27", "59996", "Niederbergen",
    "galabau-tannhoefer.example", phone="+49 2998 773140", contact="Marlies Tannhöfer",
    vat=vat_id("29341806"), tax=tax_number("398", "5720", "043"), register="HRB 90417",
    legal="Geschäftsführerin: Marlies Tannhöfer, Amtsgericht Auenfurt, HRB 90417", bank=SAVINGS, account="1000417725")
OFFICE_SUPPLY = _firm(
    "Bürobedarf Wessling & Kranz OHG", "Kontorstraße 5", "59995", "Oberauetal", "wessling-kranz.example",
    phone="+49 2997 60660", contact="Tobias Kranz", vat=vat_id("81460277"), register="HRA 90233",
    legal="Gesellschafter: Ute Wessling, Tobias Kranz, Amtsgericht Auenfurt, HRA 90233",
    bank=COOPERATIVE, account="0070338102")
LAMPS = _firm(
    "Lichtwerk Ostermoor GmbH", "Industriestraße 88", "59991", "Ostermoor", "lichtwerk-ostermoor.example",
    phone="+49 2993 5512-70", contact="Jannis Petersen", vat=vat_id("30615548"), register="HRB 91560",
    legal="Geschäftsführer: Dr. Jannis Petersen, Amtsgericht Auenfurt, HRB 91560",
    bank=SAVINGS, account="1002290645", mailbox="rechnung")
CLEANING = _firm(
    "Gebäudereinigung Blankenau GmbH & Co. KG", "Seifensiedergasse 14", "59997", "Auenfurt",
    "blankenau-reinigung.example", phone="+49 2999 30880", contact="Svetlana Hofer", vat=vat_id("27790132"),
    tax=tax_number("398", "5811", "220"), register="HRA 90588",
    legal="Komplementärin: Blankenau Verwaltungs-GmbH, Geschäftsführer: Ralf Blankenau, Amtsgericht Auenfurt, HRA 90588",
    bank=SAVINGS, account="1000051988")
SOFTWARE = _firm(
    "Datenwerk Südheide GmbH", "Technologiepark 3", "59990", "Südheide", "datenwerk-suedheide.example",
    phone="+49 2992 118-400", contact="Leonie Aschenbrenner", vat=vat_id("31822094"), register="HRB 92071",
    legal="Geschäftsführer: Mehmet Yıldırım, Amtsgericht Auenfurt, HRB 92071", bank=COOPERATIVE,
    account="0071556003", mailbox="faktura")
JOINER = _firm(
    "Schreinerei Kolbenschlag GmbH", "Holzmarkt 9", "59996", "Niederbergen", "kolbenschlag.example",
    phone="02998 4471", contact="Anton Kolbenschlag", vat=vat_id("28805561"), tax=tax_number("398", "5702", "118"),
    register="HRB 90812", legal="Geschäftsführer: Anton Kolbenschlag", bank=COOPERATIVE, account="0070012946",
    mailbox="info")
GARAGE = _firm(
    "Kfz-Meisterbetrieb Dussling e.K.", "Hammerschmiede 3", "59994", "Altwehr", "kfz-dussling.example",
    phone="02996 2087", contact="Heribert Dussling", vat=vat_id("17523390"), tax=tax_number("398", "5045", "731"),
    register="HRA 90119", legal="Inhaber: Heribert Dussling", bank=SAVINGS, account="1000338421", mailbox="werkstatt")
METAL = _firm(
    "Metallbau Riesenkamp GmbH", "Schlosserweg 41", "59994", "Altwehr", "metallbau-riesenkamp.example",
    phone="02996 91830", contact="Bettina Riesenkamp", vat=vat_id("26640715"), register="HRB 90377",
    legal="Geschäftsführerin: Bettina Riesenkamp", bank=SAVINGS, account="1000729034")
FLOWERS = _firm(
    "Blumenhaus Vennekohl KG", "Marktgasse 2", "59997", "Auenfurt", "blumen-vennekohl.example",
    phone="02999 5563", contact="Edda Vennekohl", vat=vat_id("19384426"), register="HRA 90041",
    legal="Persönlich haftend: Edda Vennekohl", bank=COOPERATIVE, account="0070881557", mailbox="laden")
PAINTER = _firm(
    "Malerbetrieb Quendel GmbH", "Färbergraben 17", "59997", "Auenfurt", "maler-quendel.example",
    phone="02999 70214", contact="Ingo Quendel", vat=vat_id("29917743"), register="HRB 90655",
    legal="Geschäftsführer: Ingo Quendel", bank=SAVINGS, account="1000917260", mailbox="kontakt")
HEATING = _firm(
    "Gebäudetechnik Ahornsen GmbH", "Kesselstraße 60", "59993", "Ahornsen", "gt-ahornsen.example",
    phone="+49 2995 44100", contact="Kerstin Vollrath", vat=vat_id("30142286"), register="HRB 91204",
    legal="Geschäftsführer: Kerstin Vollrath, Jörg Ahorn, Amtsgericht Auenfurt, HRB 91204",
    bank=SAVINGS, account="1001560378", mailbox="rechnungen")
LABORATORY = _firm(
    "Wasserlabor Thomsdorf GmbH", "An der Quelle 1", "59992", "Thomsdorf", "wasserlabor-thomsdorf.example",
    phone="+49 2994 20230", contact="Dr. Friederike Anders", vat=vat_id("28266903"), register="HRB 90930",
    legal="Geschäftsführerin: Dr. Friederike Anders, Amtsgericht Auenfurt, HRB 90930",
    bank=COOPERATIVE, account="0072004418", mailbox="rechnung")
PAVING = _firm(
    "Straßenbau Holtkötter GmbH & Co. KG", "Am Steinbruch 200", "59994", "Altwehr", "holtkoetter-bau.example",
    phone="+49 2996 8001-20", contact="Dirk Holtkötter", vat=vat_id("12609948"), register="HRA 90007",
    legal="Komplementärin: Holtkötter Bau-GmbH, Geschäftsführer: Dirk Holtkötter, Amtsgericht Auenfurt, HRA 90007",
    bank=SAVINGS, account="1000000716")
CATERING = _firm(
    "Schulküche Morgenrot gGmbH", "Speicherstraße 8", "59995", "Oberauetal", "schulkueche-morgenrot.example",
    phone="+49 2997 3312-0", contact="Nadja Brückner", vat=vat_id("29058367"), register="HRB 91833",
    legal="Geschäftsführerin: Nadja Brückner, Amtsgericht Auenfurt, HRB 91833", bank=COOPERATIVE,
    account="0071009275")
