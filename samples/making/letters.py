"""Pages that are no invoices: letters, sheets that go with an invoice, and the separator sheet."""

from dataclasses import dataclass

import qrcode

from .model import UNITS
from .numbers import euro, in_fours, quantity
from .people import TOWN

GRAY = (0.45, 0.45, 0.45)


@dataclass(frozen=True)
class Letter:
    sender: tuple[str, ...]
    place: str
    date: str
    subject: str
    text: str
    signed: str
    enclosed: str = ""
    department: str = ""


CYCLE_PATH = Letter(
    ("Hannelore Wiedenbrück", "Mühlbachstraße 31", "59997 Auenfurt", "Tel. 02999 61877"),
    "Auenfurt", "19. Oktober 2026", "Schäden am Radweg zwischen Mühlbachstraße und Freibad",
    "Sehr geehrte Damen und Herren,\n\n"
    "seit dem Hochwasser im August ist der Radweg entlang des Mühlbachs auf etwa 60 Metern unterspült. An zwei "
    "Stellen ist der Asphalt bereits eingebrochen, die Absperrbaken liegen seit Wochen im Bach. Morgens fahren dort "
    "viele Kinder zur Grundschule am Stadtgraben, und im Dunkeln sieht man die Kante nicht.\n\n"
    "Ich habe das schon am 14. September telefonisch gemeldet, seither aber nichts mehr gehört. Bitte lassen Sie die "
    "Stelle sichern und teilen Sie mir mit, wann der Weg repariert wird. Bis dahin wäre ein Hinweisschild an der "
    "Einmündung Lohgerberweg hilfreich, damit niemand erst vor der Absperrung umkehren muss.\n\n"
    "Außerdem möchte ich anregen, die Laterne an der kleinen Brücke wieder in Betrieb zu nehmen. Sie ist dunkel, seit "
    "dort das neue Geländer steht.\n\n"
    "Für eine kurze Antwort danke ich Ihnen im Voraus.",
    "Hannelore Wiedenbrück", department="Bürgermeisterbüro")

SPORTS_HALL = Letter(
    ("Turn- und Sportgemeinschaft Auenfurt 1904 e.V.", "Geschäftsstelle, Uferweg 6", "59997 Auenfurt",
     "vorstand@tsg-auenfurt.example"),
    "Auenfurt", "2. November 2026", "Belegung der Dreifachsporthalle am 12. und 13. Dezember 2026",
    "Sehr geehrte Frau Lüttringhaus,\n\n"
    "am zweiten Dezemberwochenende richten wir wieder unser Nikolausturnier für die Handballjugend aus. Angemeldet "
    "haben sich 22 Mannschaften aus dem ganzen Auenkreis. Wir bitten Sie, uns die Dreifachsporthalle am Samstag von "
    "8 bis 20 Uhr und am Sonntag von 8 bis 18 Uhr zu überlassen und die Hausmeisterdienste einzuplanen.\n\n"
    "Die Bewirtung übernehmen wie im Vorjahr die Eltern. Für die Feuerwehrzufahrt stellen wir zwei Ordner ab. Den "
    "Belegungsplan und den Nachweis der Haftpflichtversicherung reichen wir bis Ende des Monats nach.\n\n"
    "Sollte die Halle an einem der Tage anderweitig vergeben sein, rufen Sie uns bitte an, damit wir gemeinsam eine "
    "Lösung finden.",
    "Carsten Immenroth, 1. Vorsitzender", department="Schul- und Sportamt")

FLOOD_MAP = Letter(
    ("Ortsverband der Kleingärtner Mühlbachaue e.V.", "Gartenweg 1", "59997 Auenfurt",
     "info@kleingaertner-muehlbachaue.example"),
    "Auenfurt", "26. Oktober 2026", "Begehung der Kleingartenanlage am 6. November 2026",
    "Sehr geehrter Herr Stadtbaurat,\n\n"
    "vielen Dank für den Termin zur Begehung unserer Anlage. Wir erwarten Sie um 14 Uhr am Vereinsheim. Vorschlagen "
    "möchten wir drei Punkte: den Zustand des Entwässerungsgrabens an der Südseite, die Zufahrt für die Feuerwehr und "
    "die abgängigen Pappeln am Parkplatz.\n\n"
    "Frau Tannhöfer, die die Baumpflege ausführt, wird ebenfalls anwesend sein.",
    "Wolfgang Sieveking, Vorsitzender", department="Bauamt")


def citizen(pen, letter):
    """A letter typed at home: sender on top, window address, date on the right."""
    pen.text(25, 22, letter.sender[0], size=12, font="serif-bold")
    pen.lines(25, 27.5, letter.sender[1:], size=10.5, font="serif", leading=4.8)
    address = [TOWN.name, letter.department, TOWN.street, f"{TOWN.zip} {TOWN.town}"]
    pen.lines(25, 58, address, size=11.5, font="serif", leading=5.2)
    pen.right(185, 92, f"{letter.place}, {letter.date}", size=11.5, font="serif")
    y = pen.paragraph(25, 104, 160, letter.subject, size=12, font="serif-bold", leading=5.4)
    y = pen.paragraph(25, y + 6, 160, letter.text, size=11.5, font="serif", leading=5.6)
    pen.text(25, y + 6, "Mit freundlichen Grüßen", size=11.5, font="serif")
    pen.text(27, y + 19, letter.signed.split(",")[0], size=19, font="serif-italic", ink=(0.1, 0.15, 0.5))
    pen.text(25, y + 28, letter.signed, size=11.5, font="serif")


def measured(pen, invoice):
    """Aufmaß: what was delivered and planted where, as it goes with the invoice of the gardener."""
    pen.text(20, 22, "Aufmaß und Leistungsnachweis", size=16, font="sans-bold")
    pen.text(20, 29, f"zu Rechnung {invoice.number} · Auftrag {invoice.order}", size=10)
    pen.text(20, 36, "Baustelle: Grünzug Mühlbachaue, Abschnitt 2 · Kolonne Feldmann · 5. bis 9. Oktober 2026", size=10)
    pen.line(20, 40, 190, 40)
    y = 48
    for number, line in enumerate(invoice.lines, 1):
        pen.text(20, y, f"{number}", size=10)
        pen.text(30, y, line.name, size=10)
        pen.right(178, y, quantity(line.quantity), size=10)
        pen.text(181, y, UNITS[line.unit], size=10)
        y += 7
    pen.line(20, y, 190, y)
    pen.text(20, y + 20, "Aufgenommen: M. Feldmann", size=10)
    pen.text(120, y + 20, "Anerkannt: i. A. Reuter, Bauhof", size=10)


def timesheet(pen, firm, rows):
    """Stundenzettel of two fitters; `rows` are day, names, from, to, hours, work."""
    pen.text(20, 22, firm.name, size=14, font="sans-bold")
    pen.text(20, 32, "Stundenzettel / Regiebericht Nr. 2026-1187", size=13, font="sans-bold")
    pen.text(20, 40, "Objekt: Grundschule am Stadtgraben, Heizzentrale · Auftraggeber: Stadt Auenfurt", size=10)
    edges = (20, 42, 82, 98, 114, 130, 190)
    y = 50
    pen.box(20, y - 5, 170, 7, ink=(0.9, 0.9, 0.9))
    for x, text in zip(edges, ("Datum", "Monteur", "von", "bis", "Std.", "Tätigkeit")):
        pen.text(x + 1, y, text, size=9.5, font="sans-bold")
    for row in rows:
        y += 7
        for x, text in zip(edges, row):
            pen.text(x + 1, y, text, size=9.5)
        pen.line(20, y + 2, 190, y + 2, thick=0.1)
    for x in (*edges, 190):
        pen.line(x, 45, x, y + 2, thick=0.1)
    pen.text(20, y + 24, "Unterschrift Monteur", size=8, ink=GRAY)
    pen.text(110, y + 24, "Unterschrift Auftraggeber", size=8, ink=GRAY)
    pen.text(22, y + 19, "Kaczmarek", size=16, font="serif-italic")
    pen.text(112, y + 19, "B. Heuer", size=16, font="serif-italic")


def separator(pen, payload, words):
    """Trennblatt: large code in the middle, words for people above and below."""
    pen.centre(105, 42, "Trennblatt", size=34, font="sans-bold")
    pen.centre(105, 54, words, size=14)
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=0)
    code.add_data(payload)
    code.make(fit=True)
    size = 90 / code.modules_count
    for row, modules in enumerate(code.modules):
        for column, dark in enumerate(modules):
            if dark:
                pen.box(60 + column * size, 88 + row * size, size, size)
    pen.centre(105, 200, payload, size=10, font="mono")
    pen.centre(105, 226, "Vor jedes Dokument legen, Vorderseite nach oben.", size=12)
    pen.centre(105, 233, "Dieses Blatt wird nicht abgelegt und kann wieder verwendet werden.", size=12)


def account_statement(pen, firm, buyer, rows):
    """What lies behind the password: `rows` are date, text, amount."""
    pen.text(25, 25, firm.name, size=14, font="sans-bold")
    pen.lines(25, 52, [buyer.name, "Stadtkasse", buyer.street, f"{buyer.zip} {buyer.town}"], size=11, leading=5)
    pen.text(25, 92, "Kontoauszug zum 31.10.2026", size=13, font="sans-bold")
    y = 104
    for date, text, amount in rows:
        pen.text(25, y, date, size=10)
        pen.text(52, y, text, size=10)
        pen.right(185, y, f"{euro(amount)} €", size=10)
        y += 6
    pen.line(25, y - 3, 185, y - 3)
    pen.text(52, y + 3, "Offener Saldo", size=10, font="sans-bold")
    pen.right(185, y + 3, f"{euro(sum(amount for *_, amount in rows))} €", size=10, font="sans-bold")
    pen.text(25, y + 18, f"Bitte gleichen Sie den Saldo aus: IBAN {in_fours(firm.iban)}", size=10)
