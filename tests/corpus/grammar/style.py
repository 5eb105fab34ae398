"""How one firm's papers look: a random draw from the grammar of layouts.

In: chance and kind. Out: [`Style`]. Two documents share a style, as two invoices of one firm would.
"""

from .affair import NUMBER_STYLES
from .trades import TRADES

CLASSES = {"credit": "credit_note", "reminder": "reminder", "delivery": "delivery_note", "confirmation": "order_confirmation",
           "offer": "offer", "notice": "notice", "application": "application", "letter": "letter"}

LABELS = {
    "number": ("Rechnungsnummer", "Rechnungs-Nr.", "Rechnungsnr.", "Rechnung Nr.", "Rechnung-Nr.", "Re.-Nr.", "Rg.-Nr.", "RE-Nr.", "Belegnummer", "Beleg-Nr.", "Beleg Nr.", "Rechn.-Nr.", "Rechnungs-Nummer",
               "Faktura-Nr.", "Fakturanummer", "Dokumentnummer", "Nummer", "Nr.", "Rechnung", "Rechnung #", "Ihre Rechnungsnummer", "Vorgangsnummer", "Belegnr.", "Dokument-Nr.", "R.-Nr.", "Rechnungsnummer (bitte bei Zahlung angeben)"),
    "number-bi": ("Rechnungsnr. / Invoice No.", "Rechnungsnummer/Invoice number", "Rechnung Nr. / Invoice #", "Beleg-Nr./Document no."),
    "number-en": ("Invoice No.", "Invoice number", "Invoice #", "Invoice No", "Document number", "Invoice ID", "Number"),
    "date": ("Rechnungsdatum", "Datum", "Rechnungs-Datum", "Belegdatum", "Ausstellungsdatum", "Rechnung vom", "vom", "Re.-Datum", "Rg.-Datum", "Datum der Rechnung", "Tag der Rechnung", "Dokumentdatum", "Fakturadatum", "Erstellt am", "Beleg-Datum", "Rechn.-Datum", "Dat."),
    "date-bi": ("Datum / Date", "Rechnungsdatum / Invoice date", "Rechnungsdatum/Date of issue"),
    "date-en": ("Invoice date", "Date", "Date of issue", "Issue date", "Dated"),
    "due": ("Fällig am", "Zahlbar bis", "Fälligkeit", "Fälligkeitsdatum", "Zahlungsziel", "Zu zahlen bis", "Zahlung bis", "Netto bis", "fällig zum", "Fällig", "Valuta", "Zahlungstermin", "Zahlungsfrist"),
    "due-bi": ("Fällig / Due", "Fälligkeit / Due date", "Zahlbar bis / Payable until"),
    "due-en": ("Due date", "Payment due", "Due", "Payable by"),
    "customer": ("Kundennummer", "Kunden-Nr.", "Kd.-Nr.", "Kundennr.", "Ihre Kundennummer", "Debitor", "Debitoren-Nr.", "Kunde", "KdNr.", "Debitorennummer", "Kunden Nr."),
    "customer-bi": ("Kundennr. / Customer no.", "Kunde / Customer ID"), "customer-en": ("Customer No.", "Customer number", "Account no.", "Client ID"),
    "order": ("Ihre Bestellnummer", "Bestellnummer", "Bestell-Nr.", "Ihre Bestellung", "Bestellung Nr.", "Ihre Best.-Nr.", "Auftragsnummer AG", "Ihre Auftragsnummer", "Best.-Nr.", "Bestellzeichen", "Ihr Auftrag", "Ihre Order", "Kundenbestellung", "Bestellnr.", "PO-Nr.", "Ihre Bestell-Nr."),
    "order-bi": ("Bestellnr. / PO no.", "Ihre Bestellung / Your order"), "order-en": ("PO number", "Purchase order", "Your order no.", "Order ref."),
    "reference": ("Leitweg-ID", "Leitweg ID", "Leitwegs-ID", "Käuferreferenz (Leitweg-ID)", "Leitweg-Nr.", "Leitweg-Identnr."), "reference-bi": ("Leitweg-ID",), "reference-en": ("Buyer reference", "Leitweg-ID"),
    "delivery": ("Lieferdatum", "Leistungsdatum", "Leistung vom", "Liefertermin", "Tag der Lieferung", "Leistungstag", "Lieferdatum entspricht Rechnungsdatum?", "Auslieferung am"),
    "delivery-bi": ("Lieferdatum / Delivery date",), "delivery-en": ("Delivery date", "Date of supply"),
    "period": ("Leistungszeitraum", "Abrechnungszeitraum", "Zeitraum", "Leistung", "Ausführungszeitraum", "Lieferzeitraum"), "period-bi": ("Leistungszeitraum / Period",), "period-en": ("Service period", "Period"),
    "contact": ("Ansprechpartner", "Bearbeiter", "Sachbearbeiter", "Ihr Ansprechpartner", "Kontakt", "Bearbeitet von", "Es betreut Sie"), "contact-bi": ("Bearbeiter / Contact",), "contact-en": ("Contact", "Your contact"),
    "note": ("Lieferschein-Nr.", "Lieferschein", "LS-Nr.", "Lieferscheinnummer", "Lfs.-Nr."), "note-bi": ("Lieferschein / Delivery note",), "note-en": ("Delivery note",),
    "project": ("Projekt", "Bauvorhaben", "BV", "Objekt", "Kostenstelle", "Baustelle", "Ihr Zeichen", "Unser Zeichen", "Auftrag", "Auftrags-Nr.", "Vertragsnummer"), "project-bi": ("Projekt / Project",), "project-en": ("Project", "Our ref."),
    "page": ("Seite", "Blatt", "Seite(n)"), "page-bi": ("Seite / Page",), "page-en": ("Page",),
    "own-vat": ("USt-IdNr.", "USt-ID", "USt-Id-Nr.", "UST-IdNr", "Umsatzsteuer-ID", "Umsatzsteuer-Identifikationsnummer", "USt.-ID-Nr.", "USt-IDNr.", "Ust-Id.", "UID", "USt.-IdNr.", "Umsatzsteuer-Ident-Nr.", "VAT-ID", "USt ID"),
    "own-vat-bi": ("USt-IdNr. / VAT ID",), "own-vat-en": ("VAT ID", "VAT Reg. No.", "VAT number"),
    "own-tax": ("Steuernummer", "Steuer-Nr.", "St.-Nr.", "StNr.", "Steuernr.", "Steuer Nr.", "St.Nr.", "StNr", "Finanzamt-Steuernr.", "Steuer-Nummer"), "own-tax-bi": ("Steuer-Nr. / Tax no.",), "own-tax-en": ("Tax number", "Tax No."),
    "buyer-vat": ("Ihre USt-IdNr.", "USt-IdNr. des Leistungsempfängers", "USt-ID Kunde", "Ihre USt-ID"), "buyer-vat-bi": ("Ihre USt-IdNr. / Your VAT ID",), "buyer-vat-en": ("Your VAT ID",),
    "net": ("Nettobetrag", "Netto", "Summe netto", "Zwischensumme", "Gesamt netto", "Nettosumme", "Zwischensumme netto", "Summe", "Warenwert netto", "Netto-Summe", "Rechnungsbetrag netto", "Summe (netto)", "Gesamtbetrag netto", "Nettowert", "Entgelt", "Betrag netto", "Gesamt (netto)", "Summe exkl. MwSt."),
    "net-bi": ("Nettobetrag / Net amount", "Zwischensumme / Subtotal", "Netto / Net"), "net-en": ("Subtotal", "Net amount", "Total net", "Net total"),
    "vat": ("{r} % MwSt.", "MwSt. {r} %", "zzgl. {r} % MwSt.", "zzgl. {r}% USt.", "Umsatzsteuer {r} %", "USt. {r}%", "+ {r} % Mehrwertsteuer", "Mehrwertsteuer {r},00 %", "zzgl. Umsatzsteuer {r} %", "{r}% USt", "gesetzl. MwSt. {r} %", "MWST {r},0%", "{r} % Umsatzsteuer", "+{r}% MwSt", "MwSt ({r}%)", "zuzüglich {r} % USt", "USt {r} % auf {b}", "MwSt. {r} % von {b}", "{r},00 % MwSt. auf {b}"),
    "vat-bi": ("MwSt. / VAT {r} %", "{r} % USt. / VAT"), "vat-en": ("VAT {r} %", "VAT ({r}%)", "plus {r}% VAT"),
    "gross": ("Rechnungsbetrag", "Gesamtbetrag", "Gesamtsumme", "Endbetrag", "Bruttobetrag", "Summe brutto", "Rechnungssumme", "Zu zahlen", "Zahlbetrag", "Gesamt", "Gesamt brutto", "Betrag", "Total", "Endsumme", "Rechnungsendbetrag", "Gesamtbetrag inkl. MwSt.", "Brutto", "Summe inkl. USt.", "Zu zahlender Betrag", "Rechnungsbetrag brutto", "Gesamtbetrag brutto", "Rechnungsbetrag inkl. MwSt.", "SUMME", "GESAMTBETRAG"),
    "gross-bi": ("Gesamtbetrag / Total", "Rechnungsbetrag / Total amount", "Brutto / Gross total"), "gross-en": ("Total", "Total amount", "Amount due", "Grand total", "Invoice total"),
    "due-amount": ("Noch zu zahlen", "Restbetrag", "Zu zahlender Betrag", "Zahlbetrag", "Offener Betrag", "Restforderung", "Verbleibender Betrag", "Noch offen", "Nachzahlung", "Zahllast", "noch zu zahlender Betrag"), "due-amount-bi": ("Noch zu zahlen / Balance due",), "due-amount-en": ("Balance due", "Amount payable"),
    "bill-to": ("Rechnungsempfänger", "Rechnungsanschrift", "Rechnung an", "Kunde", "An", "Leistungsempfänger", "Auftraggeber", "Rechnungsadresse", "Empfänger"), "bill-to-bi": ("Rechnung an / Bill to",), "bill-to-en": ("Bill to", "Invoice to", "Customer"),
    "heading": ("Rechnung", "RECHNUNG", "Rechnung", "Rechnung", "Faktura", "Ihre Rechnung", "R E C H N U N G", "Unsere Rechnung", "Abrechnung", "RECHNUNG", "Honorarrechnung", "Ausgangsrechnung"), "heading-bi": ("Rechnung / Invoice", "RECHNUNG | INVOICE"), "heading-en": ("Invoice", "INVOICE"),
}
COLUMNS = {
    "pos": ("Pos.", "Pos", "Nr.", "#", "Lfd. Nr.", "Position", "P.", ""), "article": ("Artikel-Nr.", "Art.-Nr.", "Artikel", "Art.Nr.", "Bestell-Nr.", "Mat.-Nr."),
    "text": ("Bezeichnung", "Beschreibung", "Leistung", "Artikelbezeichnung", "Leistungsbeschreibung", "Text", "Artikel", "Produkt", "Warenbezeichnung", "Position", "Art der Leistung", "Gegenstand"),
    "quantity": ("Menge", "Anzahl", "Anz.", "Mge.", "Menge", "Einheiten", "Stück"), "unit": ("Einheit", "ME", "Einh.", "EH", "E", "Mengeneinh."),
    "price": ("Einzelpreis", "Preis", "E-Preis", "EP", "Einzel", "Preis/Einheit", "EP in €", "Einzelpreis €", "Stückpreis", "à", "Einheitspreis", "E.-Preis"),
    "discount": ("Rabatt", "Rab. %", "Rabatt %", "Nachlass"), "rate": ("MwSt.", "USt %", "USt", "MwSt %", "St.", "Steuer"),
    "total": ("Gesamtpreis", "Gesamt", "Betrag", "Summe", "GP", "Gesamt €", "Betrag EUR", "Wert", "G-Preis", "Gesamtbetrag", "Positionssumme", "Netto", "GP in €", "Betrag in Euro"),
}
COLUMNS_EN = {"pos": ("Item", "#", "Pos."), "article": ("Article", "SKU"), "text": ("Description", "Service", "Product"), "quantity": ("Qty", "Quantity"), "unit": ("Unit",), "price": ("Unit price", "Price"),
              "discount": ("Disc. %",), "rate": ("VAT", "Tax"), "total": ("Amount", "Total", "Line total")}
MORES = ("gemäß Angebot vom {d}", "Ausführung: Standard", "Lieferung frei Haus", "LV-Pos. 01.02.0030", "inkl. Anfahrt", "Charge 4711-B", "Einsatzort: {t}", "siehe Stundennachweis", "Zeitraum {d}", "Gewährleistung 2 Jahre", "ca. 14 Tage Lieferzeit, Herstellerteil, Farbe lichtgrau RAL 7035")
FONTS = ("LiberationSans", "LiberationSans", "LiberationSans", "LiberationSerif", "LiberationSerif", "LiberationMono", "LiberationSansNarrow", "DejaVuSans", "DejaVuSerif", "DejaVuSansCondensed", "DejaVuSerifCondensed", "URWBookman", "URWGothic", "C059", "P052", "NimbusSans")
DATES = ("{d:%d.%m.%Y}",) * 8 + ("{d.day}.{d.month}.{d.year}", "{d:%d.%m.%y}", "{d.day}. {month} {d.year}", "{d.day}. {month} {d.year}", "{d:%d}. {month} {d.year}", "{d:%Y-%m-%d}", "{d:%d. %m. %Y}", "{d.day}. {short} {d.year}", "{d:%d/%m/%Y}", "{d:%d-%m-%Y}")
MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
SHORT = "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.".split()
ENGLISH = "January February March April May June July August September October November December".split()


class Style:
    def __init__(self, chance, kind):
        pick, odds = chance.choice, chance.random
        self.kind, self.doc_class = kind, CLASSES.get(kind, "invoice")
        self.language = "de" if kind not in ("plain",) or odds() < 0.86 else pick(("bi", "bi", "en"))
        self.trade = pick(sorted(TRADES)) if kind != "stage" and kind != "final" and kind != "reverse" else pick(("Bau", "Elektro", "Heizung", "Maler", "Garten", "Planung"))
        self.number_style, self.order_style = pick(NUMBER_STYLES), pick(NUMBER_STYLES)
        self.amount_of_lines = pick(("few", "few", "some", "some", "some", "many", "many", "pages") if kind in ("plain", "delivery") else ("few", "some", "some"))
        self.mixed_rates = 0.9 if odds() < 0.15 else 0
        self.discount_column, self.mores = odds() < 0.12, chance.sample(MORES, 3) if odds() < 0.3 else ()
        self.gross_prices, self.credit_minus = kind == "plain" and odds() < 0.12, odds() < 0.6
        self.shipping, self.reduction, self.deposit = pick((0, 0, 0.7)), 0.8 if odds() < 0.1 else 0, 0.9 if odds() < 0.06 else 0
        self.days = pick(((14,), (10,), (30,), (30, 14), (7, 14), (21,), (8,), (20, 30), (28,), (45,), (60,)))
        self.pay = pick(("date", "date", "date", "days", "days", "days", "skonto-days", "skonto-date", "skonto-both", "info", "info", "now", "none", "date-after", "days-receipt"))
        if kind in ("utility", "telco", "plain") and odds() < (0.4 if kind != "plain" else 0.06):
            self.pay = pick(("debit-date", "debit-date", "debit"))
        if kind in ("credit",):
            self.pay = "credit"
        self.visual(chance)
        self.words(chance)

    def visual(self, chance):
        pick, odds = chance.choice, chance.random
        self.font = pick(FONTS)
        self.head_font = pick((self.font, self.font, self.font, *FONTS))
        self.size = pick((8.5, 9, 9, 9.5, 10, 10, 10, 10.5, 11))
        self.leading = self.size * pick((0.42, 0.44, 0.47, 0.5))
        self.left, self.right = pick((18, 20, 20, 25, 25, 25)), pick((185, 190, 190, 195, 198))
        self.ink = pick(((0, 0, 0),) * 6 + ((0.13, 0.2, 0.4), (0.3, 0.1, 0.1), (0.1, 0.3, 0.2)))
        self.colour = pick(((0.1, 0.25, 0.5), (0.6, 0.1, 0.1), (0.1, 0.4, 0.2), (0.25, 0.25, 0.25), (0.85, 0.45, 0.1), (0.3, 0.1, 0.4), (0, 0.4, 0.45), (0, 0, 0)))
        self.head = pick(("left", "left", "centre", "centre", "right", "right", "band", "sidebar", "none", "mark-right", "mark-left", "split"))
        self.head_contact = pick(("line", "line", "column", "none", "none"))
        self.sender_line, self.sender_mark = odds() < 0.65, pick((" · ", ", ", " - ", " | ", " • ", " – ", " * "))
        self.window = pick((45, 48, 50, 52, 55, 60, 40))
        self.bill_label = odds() < 0.2
        self.firm_line = odds() < 0.12
        self.facts = pick(("right", "right", "right", "right-stacked", "row", "row-box", "left", "left-two", "sentence", "heading", "heading", "line", "box", "top"))
        self.colon = pick((":", ":", "", "", " :", ""))
        self.facts_bold = odds() < 0.2
        self.table_rule = pick(("none", "head", "head", "rows", "grid", "zebra", "shade", "dots"))
        self.table_head = odds() < 0.9
        self.currency_cells = pick(("", "", "", " €", " EUR"))
        self.totals = pick(("right", "right", "right", "right", "rule", "wide", "table", "table", "box", "sentence", "left", "contained", "run"))
        self.footer = pick(("columns", "columns", "columns", "columns", "line", "line", "two-lines", "none", "none"))
        self.footer_columns = pick((2, 3, 3, 4, 4))
        self.footer_size = pick((6, 6.5, 7, 7, 7.5, 8))
        self.footer_ink = pick(((0, 0, 0), (0, 0, 0), (0.35, 0.35, 0.35)))
        self.bank_in_text = self.footer == "none" or odds() < 0.25
        self.ids_place = "footer" if self.footer != "none" and odds() < 0.75 else pick(("head", "facts", "below"))
        self.fold_marks, self.signature = odds() < 0.3, odds() < 0.3
        self.girocode = self.kind in ("plain", "small", "utility", "telco", "stage") and odds() < 0.12
        self.slip = self.kind in ("plain", "utility") and odds() < 0.05
        self.iban_format = pick(("fours", "fours", "fours", "fours", "plain", "plain"))
        self.bank_second_old = odds() < 0.08

    def words(self, chance):
        pick, odds = chance.choice, chance.random
        self.label = {}
        for name in LABELS:
            base = name.removesuffix("-bi").removesuffix("-en")
            if base == name:
                listed = LABELS.get(f"{base}-{self.language}", LABELS[base]) if self.language != "de" else LABELS[base]
                self.label[base] = pick(listed)
        self.label["delivery"] = self.label["delivery"].replace(" entspricht Rechnungsdatum?", "")
        if self.kind == "credit":
            self.label["number"] = pick(("Gutschriftsnummer", "Gutschrift-Nr.", "Gutschrift Nr.", "Belegnummer", "Beleg-Nr.", "Rechnungskorrektur-Nr.", "Nummer", "Stornorechnung Nr.", "GS-Nr.", "Korrekturrechnung Nr."))
            self.label["heading"] = pick(("Gutschrift", "GUTSCHRIFT", "Rechnungskorrektur", "Stornorechnung", "Storno-Rechnung", "Korrekturrechnung", "Kaufmännische Gutschrift", "Gutschrift / Rechnungskorrektur"))
            self.label["gross"] = pick(("Gutschriftsbetrag", "Gutschriftbetrag", "Gesamtbetrag", "Gesamtgutschrift", "Endbetrag", "Summe brutto", "Gutschrift gesamt"))
            self.label["date"] = pick(("Datum", "Gutschriftsdatum", "Belegdatum", "vom", "Ausstellungsdatum", "Gutschrift vom"))
        columns = COLUMNS_EN if self.language == "en" else COLUMNS
        self.column = {name: pick(heads) for name, heads in columns.items()}
        if self.language == "bi":
            self.column = {name: f"{head} / {pick(COLUMNS_EN[name])}" if head and name not in ("pos", "unit") else head for name, head in self.column.items()}
        start = [name for name, share in (("pos", 0.7), ("article", 0.25)) if odds() < share]
        middle = ["text", "quantity"] + (["unit"] if odds() < 0.5 else [])
        if odds() < 0.3:
            middle = ["quantity"] + (["unit"] if odds() < 0.6 else []) + ["text"]
        self.columns = start + middle + ["price"] + (["discount"] if self.discount_column else []) + (["rate"] if odds() < 0.2 or self.mixed_rates else []) + ["total"]
        if self.kind == "telco":
            self.columns = pick((["text", "quantity", "price", "total"], ["text", "total"], ["quantity", "text", "total"]))
        elif odds() < 0.08 and not self.discount_column:
            self.columns = pick((["text", "total"], ["pos", "text", "total"]))
        self.in_unit_cell = "unit" not in self.columns and odds() < 0.5
        self.dates, self.english_money = pick(DATES), self.language == "en" and odds() < 0.7
        if self.language == "en" and odds() < 0.6:
            self.dates = pick(("{d:%d} {english} {d.year}", "{english} {d.day}, {d.year}", "{d:%Y-%m-%d}"))
        self.thousand = pick((".", ".", ".", ".", ".", "", " "))
        self.currency = pick((" €", " €", " €", " EUR", " EUR", "€ ", "EUR ", " Euro"))
        self.sum_currency = self.currency if odds() < 0.85 else ""
        self.minus = pick(("-", "-", "-", "–", "./. ", "- ", "-")) if self.kind != "credit" else "-"
        self.greeting = pick(("Sehr geehrte Damen und Herren,", "Sehr geehrte Damen und Herren,", "Guten Tag,", "Sehr geehrter Kunde,", "", "", "Liebe Kundin, lieber Kunde,"))
        self.intro = pick(("wir berechnen Ihnen für unsere Lieferungen und Leistungen wie folgt:", "vielen Dank für Ihren Auftrag. Wir stellen Ihnen in Rechnung:", "für die ausgeführten Arbeiten erlauben wir uns zu berechnen:",
                           "hiermit berechnen wir Ihnen:", "unsere Lieferungen/Leistungen stellen wir Ihnen wie folgt in Rechnung:", "", "", "gemäß Ihrer Bestellung lieferten wir Ihnen:", "vielen Dank für Ihr Vertrauen in unser Haus."))
        self.closing = pick(("Mit freundlichen Grüßen", "Mit freundlichem Gruß", "Freundliche Grüße", "", "", "Vielen Dank für Ihren Auftrag!", "Wir danken für die gute Zusammenarbeit."))
        if self.language == "en":
            self.greeting, self.intro, self.closing = pick(("Dear Sir or Madam,", "")), pick(("We charge you for the following:", "Thank you for your order.", "")), pick(("Kind regards", "Thank you for your business!"))
        self.facts_order = chance.sample(("customer", "delivery", "period", "contact", "note", "project", "page", "buyer-vat"), pick((0, 1, 2, 3, 4, 5)))
        self.has_order, self.has_reference = odds() < 0.4, odds() < 0.2
        self.fact_position = pick((0, 0, 0, 1, 2))
        self.hint = pick(("Es gelten unsere Allgemeinen Geschäftsbedingungen.", "Die Ware bleibt bis zur vollständigen Bezahlung unser Eigentum.", "Bitte geben Sie bei Zahlung die Rechnungsnummer an.", "Gerichtsstand ist {t}.", "", "", "",
                          "Sofern nicht anders angegeben, entspricht das Leistungsdatum dem Rechnungsdatum.", "Reklamationen bitte innerhalb von 8 Tagen.", "Privatkunden: Rechnung 2 Jahre aufbewahren (§ 14b UStG)."))

    def money(self, value, currency=None, places=2):
        text = f"{abs(value):,.{places}f}"
        if not self.english_money:
            text = text.translate(str.maketrans(",.", "\x00,")).replace("\x00", self.thousand)
        currency = self.currency if currency is None else currency
        text = currency + text if currency.endswith(" ") and currency.strip() else text + currency
        return (self.minus + text) if value < 0 else text

    def day(self, date):
        return self.dates.format(d=date, month=MONTHS[date.month - 1], short=SHORT[date.month - 1], english=ENGLISH[date.month - 1])
