"""An affair set on paper in a style, and what of it can be seen.

In: [`Affair`], [`Style`]. Out: the bytes of a PDF and the truth: the values that stand on its pages. A value enters
the truth where it is drawn, never elsewhere.
"""

import io

import qrcode
from making.numbers import in_fours

from . import table
from .foot import every_page
from .letters import body as letter_body
from .sheet import Sheet
from .top import fact_rows, facts, head, own_ids, window
from .words import Names


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
        letter_body(paper)
    else:
        invoice_body(paper)
    return sheet.finished(), paper


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
