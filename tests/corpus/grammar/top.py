"""The top of the first page: letterhead, address, and the block of numbers and dates.

In: the paper with its affair and style. Out: what is drawn; the truth is noted where a value is drawn.
"""

WHITE = (1, 1, 1)


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
