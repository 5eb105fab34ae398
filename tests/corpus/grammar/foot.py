"""The foot of every page: address, bank, ids.

In: the paper. Out: what is drawn; the truth is noted where a value is drawn.
"""

from .top import own_ids


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
