"""Invoice → printed page. Four houses with four looks; each layout draws with the pen it is given.

Absent on purpose: computing. Every figure comes from the invoice.
"""

from dataclasses import dataclass

from .model import UNITS
from .numbers import day, euro, in_fours, quantity

GRAY = (0.45, 0.45, 0.45)
PALE = (0.92, 0.92, 0.92)


@dataclass(frozen=True)
class Look:
    ink: tuple = (0.10, 0.27, 0.42)
    claim: str = ""
    greeting: str = "Sehr geehrte Damen und Herren,"
    opening: str = "für unsere Lieferungen und Leistungen berechnen wir Ihnen:"
    closing: str = ""
    department: str = ""


def business(pen, invoice, look):
    """DIN 5008 form B: letterhead, window, information block, ruled table, footer in columns."""
    firm = invoice.seller
    pen.text(25, 20, firm.name, size=15, font="sans-bold", ink=look.ink)
    pen.text(25, 26, look.claim, size=9, ink=GRAY)
    pen.line(25, 30, 185, 30, thick=0.6, ink=look.ink)
    _window(pen, invoice, look)
    rows = [("Rechnungsnummer", invoice.number), ("Rechnungsdatum", day(invoice.issued)),
            ("Leistungsdatum", day(invoice.delivered)) if invoice.delivered else
            ("Leistungszeitraum", f"{day(invoice.period[0])} – {day(invoice.period[1])}"),
            ("Ihre Bestellung", invoice.order), ("Leitweg-ID", invoice.reference),
            ("Ansprechpartner", firm.contact), ("Telefon", firm.phone)]
    y = 50
    for label, value in rows:
        if value:
            pen.text(125, y, label, size=8.5, ink=GRAY)
            pen.text(153, y, value, size=8.5)
            y += 4.6
    pen.text(25, 104, f"Rechnung {invoice.number}", size=13, font="sans-bold")
    pen.text(25, 112, look.greeting)
    y = pen.paragraph(25, 118, 160, look.opening) + 2
    y = _ruled_table(pen, invoice, look, y)
    y = _totals(pen, invoice, y + 3, 185)
    y = pen.paragraph(25, y + 13, 160, f"Bitte überweisen Sie den Rechnungsbetrag bis zum {day(invoice.due)} ohne Abzug "
                      f"auf das unten angegebene Konto. Verwendungszweck: {invoice.number}")
    y = pen.paragraph(25, y + 2, 160, look.closing)
    pen.text(25, y + 3, "Mit freundlichen Grüßen")
    pen.text(25, y + 8, firm.name)
    _footer(pen, firm, look.ink)


def _window(pen, invoice, look, x=25):
    firm, buyer = invoice.seller, invoice.buyer
    pen.text(x, 47, f"{firm.name} · {firm.street} · {firm.zip} {firm.town}", size=6.5, ink=GRAY)
    address = [buyer.name, look.department, buyer.street, f"{buyer.zip} {buyer.town}"]
    pen.lines(x, 55, [text for text in address if text], leading=4.9, size=10.5)


def _ruled_table(pen, invoice, look, y):
    pen.box(25, y, 160, 6.2, ink=look.ink)
    white = (1, 1, 1)
    pen.text(26.5, y + 4.4, "Pos.", size=8.5, font="sans-bold", ink=white)
    pen.text(36, y + 4.4, "Bezeichnung", size=8.5, font="sans-bold", ink=white)
    for x, text in ((124, "Menge"), (148, "Einzelpreis €"), (159, "USt."), (183.5, "Gesamt €")):
        pen.right(x, y + 4.4, text, size=8.5, font="sans-bold", ink=white)
    y += 11
    for number, line in enumerate(invoice.lines, 1):
        pen.text(26.5, y, str(number), size=9)
        pen.right(124, y, f"{quantity(line.quantity)} {UNITS[line.unit]}", size=9)
        pen.right(148, y, euro(line.price), size=9)
        pen.right(159, y, f"{line.rate} %", size=9)
        pen.right(183.5, y, euro(line.net), size=9)
        y = pen.paragraph(36, y, 68, line.name, size=9, leading=4)
        if line.text:
            y = pen.paragraph(36, y, 68, line.text, size=7.5, leading=3.4, ink=GRAY)
        pen.line(25, y - 1.5, 185, y - 1.5, thick=0.1, ink=GRAY)
        y += 3.2
    return y


def _totals(pen, invoice, y, right, font="sans", bold="sans-bold"):
    pen.text(right - 86, y, "Nettobetrag", size=9.5, font=font)
    pen.right(right - 1.5, y, f"{euro(invoice.net)} €", size=9.5, font=font)
    for rate, base, tax in invoice.breakdown:
        y += 5
        pen.text(right - 86, y, f"Umsatzsteuer {rate} % auf {euro(base)} €", size=9.5, font=font)
        pen.right(right - 1.5, y, f"{euro(tax)} €", size=9.5, font=font)
    pen.line(right - 87, y + 2, right, y + 2, thick=0.3)
    y += 7
    pen.text(right - 86, y, "Rechnungsbetrag", size=11, font=bold)
    pen.right(right - 1.5, y, f"{euro(invoice.total)} €", size=11, font=bold)
    pen.line(right - 87, y + 2, right, y + 2, thick=0.3)
    pen.line(right - 87, y + 2.7, right, y + 2.7, thick=0.3)
    return y


def _footer(pen, firm, ink=GRAY):
    pen.line(25, 268, 185, 268, thick=0.2, ink=ink)
    columns = (
        (25, [firm.name, firm.street, f"{firm.zip} {firm.town}", firm.web]),
        (84, [f"Tel. {firm.phone}", firm.email, *firm.legal.split(", Amtsgericht")[0].split(", "),
              f"Amtsgericht Auenfurt {firm.register}"]),
        (139, [firm.bank, f"IBAN {in_fours(firm.iban)}", f"BIC {firm.bic}", f"USt-IdNr. {firm.vat}"]),
    )
    for x, texts in columns:
        pen.lines(x, 272.5, texts, leading=3.4, size=6.8, font="narrow" if x == 84 else "sans", ink=GRAY)


def workshop(pen, invoice, look):
    """A garage: serif head in the middle, boxed table, tax table, vehicle line."""
    firm = invoice.seller
    pen.centre(105, 22, firm.name, size=20, font="serif-bold")
    pen.centre(105, 28.5, look.claim, size=10, font="serif-italic")
    pen.centre(105, 34, f"{firm.street} · {firm.zip} {firm.town} · Tel. {firm.phone} · {firm.email}", size=8.5,
               font="serif")
    pen.line(20, 37, 190, 37, thick=0.4)
    pen.line(20, 38, 190, 38, thick=0.2)
    buyer = invoice.buyer
    pen.lines(22, 56, [buyer.name, look.department, buyer.street, f"{buyer.zip} {buyer.town}"], leading=5.2, size=11,
              font="serif")
    pen.text(22, 94, "RECHNUNG", size=17, font="serif-bold")
    rows = (("Rechnung Nr.", invoice.number), ("Datum", day(invoice.issued)), ("Auftrag vom", day(invoice.delivered)),
            ("Kundennummer", "20417"))
    for place, (label, value) in enumerate(rows):
        pen.text(128, 74 + 5.4 * place, f"{label}:", size=10.5, font="serif")
        pen.text(158, 74 + 5.4 * place, value, size=10.5, font="serif-bold" if place < 2 else "serif")
    pen.paragraph(22, 102, 165, look.opening, size=10, font="serif")
    y = _boxed_table(pen, invoice, 112)
    y = _tax_table(pen, invoice, y)
    y = pen.paragraph(22, y + 9, 166, f"Zahlbar bis {day(invoice.due)} ohne Abzug. {look.closing}", size=10,
                      font="serif")
    pen.line(20, 262, 190, 262, thick=0.2)
    pen.centre(105, 267, f"{firm.legal} · Amtsgericht Auenfurt {firm.register} · USt-IdNr.: {firm.vat} · "
               f"Steuernummer: {firm.tax}", size=8, font="serif")
    pen.centre(105, 271.5, f"Bankverbindung: {firm.bank} · IBAN: {in_fours(firm.iban)} · BIC: {firm.bic}", size=8.5,
               font="serif")


def _boxed_table(pen, invoice, top):
    edges = (20, 32, 118, 138, 164, 190)
    pen.box(20, top, 170, 7, ink=PALE)
    for x, text in zip(edges, ("Pos", "Arbeit / Ersatzteil", "Menge", "Einzelpreis", "Betrag EUR")):
        pen.text(x + 1.5, top + 5, text, size=9.5, font="serif-bold")
    y = top + 7
    pen.line(20, top, 190, top)
    pen.line(20, y, 190, y)
    for number, line in enumerate(invoice.lines, 1):
        pen.text(22, y + 5, str(number), size=10, font="serif")
        pen.text(33.5, y + 5, line.name, size=10, font="serif")
        pen.right(136.5, y + 5, f"{quantity(line.quantity)} {UNITS[line.unit]}", size=10, font="serif")
        pen.right(162.5, y + 5, euro(line.price), size=10, font="serif")
        pen.right(188.5, y + 5, euro(line.net), size=10, font="serif")
        y += 7
        pen.line(20, y, 190, y, thick=0.15)
    for x in (*edges, 190):
        pen.line(x, top, x, y)
    return y


def _tax_table(pen, invoice, y):
    pen.right(162.5, y + 7, "Summe netto", size=10.5, font="serif")
    pen.right(188.5, y + 7, euro(invoice.net), size=10.5, font="serif")
    for rate, _, tax in invoice.breakdown:
        y += 6
        pen.right(162.5, y + 7, f"zzgl. {rate} % MwSt.", size=10.5, font="serif")
        pen.right(188.5, y + 7, euro(tax), size=10.5, font="serif")
    y += 8
    pen.line(118, y + 2, 190, y + 2, thick=0.3)
    pen.right(162.5, y + 7.5, "Gesamtbetrag EUR", size=12, font="serif-bold")
    pen.right(188.5, y + 7.5, euro(invoice.total), size=12, font="serif-bold")
    pen.line(118, y + 10, 190, y + 10, thick=0.6)
    return y + 12


def long_list(pen, invoice, look):
    """A metal worker: twelve lines to the first page, carried over to the second, which holds the totals."""
    firm, first, rest = invoice.seller, invoice.lines[:12], invoice.lines[12:]
    _long_head(pen, firm)
    _window(pen, invoice, look, x=22)
    rows = (("Rechnungs-Nr.:", invoice.number), ("Rechnungsdatum:", day(invoice.issued)),
            ("Leistungszeitraum:", f"{day(invoice.period[0])} bis {day(invoice.period[1])}"),
            ("Auftrags-Nr.:", invoice.order), ("Leitweg-ID:", invoice.reference), ("Seite:", "1 von 2"))
    for place, (label, value) in enumerate(rows):
        pen.text(116, 52 + 5 * place, label, size=9.5, font="round")
        pen.text(151, 52 + 5 * place, value, size=9.5, font="round")
    pen.text(22, 98, "Rechnung", size=16, font="round-bold")
    pen.paragraph(22, 107, 165, look.opening, size=9.5, font="round")
    y = _long_lines(pen, first, 1, 118)
    carried = sum(line.net for line in first)
    pen.text(33, y + 2, "Übertrag", size=9.5, font="round-bold")
    pen.right(188, y + 2, euro(carried), size=9.5, font="round-bold")
    _long_foot(pen, firm)
    pen.next_page()
    _long_head(pen, firm)
    pen.text(22, 44, f"Rechnung {invoice.number} vom {day(invoice.issued)}", size=9.5, font="round")
    pen.right(188, 44, "Seite: 2 von 2", size=9.5, font="round")
    pen.text(33, 54, "Übertrag von Seite 1", size=9.5, font="round-bold")
    pen.right(188, 54, euro(carried), size=9.5, font="round-bold")
    y = _long_lines(pen, rest, 13, 60)
    y = _totals(pen, invoice, y + 6, 189.5, font="round", bold="round-bold")
    y = pen.paragraph(22, y + 12, 166, f"Zahlungsziel: {day(invoice.due)} rein netto. {look.closing}", size=9.5,
                      font="round")
    pen.lines(22, y + 4, [f"Bank: {firm.bank}", f"IBAN: {in_fours(firm.iban)}", f"BIC: {firm.bic}"], size=9.5,
              leading=5, font="round")
    _long_foot(pen, firm)


def _long_head(pen, firm):
    for place in range(4):
        pen.box(22 + 4 * place, 14, 2.4, 14 - 2.5 * place)
    pen.text(41, 21, firm.name, size=16, font="round-bold")
    pen.text(41, 27.5, "Geländer · Tore · Stahltreppen · Schlosserei", size=9, font="round", ink=GRAY)


def _long_foot(pen, firm):
    pen.line(22, 272, 188, 272)
    pen.text(22, 277, f"{firm.name} · {firm.street} · {firm.zip} {firm.town} · Tel. {firm.phone} · {firm.email}",
             size=7, font="round")
    pen.text(22, 281, f"{firm.legal} · Amtsgericht Auenfurt {firm.register} · USt-IdNr. {firm.vat}", size=7,
             font="round")


def _long_lines(pen, lines, start, y):
    bold = {"size": 9, "font": "round-bold"}
    pen.line(22, y - 5, 188, y - 5)
    pen.text(22, y, "Pos.", **bold)
    pen.text(33, y, "Leistung", **bold)
    pen.right(133, y, "Menge", **bold)
    pen.right(161, y, "EP EUR", **bold)
    pen.right(188, y, "GP EUR", **bold)
    pen.line(22, y + 2, 188, y + 2)
    y += 8
    for number, line in enumerate(lines, start):
        pen.text(22, y, f"{number:02d}", size=9.5, font="round")
        pen.right(133, y, f"{quantity(line.quantity)} {UNITS[line.unit]}", size=9.5, font="round")
        pen.right(161, y, euro(line.price), size=9.5, font="round")
        pen.right(188, y, euro(line.net), size=9.5, font="round")
        y = pen.paragraph(33, y, 78, line.name, size=9.5, font="round", leading=4.8) + 5.4
    pen.line(22, y - 5.4, 188, y - 5.4)
    return y


def shop(pen, invoice, look):
    """A small house: name on the left, number and date in one line, few lines, account below the total."""
    firm, buyer = invoice.seller, invoice.buyer
    pen.text(24, 24, firm.name, size=18, font="sans-bold")
    pen.text(24, 30, look.claim, size=9.5, ink=GRAY)
    pen.lines(148, 20, [firm.street, f"{firm.zip} {firm.town}", f"Telefon {firm.phone}", firm.email],
              size=8.5, leading=4)
    pen.lines(24, 58, [buyer.name, look.department, buyer.street, f"{buyer.zip} {buyer.town}"], leading=5.1, size=11)
    pen.right(186, 96, f"{firm.town}, den {day(invoice.issued)}", size=10.5)
    pen.text(24, 106, f"Rechnung Nr. {invoice.number}", size=14, font="sans-bold")
    y = pen.paragraph(24, 115, 160, look.opening, size=10.5, leading=5) + 4
    for x, text in ((24, "Menge"), (50, "Beschreibung")):
        pen.text(x, y, text, size=10, font="sans-bold")
    pen.right(160, y, "Einzelpreis", size=10, font="sans-bold")
    pen.right(186, y, "Gesamt", size=10, font="sans-bold")
    pen.line(24, y + 2, 186, y + 2, thick=0.3)
    y += 8
    for line in invoice.lines:
        pen.text(24, y, f"{quantity(line.quantity)} {UNITS[line.unit]}", size=10.5)
        pen.text(50, y, line.name, size=10.5)
        pen.right(160, y, f"{euro(line.price)} €", size=10.5)
        pen.right(186, y, f"{euro(line.net)} €", size=10.5)
        y += 6.5
    pen.line(24, y - 2, 186, y - 2, thick=0.3)
    y = _totals(pen, invoice, y + 5, 187.5)
    y = pen.paragraph(24, y + 14, 160, f"Bitte zahlen Sie bis zum {day(invoice.due)}. {look.closing}", size=10.5,
                      leading=5)
    pen.text(24, y + 2, f"{firm.bank}, IBAN {in_fours(firm.iban)}, BIC {firm.bic}", size=10)
    pen.text(24, y + 8, f"USt-IdNr. {firm.vat}", size=10)
    pen.text(24, 280, f"{firm.name} · {firm.legal} · Amtsgericht Auenfurt {firm.register}", size=7.5, ink=GRAY)
