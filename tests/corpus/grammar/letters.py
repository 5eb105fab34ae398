"""Papers that ask for no payment of a new debt, or none at all: reminders, notices, applications, letters; and the till receipt.

In: the paper. Out: what is drawn, and the truth of it.
"""

from .affair import cents
from .sheet import Sheet

SUBJECTS = ("Straßenlaterne in unserer Straße", "Nutzung der Turnhalle im Sommer", "Zustand des Spielplatzes", "Ihr Schreiben vom letzten Monat", "Lärmbelästigung durch Baustelle", "Parksituation vor der Schule", "Einladung zur Jahreshauptversammlung",
            "Anregung zum Bebauungsplan", "Bewerbung als Sachbearbeiter", "Terminvereinbarung", "Wasserschaden im Vereinsheim", "Änderung unserer Bankverbindung", "Preisanpassung zum Jahreswechsel", "Dank für die Unterstützung")
SENTENCES = ("wir nehmen Bezug auf unser Gespräch und bestätigen den besprochenen Ablauf.", "Seit einigen Wochen beobachten wir, dass sich die Lage nicht gebessert hat.", "Bitte teilen Sie uns mit, wer für diese Angelegenheit zuständig ist.",
             "Die Anwohner haben mehrfach darauf hingewiesen.", "Über eine Rückmeldung in den nächsten Wochen würden wir uns freuen.", "Die Unterlagen fügen wir diesem Schreiben bei.", "Für Rückfragen stehen wir gerne telefonisch zur Verfügung.",
             "Wir möchten Sie bitten, den Vorgang noch einmal zu prüfen.", "Der Vorstand hat in seiner letzten Sitzung darüber beraten.", "Eine gemeinsame Begehung vor Ort halten wir für sinnvoll.", "Die Kosten dafür würden wir zur Hälfte übernehmen.", "Im vergangenen Jahr hatten wir etwa 240 Besucher.")
APPLICATIONS = ("Antrag auf Gewährung eines Zuschusses", "Antrag auf Erteilung einer Baugenehmigung", "Antrag auf Ausstellung eines Anwohnerparkausweises", "Antrag auf Wohngeld", "Antrag auf Sondernutzung öffentlicher Flächen", "Antrag auf Befreiung von der Hundesteuer", "Anmeldung eines Gewerbes", "Antrag auf Aufnahme in die Kindertagesstätte")
NOTICES = ("Gebührenbescheid", "Grundsteuerbescheid", "Bescheid über Abfallgebühren", "Hundesteuerbescheid", "Kostenbescheid", "Bescheid über Kindergartengebühren", "Gewerbesteuerbescheid", "Bescheid über Erschließungsbeiträge")


def body(paper):
    {"reminder": reminder, "notice": notice, "application": application, "letter": letter}[paper.affair.kind](paper)


def dated(paper, place=True):
    sheet, style, affair, chance = paper.sheet, paper.style, paper.affair, paper.chance
    text = style.day(affair.date)
    form = chance.choice(("place", "plain", "label"))
    text = {"place": f"{affair.seller.town.split(' (')[0]}, den {text}", "plain": text, "label": f"Datum: {text}"}[form]
    sheet.right(style.right, sheet.y, text) if chance.random() < 0.7 else sheet.text(style.left, sheet.y, text)
    paper.show(issue_date=affair.date)
    sheet.y += style.leading * 2


def subject(paper, text):
    sheet, style = paper.sheet, paper.style
    sheet.paragraph(text, size=style.size * paper.chance.choice((1, 1.1, 1.3)), bold=1)
    sheet.y += 4
    sheet.paragraph(style.greeting or "Sehr geehrte Damen und Herren,")
    sheet.y += 3


def ending(paper, name=None):
    sheet, style, affair = paper.sheet, paper.style, paper.affair
    sheet.y += 5
    sheet.need(25)
    sheet.paragraph("Mit freundlichen Grüßen")
    if style.signature or affair.seller.person:
        sheet.text(style.left + 3, sheet.y + 7, (name or affair.seller.head).split(" ")[-1], 20, 0, (0.1, 0.1, 0.5), "Z003")
    sheet.y += 13
    sheet.paragraph(name or affair.seller.head)


def reminder(paper):
    sheet, style, affair, chance = paper.sheet, paper.style, paper.affair, paper.chance
    dated(paper)
    subject(paper, chance.choice(("Mahnung", "1. Mahnung", "2. Mahnung", "Zahlungserinnerung", "Letzte Mahnung", "Freundliche Zahlungserinnerung", "Erinnerung an fällige Zahlung")))
    sheet.paragraph(chance.choice(("unsere folgenden Forderungen sind noch offen:", "sicher haben Sie übersehen, dass nachstehende Rechnungen zur Zahlung fällig sind.", "trotz Fälligkeit konnten wir noch keinen Zahlungseingang feststellen:")))
    sheet.y += 3
    whole = affair.gross
    if chance.random() < 0.6:
        sheet.paragraph(f"Rechnung {affair.number} vom {style.day(affair.before_date)}    {style.money(affair.gross)}")
    else:
        for x, text in zip((style.left, style.left + 45, style.left + 85), (chance.choice(("Rechnungsnr.", "Beleg", "Rechnung")), chance.choice(("Datum", "vom", "Rechnungsdatum")), "fällig")):
            sheet.text(x, sheet.y, text, bold=1)
        sheet.right(sheet.edge, sheet.y, "offen", bold=1)
        sheet.y += style.leading
        for x, text in zip((style.left, style.left + 45, style.left + 85), (affair.number, style.day(affair.before_date), style.day(affair.before_date.fromordinal(affair.before_date.toordinal() + 14)))):
            sheet.text(x, sheet.y, text)
        sheet.right(sheet.edge, sheet.y, style.money(affair.gross))
        sheet.y += style.leading
    if chance.random() < 0.6:
        fee = cents(chance.choice(("2.50", "5", "7.50", "10")))
        whole += fee
        sheet.paragraph(f"{chance.choice(('Mahngebühr', 'Mahnkosten', 'Bearbeitungsgebühr'))}    {style.money(fee)}")
        sheet.paragraph(f"{chance.choice(('Gesamtforderung', 'Gesamtbetrag', 'Zu zahlen'))}    {style.money(whole)}", bold=1)
    sheet.y += 3
    sheet.paragraph(chance.choice((f"Bitte überweisen Sie den Betrag bis zum {style.day(affair.due)}.", f"Wir erwarten Ihre Zahlung bis spätestens {style.day(affair.due)}.", f"Als neue Zahlungsfrist haben wir uns den {style.day(affair.due)} vorgemerkt.")))
    sheet.paragraph("Sollten Sie inzwischen gezahlt haben, betrachten Sie dieses Schreiben als gegenstandslos.")
    paper.show(due_date=affair.due, amount_due=f"{whole:.2f}")
    paper.explicit = True
    ending(paper)


def notice(paper):
    sheet, style, affair, chance = paper.sheet, paper.style, paper.affair, paper.chance
    sheet.text(style.left, sheet.y, f"Aktenzeichen: {chance.randint(10, 99)}.{chance.randint(10, 99)}/{chance.randint(100, 9999)}")
    sheet.y += style.leading
    dated(paper)
    subject(paper, f"{chance.choice(NOTICES)} {affair.date.year}")
    sheet.paragraph("aufgrund der gültigen Satzung setzen wir für das Grundstück folgende Abgaben fest:")
    sheet.y += 3
    amount = cents(chance.randint(2000, 90000) / 100)
    sheet.text(style.left, sheet.y, chance.choice(("Festgesetzte Gebühr", "Jahresbetrag", "Zu zahlen")))
    sheet.right(sheet.edge, sheet.y, style.money(amount))
    sheet.y += style.leading * 2
    sheet.paragraph(f"Der Betrag wird am {style.day(affair.due)} fällig. Bitte überweisen Sie auf das Konto IBAN {paper.iban_text(affair.seller.iban)}.")
    paper.show(amount_due=f"{amount:.2f}", due_date=affair.due, iban=affair.seller.iban, currency="EUR")
    paper.explicit = True
    sheet.y += 4
    sheet.paragraph("Rechtsbehelfsbelehrung", bold=1)
    sheet.paragraph(f"Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe {chance.choice(('Widerspruch', 'Klage', 'Einspruch'))} erhoben werden. {chance.choice(('Der Widerspruch hat keine aufschiebende Wirkung.', 'Die Frist ist nur gewahrt, wenn das Schreiben rechtzeitig eingeht.'))}")
    ending(paper)


def application(paper):
    sheet, style, affair, chance = paper.sheet, paper.style, paper.affair, paper.chance
    subject(paper, chance.choice(APPLICATIONS))
    rows = (("Name, Vorname", affair.seller.head), ("Anschrift", f"{affair.seller.street}, {affair.seller.zip} {affair.seller.town}"), ("Geburtsdatum", f"{chance.randint(1, 28):02d}.{chance.randint(1, 12):02d}.{chance.randint(1945, 2004)}"),
            ("Telefon", affair.seller.phone), ("Grund", chance.choice(("Umzug", "Neubau", "Vereinsjubiläum", "Erstantrag"))), ("Zeitraum", f"ab {style.day(affair.due)}"))
    for label, value in rows:
        sheet.text(style.left, sheet.y, label + ":")
        sheet.text(style.left + 50, sheet.y, value)
        sheet.line(style.left + 49, sheet.y + 1, sheet.edge, sheet.y + 1, 0.1)
        sheet.y += style.leading * 1.6
    for sentence in chance.sample(("Hiermit beantrage ich die oben genannte Leistung.", "Die Richtigkeit der Angaben wird versichert.", "Nachweise sind beigefügt.", "Ich bin mit der Verarbeitung meiner Daten einverstanden."), 3):
        sheet.paragraph(sentence)
    sheet.y += 4
    dated(paper)
    ending(paper, affair.seller.head)


def letter(paper):
    sheet, chance = paper.sheet, paper.chance
    dated(paper)
    subject(paper, chance.choice(SUBJECTS))
    for _ in range(chance.randint(2, 4)):
        sheet.paragraph(" ".join(chance.sample(SENTENCES, chance.randint(2, 4))))
        sheet.y += 3
    ending(paper)


def receipt(affair, style, chance, paper):
    """A till receipt on narrow paper."""
    wide = chance.choice((72, 78, 80, 62))
    sheet = Sheet(style, (wide, 70 + 9 * len(affair.lines) + 16 * len(affair.shares) + 40))
    paper.sheet = sheet
    sheet.bottom = sheet.high
    style.left, style.right = 4, wide - 4
    size, step = chance.choice((7.5, 8, 8.5, 9)), 4
    middle, seller = wide / 2, affair.seller

    def centre(text, size=size, bold=0):
        while sheet.width(text, size, bold) > wide - 5 and size > 5:
            size -= 0.25
        sheet.centre(middle, sheet.y, text, size, bold)
        sheet.y += step * size / 8

    def pair(left, right, bold=0):
        sheet.text(4, sheet.y, left, size, bold)
        sheet.right(wide - 4, sheet.y, right, size, bold)
        sheet.y += step

    sheet.y = 8
    centre(seller.name, chance.choice((9, 11, 12)), 1)
    centre(seller.street)
    centre(f"{seller.zip} {seller.town}")
    centre(f"Tel. {seller.phone}")
    ids = chance.random()
    if seller.vat and (ids < 0.7 or not seller.tax):
        centre(f"{style.label['own-vat']} {seller.vat}")
        paper.show(seller_vat_id=seller.vat)
    elif seller.tax:
        centre(f"{style.label['own-tax']} {seller.tax}")
        paper.show(seller_tax_number=seller.tax)
    paper.show(seller_name=seller.name, currency="EUR", issue_date=affair.date)
    number = str(chance.randint(100, 999999))
    sheet.y += 2
    top = chance.random() < 0.6
    day = style.day(affair.date) if "month" not in style.dates and "short" not in style.dates else f"{affair.date:%d.%m.%Y}"
    label = chance.choice(("Bon-Nr.", "Bon", "Beleg-Nr.", "Rechnung", "Rechnungs-Nr.", "Kassenbon Nr.", "BNr", "Belegnummer", "Quittung Nr."))
    stamp = lambda: (pair(f"{label} {number}", f"Kasse {chance.randint(1, 9)}"), pair(day, f"{chance.randint(7, 21):02d}:{chance.randint(0, 59):02d}"))
    if top:
        stamp()
    sheet.y += 2
    letter = {rate: name for name, rate in zip("AB" if chance.random() < 0.6 else "12", sorted({line.rate for line in affair.lines}, reverse=True))}
    if chance.random() < 0.5:
        sheet.right(wide - 4, sheet.y, "EUR", size)
        sheet.y += step
    for line in affair.lines:
        if line.quantity != 1:
            sheet.text(4, sheet.y, f"{line.quantity} x {style.money(line.price, '')}" if chance.random() < 0.7 else f"{line.quantity} Stk à {style.money(line.price, '')}", size)
            sheet.y += step
        pair(line.text, f"{style.money(line.total, '')} {letter[line.rate]}")
    sheet.line(4, sheet.y - 2.5, wide - 4, sheet.y - 2.5, 0.2)
    sheet.y += 1
    pair(chance.choice(("SUMME", "Summe EUR", "Gesamt", "ZU ZAHLEN", "Total EUR", "Gesamtbetrag", "Summe €")), chance.choice((" €", " EUR", "")) and style.money(affair.gross, " €") or style.money(affair.gross, ""), 1)
    cash = chance.choice(("bar", "card"))
    if cash == "bar":
        given = affair.gross.quantize(cents(1).quantize(cents(1)).__class__("1")) + chance.choice((1, 5, 10))
        pair(chance.choice(("Bar", "Gegeben", "BAR")), style.money(cents(given), ""))
        pair(chance.choice(("Rückgeld", "Zurück")), style.money(cents(given) - affair.gross, ""))
    else:
        pair(chance.choice(("Kartenzahlung", "girocard", "EC-Karte", "Mastercard", "Visa")), style.money(affair.gross, ""))
    sheet.y += 2
    order = chance.choice(("net-tax-gross", "tax-net-gross", "sentence"))
    if order == "sentence":
        for rate, net, tax in affair.shares:
            pair(f"{letter[rate]}: {rate}% MwSt aus {style.money(net, '')}", style.money(tax, ""))
    else:
        heads = ("MwSt", "Netto", "Steuer", "Brutto") if order == "net-tax-gross" else ("Satz", "MwSt", "Netto", "Brutto")
        ends = (16, 16 + (wide - 20) / 3, 16 + 2 * (wide - 20) / 3, wide - 4)
        rows = [heads] + [(f"{letter[rate]} {rate}%", *(style.money(value, "") for value in ((net, tax, net + tax) if order == "net-tax-gross" else (tax, net, net + tax)))) for rate, net, tax in affair.shares]
        for texts in rows:
            for end, text in zip(ends, texts):
                sheet.right(end, sheet.y, text, min(size, 8))
            sheet.y += step
    sheet.y += 2
    if not top:
        stamp()
    if chance.random() < 0.7:
        centre(f"TSE-Transaktion {chance.randint(1000, 99999)}")
        centre("".join(chance.choice("ABCDEFabcdef0123456789+/") for _ in range(28)))
    centre(chance.choice(("Vielen Dank für Ihren Einkauf", "Danke und auf Wiedersehen!", "Es bediente Sie: " + paper.names.first(), "Umtausch nur mit Bon")))
    paper.show(invoice_number=number, gross_total=f"{affair.gross:.2f}", net_total=f"{affair.net:.2f}", vat_total=f"{affair.tax:.2f}")
    paper.fields["vat_breakdown"] = [{"rate": str(rate), "base": f"{net:.2f}", "amount": f"{tax:.2f}"} for rate, net, tax in affair.shares]
    return sheet.finished()
