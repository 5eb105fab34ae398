"""An affair set on paper in a style, and what of it can be seen.

In: [`Affair`], [`Style`]. Out: the bytes of a PDF and the truth: the values that stand on its pages. A value enters
the truth where it is drawn, never elsewhere.
"""

import io

import qrcode
from making.numbers import in_fours, quantity

from . import table
from .letters import body as letter_body
from .sheet import Sheet
from .words import Names

WHITE = (1, 1, 1)


class Paper:
    def __init__(self, affair, style, chance):
        self.affair, self.style, self.chance = affair, style, chance
        self.sheet = Sheet(style)
        self.fields, self.lines, self.explicit = {}, None, None
        self.names = Names(chance)
        self.code = None
        self.split = chance.choice(("auf", "von", "aus"))
        self.carried = chance.choice(("Übertrag", "Übertrag:", "Zwischensumme", "Zwischensumme / Übertrag"))
        self.contained = chance.choice(("darin enthalten {r} % MwSt.", "enthaltene MwSt. {r} %", "inkl. {r} % USt.", "davon MwSt. {r} %", "enthält {r} % Mehrwertsteuer aus {b}"))

    def show(self, **fields):
        self.fields.update({name: str(value) for name, value in fields.items() if value not in (None, "")})

    def iban_text(self, iban):
        return in_fours(iban) if self.style.iban_format == "fours" else iban


def draw(affair, style, chance):
    paper = Paper(affair, style, chance)
    sheet = paper.sheet
    sheet.at_end = lambda: every_page(paper)
    sheet.bottom = 297 - (34 if style.footer in ("columns",) else 20)
    head(paper)
    window(paper)
    if affair.kind in ("letter", "application", "notice", "reminder"):
        letter_body(paper, facts)
    else:
        invoice_body(paper)
    return sheet.finished(), paper


# ---- the top


def head(paper):
    sheet, style, seller = paper.sheet, paper.style, paper.affair.seller
    name, font = seller.name, style.head_font
    size = paper.chance.choice((13, 15, 17, 20, 24)) if not seller.person else 13
    top = 20
    if style.head == "band":
        sheet.box(0, 0, 210, 28, ink=style.colour)
        while sheet.width(name, size, 1, font) > 165:
            size -= 1
        sheet.text(style.left, 16, name, size, 1, WHITE, font)
        if seller.tagline:
            sheet.text(style.left, 22, seller.tagline, 8, 0, WHITE)
        paper.show(seller_name=name)
        return
    if style.head in ("mark-right", "mark-left") and seller.short != seller.name:
        mark = seller.short.split(" ")[0]
        place = style.left if style.head == "mark-left" else style.right - 8 - sheet.width(mark, 22, 1, font)
        sheet.text(place, 22, mark, 22, 1, style.colour, font)
        sheet.line(place, 24, place + sheet.width(mark, 22, 1, font), 24, 0.8, style.colour)
        return contact_head(paper, 24)
    if style.head == "none":
        return None
    while sheet.width(name, size, 1, font) > 150:
        size -= 1
    if style.head == "centre":
        sheet.centre(105, top, name, size, 1, style.colour, font)
    elif style.head in ("right", "sidebar"):
        sheet.right(style.right, top, name, size, 1, style.colour, font)
    else:
        sheet.text(style.left, top, name, size, 1, style.colour, font)
    paper.show(seller_name=name)
    if seller.tagline and paper.chance.random() < 0.6:
        write = {"centre": lambda y, t: sheet.centre(105, y, t, 8.5), "right": lambda y, t: sheet.right(style.right, y, t, 8.5), "sidebar": lambda y, t: sheet.right(style.right, y, t, 8.5)}
        write.get(style.head, lambda y, t: sheet.text(style.left, y, t, 8.5))(top + 5, seller.tagline)
    return contact_head(paper, top + 5)


def contact_head(paper, y):
    sheet, style, seller = paper.sheet, paper.style, paper.affair.seller
    if style.head_contact == "none" or style.head in ("band", "sidebar"):
        return
    pieces = [seller.street, f"{seller.zip} {seller.town}", f"Tel. {seller.phone}", seller.mail]
    if style.ids_place == "head":
        pieces += own_ids(paper)
    if style.head_contact == "line":
        text = style.sender_mark.join(pieces)
        size = 8
        while sheet.width(text, size) > 165:
            size -= 0.5
        sheet.centre(105, y + 5, text, size) if style.head == "centre" else sheet.text(style.left, y + 5, text, size)
        sheet.line(style.left, y + 7, style.right, y + 7, 0.3, style.colour)
    elif style.head in ("left", "mark-left", "split"):
        for count, piece in enumerate(pieces):
            sheet.right(style.right, 13 + 3.8 * count, piece, 8.5)
    else:
        for count, piece in enumerate(pieces):
            sheet.text(style.left, 13 + 3.8 * count, piece, 8.5)


def own_ids(paper):
    """VAT id and tax number as words; they are seen from now on."""
    style, seller, pieces = paper.style, paper.affair.seller, []
    if seller.vat:
        value = seller.vat if paper.chance.random() < 0.8 else f"DE {seller.vat[2:5]} {seller.vat[5:8]} {seller.vat[8:]}"
        pieces.append(f"{style.label['own-vat']}{style.colon or ':'} {value}")
        paper.show(seller_vat_id=seller.vat)
    if seller.tax:
        pieces.append(f"{style.label['own-tax']}{style.colon or ':'} {seller.tax}")
        paper.show(seller_tax_number=seller.tax)
    return pieces


def window(paper):
    sheet, style, affair = paper.sheet, paper.style, paper.affair
    seller, buyer = affair.seller, affair.buyer
    y = style.window
    if style.sender_line or style.head in ("none", "mark-right", "mark-left") and style.footer == "none":
        text = style.sender_mark.join((seller.name, seller.street, f"{seller.zip} {seller.town}"))
        size = 7
        while sheet.width(text, size) > 88:
            size -= 0.25
        sheet.text(style.left, y - 6, text, size)
        paper.show(seller_name=seller.name)
        if paper.chance.random() < 0.4:
            sheet.line(style.left, y - 5, style.left + sheet.width(text, size), y - 5, 0.1)
    if style.head == "none" and "seller_name" not in paper.fields and style.footer == "none":
        sheet.text(style.left, 20, seller.name, 11)
        sheet.text(style.left, 25, seller.street)
        sheet.text(style.left, 30, f"{seller.zip} {seller.town}")
        paper.show(seller_name=seller.name)
    rows = [buyer.name, buyer.office, buyer.street, f"{buyer.zip} {buyer.town}"]
    if style.bill_label:
        rows.insert(0, style.label["bill-to"] + style.colon)
    elif style.firm_line:
        rows.insert(0, ("Herrn" if paper.chance.random() < 0.5 else "Frau") if buyer.person else "Firma" if not any(buyer.name.startswith(w) for w in ("Stadt", "Gemeinde", "Markt", "Amt", "Land", "Kreis", "Ver", "Sam", "Mag")) else "An die")
    for row in filter(None, rows):
        label = style.bill_label and row == rows[0]
        size = style.size - 1 if label else style.size + 0.5
        while sheet.width(row, size) > 80:
            size -= 0.5
        sheet.text(style.left, y, row, size, int(label and style.facts_bold))
        y += style.leading + 0.6
    paper.show(buyer_name=buyer.name)
    sheet.y = max(y + 12, 88) if style.facts in ("right", "right-stacked", "box", "line", "top") else y + 14
    if style.fold_marks:
        for place in (105, 148.5, 210):
            sheet.line(5, place, 9 if place != 148.5 else 11, place, 0.1)


# ---- number, dates, references


def fact_rows(paper, with_number=True):
    """(label, value, what is seen by it) in the order of the style."""
    style, affair, chance = paper.style, paper.affair, paper.chance
    label = style.label
    number = {"confirmation": ("Auftragsbestätigung Nr.", "Auftrags-Nr.", "AB-Nr."), "offer": ("Angebot Nr.", "Angebotsnummer", "Angebots-Nr."), "delivery": ("Lieferschein-Nr.", "Lieferscheinnummer", "Lieferschein Nr.")}
    rows = []
    if with_number:
        if affair.kind in number:
            rows.append((chance.choice(number[affair.kind]), affair.number, {}))
        else:
            rows.append((label["number"], affair.number, {"invoice_number": affair.number}))
    date_label = label["date"] if affair.kind not in number else chance.choice(("Datum", "Belegdatum", "Datum"))
    rows.append((date_label, style.day(affair.date), {"issue_date": affair.date}))
    other = {
        "customer": (label["customer"], affair.customer), "delivery": (label["delivery"], style.day(affair.delivery)), "contact": (label["contact"], paper.names.person()),
        "period": (label["period"], f"{style.day(affair.period[0])} {chance.choice(('-', '–', 'bis'))} {style.day(affair.period[1])}"), "note": (label["note"], affair.note_number),
        "project": (label["project"], chance.choice((f"{affair.buyer.town.split(' ')[0]}, {paper.names.surname()}schule", str(chance.randint(1000, 99999)), f"{chance.randint(10, 99)}/{chance.choice('ABC')}{chance.randint(10, 999)}"))),
        "page": (label["page"], chance.choice(("1", "1 von 1", "1/1"))), "buyer-vat": (label["buyer-vat"], affair.buyer.vat),
    }
    extra = [(*other[name], {}) for name in style.facts_order]
    if style.has_order and affair.kind not in ("utility", "telco", "offer"):
        value = affair.order if chance.random() < 0.75 else f"{affair.order} vom {style.day(affair.order_date)}"
        extra.append((label["order"], value, {"order_number": affair.order}))
    if style.has_reference and not affair.buyer.person and affair.kind not in ("offer", "confirmation", "delivery"):
        extra.append((label["reference"], affair.reference, {"buyer_reference": affair.reference}))
    if style.pay == "info" and affair.kind not in number and affair.kind != "credit":
        extra.append((label["due"], style.day(affair.due), {"due_date": affair.due}))
    if affair.kind == "credit":
        extra.append((chance.choice(("Zu Rechnung", "Ursprüngliche Rechnungsnummer", "Bezug: Rechnung", "zur Rechnung Nr.", "Originalrechnung")), f"{affair.before} vom {style.day(affair.before_date)}", {}))
    if style.ids_place == "facts":
        if affair.seller.tax:
            extra.append((label["own-tax"], affair.seller.tax, {"seller_tax_number": affair.seller.tax}))
        if affair.seller.vat:
            extra.append((label["own-vat"], affair.seller.vat, {"seller_vat_id": affair.seller.vat}))
    place = min(style.fact_position, len(extra))
    return extra[:place] + rows + extra[place:]


def facts(paper, rows):
    """Draws them in the form of the style and notes what is seen."""
    sheet, style = paper.sheet, paper.style
    for *_, seen in rows:
        paper.show(**seen)
        if "due_date" in seen:
            paper.explicit = True
    form = style.facts
    if style.head == "sidebar":
        return sidebar(paper, rows)
    step = style.leading
    size = style.size
    if form in ("right", "box", "top", "right-stacked"):
        wide = max(sheet.width(label + style.colon, size, style.facts_bold) for label, *_ in rows)
        widest = max(sheet.width(value, size) for _, value, _ in rows)
        while wide + widest + 5 > 95 and size > 6.5:
            size -= 0.5
            wide, widest = (max(sheet.width(row[0] + style.colon, size, 1) for row in rows), max(sheet.width(row[1], size) for row in rows))
        x = min(120, style.right - wide - widest - 5) if form != "top" else style.right - wide - widest - 5
        x = max(x, style.left + 82)
        y = (style.window - 2 if form != "top" else max(30, style.window - 14))
        if form == "top" and len(rows) > 5:
            y = 32
        if form == "right-stacked":
            for label, value, _ in rows[:6]:
                sheet.text(x, y, label + style.colon, size - 1.5)
                sheet.text(x, y + step * 0.95, value, size, int(style.facts_bold))
                y += step * 2.1
            rows = rows[6:]
        elif form == "box":
            sheet.box(x - 2, y - 5, style.right - x + 2, len(rows) * step + 4, stroke=(0, 0, 0))
        for label, value, _ in rows:
            sheet.text(x, y, label + style.colon, size, int(style.facts_bold))
            if paper.chance.random() < 0.001 or style.thousand == " ":
                sheet.right(style.right - 1, y, value, size)
            else:
                sheet.text(x + wide + 3, y, value, size)
            y += step
        sheet.y = max(sheet.y, y + 8)
    elif form in ("row", "row-box"):
        for start in range(0, len(rows), 4):
            part = rows[start:start + 4]
            wide = (style.right - style.left) / len(part)
            if form == "row-box":
                sheet.box(style.left, sheet.y - 4, style.right - style.left, step * 2 + 3.5, stroke=(0, 0, 0))
            for count, (label, value, _) in enumerate(part):
                x, small = style.left + count * wide + 1.5, size - 1.5
                if form == "row-box" and count:
                    sheet.line(x - 1.5, sheet.y - 4, x - 1.5, sheet.y - 0.5 + step * 2)
                while max(sheet.width(label, small), sheet.width(value, small + 0.5)) > wide - 2 and small > 5:
                    small -= 0.25
                sheet.text(x, sheet.y, label, small, int(style.facts_bold))
                sheet.text(x, sheet.y + step, value, small + 0.5)
            sheet.y += step * 2 + 6
    elif form in ("left", "left-two"):
        wide = max(sheet.width(label + style.colon, size, int(style.facts_bold)) for label, *_ in rows) + 4
        half = (style.right - style.left) / 2
        two = form == "left-two" and len(rows) > 2 and wide + max(sheet.width(value, size) for _, value, _ in rows) < half
        for count, (label, value, _) in enumerate(rows):
            x = style.left + (half if two and count % 2 else 0)
            sheet.text(x, sheet.y, label + style.colon, size, int(style.facts_bold))
            sheet.text(x + wide, sheet.y, value, size)
            if not two or count % 2 or count == len(rows) - 1:
                sheet.y += step
        sheet.y += 6
    else:  # line, sentence, heading: what the heading did not say, in one line
        joined = style.sender_mark if style.sender_mark.strip() in "|·•–" else "   "
        sheet.paragraph(joined.join(f"{label}{style.colon or ':'} {value}".replace("::", ":") for label, value, _ in rows))
        sheet.y += 4


def sidebar(paper, rows):
    sheet, style, seller = paper.sheet, paper.style, paper.affair.seller
    x, y = style.right - 42, 45
    sheet.line(x - 3, 40, x - 3, 270, 0.3, style.colour)
    for label, value, _ in rows:
        sheet.text(x, y, label + style.colon, 7)
        small = 9
        while sheet.width(value, small) > 43 and small > 5.5:
            small -= 0.5
        sheet.text(x, y + 4, value, small, 1)
        y += 9.5
    y += 6
    for piece in [seller.street, f"{seller.zip} {seller.town}", f"Tel. {seller.phone}", seller.mail]:
        sheet.text(x, y, piece, 6.5)
        y += 3.4


# ---- an invoice


def title(paper):
    """Heading, with the number where the style puts it there; tells whether it did."""
    style, affair, chance = paper.style, paper.affair, paper.chance
    heading = {"delivery": "Lieferschein", "confirmation": "Auftragsbestätigung", "offer": "Angebot", "stage": chance.choice(("1. Abschlagsrechnung", "Abschlagsrechnung", "2. Abschlagsrechnung", "Teilrechnung")),
               "final": chance.choice(("Schlussrechnung", "Schlußrechnung")), "utility": f"Ihre Jahresabrechnung {affair.subject}", "telco": chance.choice(("Ihre Rechnung", "Rechnung", "Ihre Monatsrechnung"))}.get(affair.kind, style.label["heading"])
    if affair.kind in ("delivery", "offer") and style.label["heading"].isupper():
        heading = heading.upper()
    if affair.kind == "utility":
        heading = chance.choice((heading, f"Verbrauchsabrechnung {affair.subject} {affair.period[0].year}", "Rechnung", f"Jahresrechnung {affair.period[0].year}"))
    numbered = affair.kind in ("plain", "small", "stage", "final", "reverse", "credit", "telco") and not heading.startswith("R E")
    word = heading
    if style.facts == "heading" and style.head != "sidebar":
        with_date = chance.random() < 0.5
        heading = f"{heading} {chance.choice(('Nr. ', 'Nr.: ', '', '# ', 'Nummer ', '- ')) if numbered else 'Nr. '}{affair.number}"
        if with_date:
            heading += f" vom {style.day(affair.date)}"
            paper.show(issue_date=affair.date)
        if affair.kind not in ("delivery", "confirmation", "offer"):
            paper.show(invoice_number=affair.number)
        return heading, True, with_date, word
    return heading, False, False, word


def invoice_body(paper):
    sheet, style, affair, chance = paper.sheet, paper.style, paper.affair, paper.chance
    heading, number_done, date_done, word = title(paper)
    sentence = style.facts == "sentence" and style.head != "sidebar"
    rows = fact_rows(paper, not number_done)
    if date_done:
        rows = [row for row in rows if "issue_date" not in row[2]]
    place_date = style.facts in ("heading", "sentence") and not date_done and style.head != "sidebar" and chance.random() < 0.6
    if place_date:
        rows = [row for row in rows if "issue_date" not in row[2]]
        sheet.right(style.right, sheet.y, f"{affair.seller.town.split(' (')[0]}, {chance.choice(('den ', '', 'am '))}{style.day(affair.date)}")
        paper.show(issue_date=affair.date)
        sheet.y += style.leading * 2
    before = style.facts in ("right", "right-stacked", "box", "top") or style.head == "sidebar"
    if rows and before:
        facts(paper, rows)
    big = chance.choice((1, 1.2, 1.4, 1.8))
    if sentence and not number_done:
        rows = [row for row in rows if not row[2].keys() & {"invoice_number", "issue_date"}]
        heading = ""
    if heading:
        at = style.right - sheet.width(heading, style.size * big, 1) if chance.random() < 0.1 and style.head != "sidebar" else style.left
        sheet.text(at, sheet.y, heading, style.size * big, 1, style.colour if chance.random() < 0.3 else None)
        sheet.y += style.leading * big + 3
    if sentence and not number_done:
        kind = {"delivery": "unserem Lieferschein", "confirmation": "Auftragsbestätigung", "offer": "Angebot", "credit": "Gutschrift"}.get(affair.kind, "Rechnung")
        first = chance.choice((f"{kind} Nr. {affair.number} vom {style.day(affair.date)}", f"{kind} {affair.number}, {style.day(affair.date)}", f"{kind} Nr.: {affair.number}   Datum: {style.day(affair.date)}"))
        sheet.paragraph(first[0].upper() + first[1:], bold=1)
        if affair.kind not in ("delivery", "confirmation", "offer"):
            paper.show(invoice_number=affair.number)
        if not place_date:
            paper.show(issue_date=affair.date)
        sheet.y += 3
    if rows and not before:
        facts(paper, rows)
    for text in (style.greeting, style.intro):
        if text:
            sheet.paragraph(text)
            sheet.y += 2
    sheet.y += 3
    table.lines(paper)
    if affair.kind != "delivery":
        table.totals(paper)
        sheet.y += 4
        payment(paper)
    else:
        sheet.y += 6
        sheet.paragraph(chance.choice(("Ware vollständig erhalten: ____________________", "Rechnung folgt separat.", "Bitte prüfen Sie die Ware sofort.", "Datum, Unterschrift Empfänger: ______________")))
    below(paper)


def payment(paper):
    sheet, style, affair, chance = paper.sheet, paper.style, paper.affair, paper.chance
    day = style.day
    if affair.kind in ("confirmation", "offer"):
        sheet.paragraph({"confirmation": chance.choice(("Dies ist keine Rechnung.", "Wir danken für Ihren Auftrag und liefern wie angegeben.", f"Voraussichtlicher Liefertermin: {day(affair.due)}")),
                         "offer": chance.choice((f"An dieses Angebot halten wir uns bis {day(affair.due)} gebunden.", "Über Ihren Auftrag würden wir uns freuen.", "Unser Angebot ist freibleibend."))}[affair.kind])
        return
    days, due = affair.days, affair.due
    if affair.small:
        sheet.paragraph(chance.choice(("Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.", "Kein Ausweis von Umsatzsteuer, da Kleinunternehmer gemäß § 19 UStG.", "Als Kleinunternehmer im Sinne von § 19 Abs. 1 UStG wird keine Umsatzsteuer berechnet.", "Umsatzsteuerfrei nach § 19 UStG (Kleinunternehmerregelung).")))
        sheet.y += 1.5
    if affair.reverse:
        sheet.paragraph(chance.choice(("Steuerschuldnerschaft des Leistungsempfängers (§ 13b UStG).", "Die Steuerschuld geht gemäß § 13b UStG auf den Leistungsempfänger über.", "Nach § 13b UStG schulden Sie als Leistungsempfänger die Umsatzsteuer.")))
        sheet.y += 1.5
    amount = style.money(affair.amount_due)
    sk = affair.skonto
    if sk:
        early, part = affair.date.fromordinal(affair.date.toordinal() + sk[1]), style.money((affair.amount_due * (100 - sk[0]) / 100).quantize(affair.amount_due))
    if affair.amount_due < 0 and affair.kind != "credit":
        sheet.paragraph(chance.choice(("Das Guthaben überweisen wir auf Ihr Konto.", "Ihr Guthaben wird mit dem nächsten Abschlag verrechnet.")))
        return account_text(paper)
    text, shows, explicit = {
        "date": lambda: (chance.choice((f"Bitte überweisen Sie den Rechnungsbetrag bis zum {day(due)}.", f"Zahlbar bis {day(due)} ohne Abzug.", f"Bitte zahlen Sie bis spätestens {day(due)} auf das unten genannte Konto.", f"Der Betrag ist fällig am {day(due)}.", f"Zahlungsziel: {day(due)}",
                                       f"Wir bitten um Überweisung des Betrages von {amount} bis {day(due)}.", f"Fällig zum {day(due)}, netto Kasse.", f"Den Rechnungsbetrag erbitten wir bis zum {day(due)} unter Angabe der Rechnungsnummer.")), True, True),
        "date-after": lambda: (f"Zahlungsbedingungen: {days} Tage netto, fällig am {day(due)}", True, True),
        "days": lambda: (chance.choice((f"Zahlbar innerhalb von {days} Tagen ohne Abzug.", f"Zahlungsziel: {days} Tage netto", f"Zahlungsbedingungen: {days} Tage rein netto", f"Bitte überweisen Sie den Betrag innerhalb von {days} Tagen auf unser Konto.", f"Zahlungsbedingung: {days} Tage nach Rechnungsdatum ohne Abzug",
                                       f"{days} Tage netto.", f"Zahlbar binnen {days} Tagen ab Rechnungsdatum netto.", f"Zahlung innerhalb {days} Tagen rein netto.", f"Wir bitten um Begleichung innerhalb der nächsten {days} Tage.")), True, False),
        "days-receipt": lambda: (chance.choice((f"Bitte begleichen Sie die Rechnung innerhalb von {days} Tagen nach Erhalt.", f"Zahlbar {days} Tage nach Rechnungserhalt ohne Abzug.")), True, False),
        "skonto-days": lambda: (chance.choice((f"{sk[1]} Tage {sk[0]} % Skonto, {days} Tage netto", f"Zahlbar innerhalb von {sk[1]} Tagen mit {sk[0]} % Skonto oder {days} Tagen ohne Abzug.", f"Bei Zahlung innerhalb {sk[1]} Tagen gewähren wir {sk[0]}% Skonto, innerhalb {days} Tagen netto.", f"Zahlungsbedingungen: {sk[0]},00 % bis {sk[1]} Tage, netto {days} Tage")), True, False),
        "skonto-date": lambda: (chance.choice((f"Bis {day(early)} mit {sk[0]} % Skonto = {part}, bis {day(due)} ohne Abzug.", f"Zahlbar bis {day(early)} abzüglich {sk[0]}% Skonto, bis {day(due)} netto.", f"Bei Zahlung bis {day(early)} {sk[0]} % Skonto ({part}), spätestens fällig {day(due)}.")), True, True),
        "skonto-both": lambda: (f"Zahlbar innerhalb {sk[1]} Tagen ({day(early)}) mit {sk[0]} % Skonto, innerhalb {days} Tagen ({day(due)}) netto.", True, True),
        "info": lambda: (chance.choice(("Bitte überweisen Sie den Rechnungsbetrag fristgerecht.", "Bitte geben Sie bei der Überweisung die Rechnungsnummer an.", "")), False, True),
        "now": lambda: (chance.choice(("Zahlbar sofort ohne Abzug.", "Der Rechnungsbetrag ist sofort fällig.", "Zahlbar nach Erhalt der Rechnung rein netto.", "Sofort netto Kasse.")), False, None),
        "none": lambda: (chance.choice(("", "Vielen Dank für die prompte Überweisung.", "")), False, None),
        "debit-date": lambda: (chance.choice((f"Den Betrag von {amount} ziehen wir am {day(due)} per SEPA-Lastschrift von Ihrem Konto ein.", f"Der Rechnungsbetrag wird am {day(due)} von Ihrem Konto abgebucht. Mandatsreferenz: M{chance.randint(10000, 999999)}", f"Abbuchung zum {day(due)} (SEPA-Basislastschrift, Gläubiger-ID DE{chance.randint(10, 99)}ZZZ0000{chance.randint(1000000, 9999999)}).")), True, True),
        "debit": lambda: ("Der Rechnungsbetrag wird in den nächsten Tagen von Ihrem Konto eingezogen.", False, None),
        "credit": lambda: (chance.choice(("Der Betrag wird Ihrem Konto gutgeschrieben.", "Wir verrechnen den Betrag mit offenen Posten.", "Bitte verrechnen Sie die Gutschrift bei Ihrer nächsten Zahlung.", "Die Auszahlung erfolgt in den nächsten Tagen.", "")), False, None),
    }[affair.pay]()
    if text:
        sheet.paragraph(text, bold=int(chance.random() < 0.1))
    if shows:
        paper.show(due_date=due)
        paper.explicit = explicit
    account_text(paper)


def account_text(paper):
    sheet, style, affair, chance = paper.sheet, paper.style, paper.affair, paper.chance
    seller = affair.seller
    if style.bank_in_text or style.footer == "none":
        sheet.y += 2
        lines = chance.choice((
            [f"Bankverbindung: {seller.bank}, IBAN {paper.iban_text(seller.iban)}" + (f", BIC {seller.bic}" if seller.bic else "")],
            [seller.bank, f"IBAN: {paper.iban_text(seller.iban)}"] + ([f"BIC: {seller.bic}"] if seller.bic else []),
            [f"Bitte überweisen Sie auf das Konto IBAN {paper.iban_text(seller.iban)} bei der {seller.bank}."],
            [f"Empfänger: {seller.name}", f"IBAN: {paper.iban_text(seller.iban)}", f"Verwendungszweck: {affair.number}"]))
        text = "\n".join(lines)
        sheet.paragraph(text)
        paper.show(iban=seller.iban)
        if seller.bic and seller.bic in text:
            paper.show(bic=seller.bic)
        if seller.name in text:
            paper.show(seller_name=seller.name)


def below(paper):
    sheet, style, affair, chance = paper.sheet, paper.style, paper.affair, paper.chance
    if style.ids_place == "below" or style.ids_place == "head" and (style.head_contact == "none" or style.head in ("none", "band", "sidebar")) or style.ids_place == "footer" and style.footer == "none":
        sheet.y += 2
        sheet.paragraph(style.sender_mark.join(own_ids(paper)))
    if style.hint:
        sheet.y += 2
        sheet.paragraph(style.hint.format(t=affair.seller.town), size=max(7, style.size - 2))
    if style.closing:
        sheet.y += 4
        sheet.need(18)
        sheet.paragraph(style.closing)
        if style.signature:
            sheet.text(style.left + 3, sheet.y + 7, affair.seller.head.split(" ")[-1], 20, 0, (0.1, 0.1, 0.5), "Z003")
            sheet.y += 12
        sheet.paragraph(affair.seller.name if chance.random() < 0.5 else affair.seller.head)
        if chance.random() >= 2:
            paper.show(seller_name=affair.seller.name)
    if style.girocode and affair.amount_due and affair.amount_due > 0:
        girocode(paper)


def girocode(paper):
    sheet, affair, chance = paper.sheet, paper.affair, paper.chance
    seller = affair.seller
    paper.code = f"BCD\n002\n1\nSCT\n{seller.bic}\n{seller.name[:70]}\n{seller.iban}\nEUR{affair.amount_due:.2f}\n\n\n{affair.number}\n"
    sheet.need(34)
    code = qrcode.QRCode(border=2, box_size=6, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(paper.code)
    picture = io.BytesIO()
    code.make_image().save(picture, "PNG")
    picture.seek(0)
    x = chance.choice((paper.style.left, sheet.edge - 32))
    sheet.picture(picture, x, sheet.y, 30)
    sheet.text(x, sheet.y + 32, chance.choice(("GiroCode", "Zahlen mit Code", "Scan2Pay")), 7)
    sheet.y += 36


# ---- the foot of every page


def every_page(paper):
    sheet, style, affair, seller = paper.sheet, paper.style, paper.affair, paper.affair.seller
    if style.footer == "none" or affair.kind == "letter" and seller.person or affair.kind == "application":
        return
    show_ids = style.ids_place == "footer"
    bank = [seller.bank, f"IBAN: {paper.iban_text(seller.iban)}"] + ([f"BIC: {seller.bic}"] if seller.bic else [])
    ids = own_ids(paper) if show_ids else []
    size = style.footer_size
    if affair.kind == "notice":
        ids = []
    paper.show(iban=seller.iban, bic=seller.bic, seller_name=seller.name)
    legal = [f"Geschäftsführer: {seller.head}" if "GmbH" in seller.name or "AG" in seller.name else f"Inhaber: {seller.head}", f"Amtsgericht {seller.court}"] if not seller.person else []
    if style.footer == "columns":
        columns = [[seller.name, seller.street, f"{seller.zip} {seller.town}"], [f"Tel.: {seller.phone}"] + ([f"Fax: {seller.fax}"] if seller.fax else []) + [seller.mail, seller.web], bank, ids + legal]
        if seller.second_iban and style.footer_columns == 4:
            columns[2] = columns[2] + [f"IBAN: {paper.iban_text(seller.second_iban)}"] if style.size < 10 else columns[2]
        if style.footer_columns == 3:
            columns = [columns[0] + [f"Tel. {seller.phone}"], columns[2], columns[3]]
        elif style.footer_columns == 2:
            columns = [columns[0] + ids, columns[2] + legal]
        columns = [column for column in columns if column]
        need = max((sheet.width(text, size) for column in columns for text in column), default=0)
        room = (style.right - style.left) / len(columns)
        widths = [max(sheet.width(text, size) for text in column) for column in columns]
        while sum(widths) + 3 * len(columns) > style.right - style.left and size > 5:
            size -= 0.25
            widths = [max(sheet.width(text, size) for text in column) for column in columns]
        sheet.line(style.left, 268, style.right, 268, 0.2, style.colour)
        x = style.left
        spare = (style.right - style.left - sum(widths)) / max(1, len(columns) - 1) if need > room else None
        for column, wide in zip(columns, widths):
            for row, text in enumerate(column):
                sheet.text(x, 272 + row * size * 0.43, text, size, 0, style.footer_ink)
            x += wide + spare if spare is not None else room
    else:
        pieces = [seller.name, seller.street, f"{seller.zip} {seller.town}"]
        first = pieces + bank + ids if style.footer == "line" else pieces + [seller.phone, seller.mail]
        rows = [style.sender_mark.join(first)]
        if style.footer == "two-lines":
            rows.append(style.sender_mark.join(bank + ids))
        y = 284
        for row in rows:
            small = size
            while sheet.width(row, small) > style.right - style.left and small > 5:
                small -= 0.25
            parts = [row] if sheet.width(row, small) <= style.right - style.left + 6 else list(sheet.wrapped(row, style.right - style.left, small))
            for part in parts:
                sheet.centre((style.left + style.right) / 2, y, part, small, 0, style.footer_ink)
                y += small * 0.42
    if sheet.pages > 1:
        sheet.right(style.right, 292, f"Seite {sheet.pages}", 7)


def shown_quantity(value):
    return quantity(value)
