"""The invoices of this autumn, all made up."""

from datetime import date
from decimal import Decimal

from . import people
from .model import EN16931, Charge, Invoice, Line
from .people import TOWN, WORKS

SKONTO = "#SKONTO#TAGE=14#PROZENT=2.00#\n"

PLANTING = Invoice(
    "GL-2026-0412", date(2026, 10, 12), date(2026, 11, 11), people.GARDENER, TOWN, people.BUILDING,
    order="BA-2026-0871", delivered=date(2026, 10, 9), terms=SKONTO,
    note="Grünzug Mühlbachaue, Abschnitt 2: Ersatzpflanzung nach Sturmschaden. Aufmaß liegt bei.",
    lines=(
        Line("Winterlinde, Hochstamm 3xv, StU 18-20", "6", "H87", "412.50", "7", "Tilia cordata 'Greenspire', Ballen"),
        Line("Hainbuche, Heckenpflanze 100-125 cm", "84", "H87", "6.85", "7", "Carpinus betulus, 2xv, Wurzelware"),
        Line("Pflanzgruben ausheben und Substrat einbauen", "9.6", "MTQ", "118.00"),
        Line("Dreibock aus Robinienpfählen, liefern und setzen", "6", "H87", "74.90"),
        Line("Pflanzarbeiten, Vorarbeiter und zwei Gärtner", "27.5", "HUR", "54.20"),
        Line("Bodenaushub laden und zur Deponie fahren", "14.3", "TNE", "23.75"),
    ))

TONER_RETURN = Invoice(
    "G-26-00187", date(2026, 10, 20), date(2026, 10, 20), people.OFFICE_SUPPLY, TOWN, people.CENTRAL, type="381",
    order="HA-2026-1140", delivered=date(2026, 10, 15), preceding=("R-26-04410", date(2026, 9, 28)),
    terms="Der Betrag wird auf das Konto der Stadtkasse überwiesen.",
    note="Gutschrift für die Rücknahme falsch gelieferter Tonerkassetten.",
    lines=(Line("Tonerkassette schwarz, 10.000 Seiten", "8", "H87", "96.40", text="Rücknahme, originalverpackt"),
           Line("Kopierpapier A4, 80 g/m², Karton zu 2.500 Blatt", "3", "H87", "23.95", text="beschädigt angeliefert")))

LAMPS = Invoice(
    "2026/10/3371", date(2026, 10, 14), date(2026, 11, 13), people.LAMPS, WORKS, people.UTILITIES,
    order="SW-45100932", delivered=date(2026, 10, 8),
    terms="Zahlbar innerhalb von 30 Tagen ohne Abzug.", note="Umrüstung der Straßenbeleuchtung, Los 3.",
    lines=(
        Line("LED-Mastaufsatzleuchte 28 W, 4.000 K", "48", "H87", "218.00", off=("5", "Mengenrabatt")),
        Line("LED-Seilleuchte 36 W, 3.000 K", "15", "H87", "264.50", off=("2.5", "Mengenrabatt")),
        Line("Kabelübergangskasten IP 54", "63", "H87", "19.80"),
        Line("Inbetriebnahme und Messprotokoll", "12", "HUR", "68.00")),
    charges=(Charge(Decimal("185.00"), "19", "Fracht und Verpackung", "FC"),))

CLEANING = Invoice(
    "RE2026-10077", date(2026, 10, 30), date(2026, 11, 20), people.CLEANING, TOWN, people.FACILITY, profile=EN16931,
    order="GW-2025-0033", delivered=date(2026, 10, 30), period=(date(2026, 10, 1), date(2026, 10, 31)),
    terms="Zahlbar bis 20.11.2026 ohne Abzug.",
    lines=(
        Line("Unterhaltsreinigung Rathaus, Oktober 2026", "1", "MON", "4280.00", text="2.140 m², täglich nach Plan A"),
        Line("Unterhaltsreinigung Stadtbücherei, Oktober 2026", "1", "MON", "1165.00", text="dreimal je Woche"),
        Line("Glasreinigung Rathaus, innen und außen", "386", "MTK", "1.95"),
        Line("Sonderreinigung nach Wasserschaden, Raum 114", "6.5", "HUR", "31.40"),
        Line("Hygienepapier und Seifencreme", "1", "LS", "247.80")))

SOFTWARE = Invoice(
    "F-261103-08", date(2026, 11, 3), date(2026, 12, 3), people.SOFTWARE, TOWN, people.CENTRAL,
    order="HA-2026-1201", delivered=date(2026, 10, 31), period=(date(2026, 10, 1), date(2026, 10, 31)),
    terms="30 Tage netto.",
    lines=(
        Line("Softwarepflege Ratsinformationssystem, Oktober 2026", "1", "MON", "389.00"),
        Line("Betrieb im Rechenzentrum, 45 Arbeitsplätze", "45", "C62", "8.40", text="Abrechnung je Arbeitsplatz"),
        Line("Fernwartung nach Aufwand", "3.75", "HUR", "112.00", text="Ticket 44871, 45003")))

CUPBOARDS = Invoice(
    "2026-318", date(2026, 10, 21), date(2026, 11, 20), people.JOINER, TOWN, people.SCHOOLS, order="SA-2026-0456",
    delivered=date(2026, 10, 16),
    lines=(
        Line("Garderobenschrank Buche, 12 Fächer", "4", "H87", "685.00", text="B 240 x H 160 x T 45 cm, abschließbar"),
        Line("Regalelement für Klassenbücherei", "6", "H87", "212.50", text="Multiplex Birke, geölt"),
        Line("Lieferung und Montage", "11.5", "HUR", "52.00"),
        Line("Entsorgung der alten Schränke", "1", "LS", "180.00")))

VAN_REPAIR = Invoice(
    "26-2207", date(2026, 10, 28), date(2026, 11, 11), people.GARAGE, TOWN, None, delivered=date(2026, 10, 26),
    lines=(
        Line("Bremsscheiben Vorderachse, Satz", "1", "H87", "186.40"),
        Line("Bremsbeläge Vorderachse, Satz", "1", "H87", "92.75"),
        Line("Bremsflüssigkeit DOT 4", "1.5", "LTR", "14.60"),
        Line("Bremsen Vorderachse erneuern, Anlage entlüften", "3.2", "HUR", "78.00"),
        Line("Hauptuntersuchung vorbereiten und vorführen", "1", "LS", "68.50"),
        Line("Altteile entsorgen", "1", "LS", "9.80")))

RAILING = Invoice(
    "R26-0955", date(2026, 10, 29), date(2026, 11, 28), people.METAL, TOWN, people.SCHOOLS, order="4711/26",
    period=(date(2026, 9, 14), date(2026, 10, 23)),
    lines=(
        Line("Geländer Stahl feuerverzinkt, Höhe 1,10 m", "38.4", "MTR", "164.00"),
        Line("Handlauf Edelstahl, Durchmesser 42 mm", "38.4", "MTR", "58.50"),
        Line("Eckstücke und Bögen zum Handlauf", "9", "H87", "42.80"),
        Line("Pfosten 60 x 60 mm mit Fußplatte", "24", "H87", "71.25"),
        Line("Kernbohrungen und Verbundanker", "96", "H87", "11.40"),
        Line("Demontage des alten Geländers", "38.4", "MTR", "22.00"),
        Line("Schweißarbeiten auf der Baustelle", "14.5", "HUR", "66.00"),
        Line("Gitterroststufen 1.000 x 270 mm", "16", "H87", "88.90"),
        Line("Treppenwange U 200, gekantet", "2", "H87", "415.00"),
        Line("Podest Gitterrost mit Tragrahmen", "3.2", "MTK", "298.00"),
        Line("Rampe für Rollstuhl, Riffelblech", "1", "H87", "1240.00"),
        Line("Absperrung während der Bauzeit", "6", "WEE", "45.00"),
        Line("Tor zweiflügelig, 3,00 x 1,40 m", "1", "H87", "1870.00"),
        Line("Torfeststeller und Schloss", "2", "H87", "96.50"),
        Line("Farbbeschichtung DB 703", "46.2", "MTK", "31.80"),
        Line("Werkstattzeichnungen und Statik", "1", "LS", "980.00"),
        Line("An- und Abfahrt", "7", "C62", "38.00")))

WREATHS = Invoice(
    "1846", date(2026, 11, 5), date(2026, 11, 19), people.FLOWERS, TOWN, None, delivered=date(2026, 11, 4),
    lines=(Line("Kranz mit Schleife, Volkstrauertag", "3", "H87", "89.72", "7"),
           Line("Tischgesteck Seniorennachmittag", "14", "H87", "12.15", "7"),
           Line("Leihvasen, Anlieferung und Abholung", "1", "LS", "24.00", "19")))

PAINTING = Invoice(
    "R-1092", date(2026, 11, 2), date(2026, 11, 16), people.PAINTER, TOWN, None, delivered=date(2026, 10, 30),
    lines=(Line("Wände Raum 207 streichen, zweimal", "74", "MTK", "8.90"),
           Line("Türzargen schleifen und lackieren", "4", "H87", "68.00"),
           Line("Abdecken und Möbel rücken", "5", "HUR", "47.50")))

LUNCHES = Invoice(
    "2026-10-088", date(2026, 10, 30), date(2026, 11, 13), people.CATERING, TOWN, people.SCHOOLS,
    delivered=date(2026, 10, 30),
    lines=(Line("Mittagessen Grundschule am Stadtgraben", "1420", "C62", "3.95", "7"),
           Line("Mittagessen Kita Uferweg", "610", "C62", "3.40", "7"),
           Line("Leihgeschirr und Wärmewagen", "1", "MON", "146.00", "19")))

PAVING = Invoice(
    "SB-2026-1733", date(2026, 10, 23), date(2026, 11, 22), people.PAVING, TOWN, None, order="BA-2026-0902",
    delivered=date(2026, 10, 19), terms="Zahlbar innerhalb von 30 Tagen.",
    lines=(
        Line("Betonpflaster 20/10/8 aufnehmen und neu verlegen", "126", "MTK", "46.30"),
        Line("Schottertragschicht 0/45 einbauen, 20 cm", "25.2", "MTQ", "58.90"),
        Line("Bordsteine setzen", "31", "MTR", "39.75"),
        Line("Verkehrssicherung nach Regelplan B II/4", "1", "LS", "640.00")),
    wrong_sum=Decimal("90.00"))
PAVING = PAVING.but(account="DE" + f"{(int(PAVING.seller.iban[2:4]) + 1) % 100:02d}" + PAVING.seller.iban[4:])

BOILER = Invoice(
    "GT26-11052", date(2026, 11, 5), date(2026, 12, 5), people.HEATING, TOWN, people.FACILITY, order="GW-2026-0219",
    delivered=date(2026, 10, 30), terms="Zahlbar innerhalb von 30 Tagen ohne Abzug.",
    note="Störung Heizzentrale Grundschule am Stadtgraben, Regiebericht 2026-1187.",
    lines=(
        Line("Monteurstunde Heizung", "15.5", "HUR", "69.80", text="laut Stundenzettel"),
        Line("Umwälzpumpe DN 50, Hocheffizienz", "1", "H87", "1284.00"),
        Line("Absperrklappe DN 50", "2", "H87", "76.35"),
        Line("Dichtungs- und Kleinmaterial", "1", "LS", "48.20"),
        Line("Anfahrt Notdienst", "2", "C62", "45.00")))

WATER_OCTOBER = Invoice(
    "WL-26-2041", date(2026, 11, 4), date(2026, 11, 25), people.LABORATORY, WORKS, people.UTILITIES,
    order="SW-45100877", delivered=date(2026, 10, 27), terms="21 Tage netto.",
    lines=(Line("Trinkwasseranalyse Parametergruppe A, Hochbehälter", "4", "H87", "88.50"),
           Line("Probenahme vor Ort", "4", "H87", "36.00")))

WATER_LEGIONELLA = Invoice(
    "WL-26-2042", date(2026, 11, 4), date(2026, 11, 25), people.LABORATORY, WORKS, people.UTILITIES,
    order="SW-45100903", delivered=date(2026, 10, 28), terms="21 Tage netto.",
    lines=(Line("Untersuchung auf Legionellen, Hallenbad", "9", "H87", "52.40"),
           Line("Probenahme und Dokumentation", "1", "LS", "145.00"),
           Line("Eilzuschlag", "1", "LS", "60.00")))

TREE_CARE = PLANTING.but(
    number="GL-2026-0437", issued=date(2026, 10, 29), due=date(2026, 11, 28), reference=people.UTILITIES,
    buyer=WORKS, order="SW-45100915", delivered=date(2026, 10, 27), terms="Zahlbar innerhalb von 30 Tagen.",
    note="Freischnitt am Wasserwerk Mühlbachaue.",
    lines=(Line("Baumpflege mit Hubarbeitsbühne", "11", "HUR", "96.00"),
           Line("Schnittgut häckseln und abfahren", "18", "MTQ", "21.50")))

PAPER = TONER_RETURN.but(
    number="R-26-04702", type="380", issued=date(2026, 11, 6), due=date(2026, 12, 6), order="HA-2026-1233",
    delivered=date(2026, 11, 4), preceding=None, terms="30 Tage netto.", note=None,
    lines=(Line("Kopierpapier A4, 80 g/m², Karton zu 2.500 Blatt", "40", "H87", "23.95"),
           Line("Ordner A4 breit, grau", "60", "H87", "1.79")))
