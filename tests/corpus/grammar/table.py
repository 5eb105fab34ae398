"""The lines of an invoice and its sums.

In: the paper with its affair and style. Out: what is drawn at the running height, and the truth of it.
"""

from making.numbers import quantity

WIDTHS = {"pos": 10, "article": 22, "quantity": 16, "unit": 16, "price": 24, "discount": 14, "rate": 14, "total": 27}
NUMBERS = ("quantity", "price", "discount", "rate", "total")


def lines(paper):
    sheet, style, affair, chance = paper.sheet, paper.style, paper.affair, paper.chance
    columns = [name for name in style.columns if not (affair.kind == "delivery" and name in ("price", "discount", "rate", "total"))]
    if affair.small or affair.reverse:
        columns = [name for name in columns if name != "rate"]
    places = layout(sheet, style, columns)
    size = min(style.size, 9.5 if len(columns) > 5 else 11)
    head = lambda: table_head(paper, places, size)
    head()
    sheet.at_start = lambda: (continued(paper), head())
    carried, shown = 0, []
    for count, line in enumerate(affair.lines, 1):
        texts = cells(paper, line, count, columns)
        wrapped = list(sheet.wrapped(texts["text"], places["text"][1] - places["text"][0] - 1, size))
        more = line.more.format(d=style.day(affair.order_date), t=affair.buyer.town) if line.more else ""
        if more:
            wrapped += list(sheet.wrapped(more, places["text"][1] - places["text"][0] - 1, size))
        step = size * 0.46
        if sheet.y + step * len(wrapped) + 12 > sheet.bottom and affair.carries_over:
            carry_over(paper, carried, size)
        sheet.need(step * len(wrapped) + 8)
        row(paper, places, texts, wrapped, size, step, count)
        carried += line.total
        shown.append({"desc": line.text, "qty": plain(line.quantity), "price": f"{line.price}", "total": f"{line.total * affair.sign}", "rate": str(line.rate)})
    sheet.at_start = lambda: None
    if style.table_rule in ("head", "grid", "shade") and columns:
        sheet.line(style.left, sheet.y - 2, sheet.edge, sheet.y - 2, 0.2)
    if "total" in columns and affair.kind in ("plain", "small", "reverse", "credit", "utility", "telco", "stage", "final"):
        paper.lines = shown
    sheet.y += 3


def carry_over(paper, carried, size):
    sheet, style, affair = paper.sheet, paper.style, paper.affair
    text = f"{paper.carried} {style.money(carried * affair.sign, '')}"
    if affair.kind != "delivery":
        sheet.right(sheet.edge, sheet.y + 1, text, size)
    sheet.next_page()
    if affair.kind != "delivery":
        sheet.right(sheet.edge, sheet.y, text, size)
        sheet.y += size * 0.46


def plain(value):
    return f"{value.normalize():f}"


def layout(sheet, style, columns):
    room = sheet.edge - style.left
    scale = 1 if room > 150 else 0.8
    fixed = sum(WIDTHS[name] * scale for name in columns if name != "text")
    places, x = {}, style.left
    for name in columns:
        wide = room - fixed if name == "text" else WIDTHS[name] * scale
        places[name] = (x, x + wide)
        x += wide
    return places


def table_head(paper, places, size):
    sheet, style = paper.sheet, paper.style
    if not style.table_head:
        return
    step = size * 0.46
    heads = {name: style.column[name] for name in places}
    if style.gross_prices and "total" in heads and paper.affair.kind == "plain":
        heads["total"] = "Brutto" if style.language == "de" else heads["total"]
    wrapped = {name: list(sheet.wrapped(text, places[name][1] - places[name][0] - 1, size, 1)) for name, text in heads.items()}
    deep = max(len(rows) for rows in wrapped.values())
    ink = None
    if style.table_rule in ("shade", "zebra"):
        dark = style.colour != (0, 0, 0) and paper.style.size > 9
        sheet.box(style.left - 1, sheet.y - step, sheet.edge - style.left + 2, step * deep + 2, ink=style.colour if dark else (0.88, 0.88, 0.88))
        ink = (1, 1, 1) if dark else None
    for name, rows in wrapped.items():
        left, right = places[name]
        for count, text in enumerate(rows):
            small = size
            while sheet.width(text, small, 1) > right - left and small > 5.5:
                small -= 0.25
            if name in NUMBERS:
                sheet.right(right, sheet.y + count * step, text, small, 1, ink)
            else:
                sheet.text(left + 0.5, sheet.y + count * step, text, small, 1, ink)
    sheet.y += step * deep
    if style.table_rule in ("head", "rows", "grid"):
        sheet.line(style.left, sheet.y - step + 1.5, sheet.edge, sheet.y - step + 1.5, 0.3)
    sheet.y += 2


def continued(paper):
    sheet, style, affair = paper.sheet, paper.style, paper.affair
    if paper.chance.random() < 0.6:
        sheet.text(style.left, 18, f"{style.label['number']} {affair.number} vom {style.day(affair.date)}" if affair.kind != "delivery" else f"Lieferschein {affair.number}", 8)
        if affair.kind not in ("delivery", "confirmation", "offer"):
            paper.show(invoice_number=affair.number, issue_date=affair.date)


def cells(paper, line, count, columns):
    style, affair = paper.style, paper.affair
    places = 4 if line.price < 1 and line.price != line.price.quantize(type(line.price)("0.01")) else 2
    amount = quantity(line.quantity)
    if style.in_unit_cell and line.unit:
        amount = f"{amount} {line.unit}"
    text = line.text
    if "quantity" not in columns and line.quantity != 1:
        text = f"{text} ({amount} {line.unit} à {style.money(line.price, ' €', places)})".replace(f"{line.unit} {line.unit}", line.unit)
    return {"pos": str(count if style.size > 8.5 else count * 10), "article": line.article, "text": text, "quantity": amount, "unit": line.unit, "price": style.money(line.price, style.currency_cells, places),
            "discount": f"{line.discount} %" if line.discount else "", "rate": f"{line.rate} %" if style.size > 9 else f"{line.rate}%", "total": style.money(line.total * affair.sign, style.currency_cells)}


def row(paper, places, texts, wrapped, size, step, count):
    sheet, style = paper.sheet, paper.style
    height = step * len(wrapped)
    if style.table_rule == "zebra" and count % 2 == 0:
        sheet.box(style.left - 1, sheet.y - step + 0.8, sheet.edge - style.left + 2, height + 0.8, ink=(0.93, 0.93, 0.93))
    for name, (left, right) in places.items():
        if name == "text":
            for number, text in enumerate(wrapped):
                sheet.text(left + 0.5, sheet.y + number * step, text, size)
            continue
        text, small = texts[name], size
        while sheet.width(text, small) > right - left - 1 and small > 5.5:
            small -= 0.25
        if name in NUMBERS:
            sheet.right(right - 0.5, sheet.y, text, small)
        else:
            sheet.text(left + 0.5, sheet.y, text, small)
    bottom = sheet.y + height - step + 1.6
    if style.table_rule in ("rows", "grid"):
        sheet.line(style.left, bottom, sheet.edge, bottom, 0.1)
    elif style.table_rule == "dots":
        sheet.line(style.left, bottom, sheet.edge, bottom, 0.2, dots=True)
    if style.table_rule == "grid":
        for left, _ in list(places.values())[1:]:
            sheet.line(left - 0.2, sheet.y - step + 1.6, left - 0.2, bottom, 0.1)
    sheet.y += height + (1.8 if style.table_rule in ("rows", "grid", "dots") else 0.8)


# ---- sums


def totals(paper):
    sheet, style, affair = paper.sheet, paper.style, paper.affair
    truth = {"currency": "EUR", "gross_total": affair.gross}
    if not affair.small:
        truth |= {"net_total": affair.net, "vat_total": affair.tax}
        paper.fields["vat_breakdown"] = [{"rate": str(rate), "base": f"{net:.2f}", "amount": f"{tax:.2f}"} for rate, net, tax in affair.shares]
    if affair.kind not in ("confirmation", "offer"):
        truth["amount_due"] = affair.amount_due
    paper.show(**{name: value if name == "currency" else f"{value:.2f}" for name, value in truth.items()})
    form = style.totals
    if affair.gross_prices and form not in ("table", "run"):
        form = "contained"
    rows = sums(paper, form)
    if form == "sentence" and len(affair.shares) == 1 and not affair.paid and not affair.extra and not affair.reduction and not affair.small and not affair.reverse:
        words = ", ".join(f"{label.rstrip(':')} {value}" for label, value, _ in rows) + "."
        sheet.need(12)
        sheet.paragraph(words)
        return
    if form in ("table", "run") and not affair.small and not affair.reverse:
        (rate_table if form == "table" else run)(paper)
        return
    step = style.leading * 1.08
    sheet.need(step * len(rows) + 4)
    label_wide = max(sheet.width(label + style.colon, style.size, bold) for label, _, bold in rows)
    value_wide = max(sheet.width(value, style.size, 1) for _, value, _ in rows)
    left = {"wide": style.left, "left": style.left}.get(form, max(style.left, sheet.edge - max(70, label_wide + value_wide + 6)))
    right = min(sheet.edge, left + label_wide + value_wide + 8) if form == "left" else sheet.edge
    if form == "box":
        sheet.box(left - 2, sheet.y - step + 0.5, right - left + 4, step * len(rows) + 2.5, ink=(0.92, 0.92, 0.92) if style.size > 9 else None, stroke=(0, 0, 0))
    for count, (label, value, bold) in enumerate(rows):
        last = count == len(rows) - 1
        if form == "rule" and bold:
            sheet.line(left, sheet.y - step + 1.2, right, sheet.y - step + 1.2, 0.3)
        sheet.text(left, sheet.y, label + style.colon, style.size, int(bold))
        sheet.right(right, sheet.y, value, style.size, int(bold))
        if form == "rule" and last:
            sheet.line(left, sheet.y + 1.2, right, sheet.y + 1.2, 0.3)
            sheet.line(left, sheet.y + 1.9, right, sheet.y + 1.9, 0.3)
        sheet.y += step
    sheet.y += 2


def sums(paper, form):
    """(label, value, bold)"""
    style, affair = paper.style, paper.affair
    label, money = style.label, lambda value: style.money(value, style.sum_currency)
    gross = style.label["gross"]
    if affair.kind == "confirmation":
        gross = paper.chance.choice(("Auftragswert", "Auftragssumme", "Gesamtbetrag"))
    elif affair.kind == "offer":
        gross = paper.chance.choice(("Angebotssumme", "Angebotspreis", "Gesamtbetrag"))
    if "€" not in money(affair.gross) and "EUR" not in money(affair.gross) and "Euro" not in money(affair.gross):
        gross = f"{gross} EUR" if paper.chance.random() < 0.5 else f"{gross} in €"
    rows = []
    whole = sum(line.total for line in affair.lines) * affair.sign
    if affair.reduction or affair.extra:
        rows.append((paper.chance.choice(("Summe Positionen", "Zwischensumme", "Warenwert", "Positionssumme")) if label["net"] != "Zwischensumme" else "Positionssumme", money(whole), False))
    rows += [(text, money(value), False) for text, value in affair.extra]
    if affair.reduction:
        rows.append((f"{paper.chance.choice(('abzgl.', '-', 'abzüglich'))} {affair.reduction} % {paper.chance.choice(('Rabatt', 'Nachlass', 'Sonderrabatt'))}", style.money(-affair.reduction_amount, style.sum_currency), False))
    if affair.small:
        return rows + [(gross, money(affair.gross), True)]
    if affair.reverse:
        rows.append((label["net"] if "netto" in label["net"].lower() else "Summe netto", money(affair.net), False))
        if paper.chance.random() < 0.5:
            rows.append((paper.chance.choice(("0 % USt. (§ 13b UStG)", "Umsatzsteuer § 13b UStG", "MwSt. 0 %")), money(affair.tax), False))
        return rows + [(gross, money(affair.gross), True)]
    base = lambda net: style.money(net, "")
    vat = lambda rate, net: label["vat"].format(r=rate, b=base(net)) if len(affair.shares) == 1 or "{b}" in label["vat"] else f"{label['vat'].format(r=rate, b='')} {paper.split} {base(net)}"
    if form == "contained":
        rows.append((gross, money(affair.gross), True))
        for rate, net, tax in affair.shares:
            rows.append((paper.contained.format(r=rate, b=base(net)), money(tax), False))
        if paper.chance.random() < 0.5 and len(affair.shares) == 1:
            rows.append((label["net"], money(affair.net), False))
    else:
        rows.append((label["net"], money(affair.net), False))
        rows += [(vat(rate, net), money(tax), False) for rate, net, tax in affair.shares]
        rows.append((gross, money(affair.gross), True))
    for text, day, part in affair.paid:
        rows.append((f"{paper.chance.choice(('abzgl.', 'abzüglich', './.', '-'))} {text}" + (f" vom {style.day(day)}" if day else ""), style.money(-part, style.sum_currency), False))
    if affair.paid:
        rest = label["due-amount"] if affair.amount_due >= 0 else paper.chance.choice(("Guthaben", "Erstattungsbetrag", "Ihr Guthaben"))
        rows.append((rest if rest != gross else "Restbetrag", money(affair.amount_due), True))
    return rows


def rate_table(paper):
    sheet, style, affair, chance = paper.sheet, paper.style, paper.affair, paper.chance
    heads = chance.choice((("MwSt.-Satz", "Netto", "MwSt.", "Brutto"), ("Steuersatz", "Nettobetrag", "Steuerbetrag", "Bruttobetrag"), ("USt %", "Bemessungsgrundlage", "USt-Betrag", "Gesamt"), ("MwSt %", "Warenwert", "MwSt EUR", "Summe")))
    step, x0 = style.leading * 1.05, chance.choice((style.left, max(style.left, sheet.edge - 112)))
    sheet.need(step * (len(affair.shares) + 5))
    ends = [x0 + 24 + count * 29 for count in range(4)]
    rows = [heads] + [(f"{rate} %" if chance.random() < 0.7 else f"{rate},00", *(style.money(value, "") for value in (net, tax, net + tax))) for rate, net, tax in affair.shares]
    if len(affair.shares) > 1 or chance.random() < 0.3:
        rows.append((chance.choice(("Summe", "Gesamt", "")), *(style.money(value, "") for value in (affair.net, affair.tax, affair.gross))))
    for count, texts in enumerate(rows):
        for end, text in zip(ends, texts):
            small = style.size
            while sheet.width(text, small, 1) > 27 and small > 5.5:
                small -= 0.25
            sheet.right(end, sheet.y, text, small, int(count == 0))
        sheet.y += step
        if count == 0:
            sheet.line(x0, sheet.y - step + 1.2, ends[-1], sheet.y - step + 1.2, 0.2)
    sheet.y += 2
    closing(paper, step)


def run(paper):
    """Heads in one row, values below."""
    sheet, style, affair = paper.sheet, paper.style, paper.affair
    heads, values = ["Nettobetrag"], [style.money(affair.net, "")]
    for rate, net, tax in affair.shares:
        heads += [f"MwSt. {rate} %" if len(affair.shares) == 1 else f"{rate} % auf {style.money(net, '')}"]
        values += [style.money(tax, "")]
    step = style.leading * 1.1
    sheet.need(step * 5)
    wide = (sheet.edge - style.left) / len(heads) if len(heads) > 2 else 40
    for count, (head_text, value) in enumerate(zip(heads, values)):
        x = style.left + count * wide
        sheet.text(x, sheet.y, head_text, style.size - 1)
        sheet.text(x, sheet.y + step, value, style.size)
    sheet.y += step * 2.4
    closing(paper, step)


def closing(paper, step):
    sheet, style = paper.sheet, paper.style
    rows = [row for row in sums(paper, "right")]
    first = next(count for count, (label, *_) in enumerate(rows) if label.startswith(style.label["gross"]) or label.split(" ")[0] in ("Auftragswert", "Auftragssumme", "Angebotssumme", "Angebotspreis", "Gesamtbetrag"))
    for label, value, bold in rows[first:]:
        sheet.text(max(style.left, sheet.edge - 85), sheet.y, label + style.colon, style.size, int(bold))
        sheet.right(sheet.edge, sheet.y, value, style.size, int(bold))
        sheet.y += step
