"""A business affair: who owes whom what, with sums that add up.

In: chance and kind. Out: [`Affair`]: parties, numbers, dates, lines, sums. Absent on purpose: how it looks.
"""

import datetime
import string
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from making.numbers import iban, leitweg_id, vat_id

from . import trades
from .words import Names, slug

CENT = Decimal("0.01")


def cents(value):
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


@dataclass
class Party:
    name: str
    street: str
    zip: str
    town: str
    office: str = ""
    tagline: str = ""
    phone: str = ""
    fax: str = ""
    mail: str = ""
    web: str = ""
    vat: str = ""
    tax: str = ""
    bank: str = ""
    iban: str = ""
    bic: str = ""
    second_bank: str = ""
    second_iban: str = ""
    second_bic: str = ""
    head: str = ""
    court: str = ""
    short: str = ""
    person: bool = False


@dataclass
class Line:
    text: str
    quantity: Decimal
    unit: str
    price: Decimal
    total: Decimal
    rate: int
    article: str = ""
    discount: int = 0
    more: str = ""


@dataclass
class Affair:
    kind: str
    doc_class: str
    seller: Party
    buyer: Party
    number: str
    date: datetime.date
    lines: list
    rate: int
    gross_prices: bool = False
    small: bool = False
    reverse: bool = False
    order: str = ""
    order_date: datetime.date = None
    reference: str = ""
    customer: str = ""
    delivery: datetime.date = None
    period: tuple = ()
    note_number: str = ""
    reduction: int = 0
    extra: tuple = ()
    paid: list = field(default_factory=list)
    days: int = 0
    due: datetime.date = None
    pay: str = ""
    skonto: tuple = ()
    debit: bool = False
    sign: int = 1
    before: str = ""
    before_date: datetime.date = None
    subject: str = ""
    carries_over: bool = False
    # sums
    shares: list = field(default_factory=list)
    net: Decimal = None
    tax: Decimal = None
    gross: Decimal = None
    amount_due: Decimal = None
    reduction_amount: Decimal = None


def pattern(chance, pattern_text):
    names = Names(chance)
    return pattern_text.format(s=names.surname(), s2=names.surname(), p=f"{names.first()} {names.surname()}", t=names.plain_town(),
                               c=names.coined(), l=names.legal())


def number(chance, date, style):
    """An invoice number in the style of its firm."""
    year, n = date.year, chance.randint(1, 99999)
    yy = f"{year % 100:02d}"
    low = chance.randint(1, 2400)
    letter = chance.choice("ABDEKLMPRSTW")
    return {
        "plain": str(chance.randint(1000, 9999999)), "long": str(chance.randint(10**8, 10**12)), "year": f"{year}-{low:04d}", "slash": f"{year}/{low}",
        "short-slash": f"{low}/{yy}", "re": f"RE-{year}-{low:04d}", "re2": f"RE{n:06d}", "r": f"R{yy}{n:05d}", "inv": f"INV-{n}", "rg": f"RG-{year}{chance.randint(1, 12):02d}-{low:03d}",
        "k": f"K-{chance.randint(10, 99)}.{chance.randint(100, 999)}-{letter}", "dots": f"{chance.randint(10, 999)}.{chance.randint(100, 999)}.{chance.randint(1, 99):02d}",
        "letter": f"{letter}{n}", "two": f"{yy}-{low:04d}", "month": f"{yy}{chance.randint(1, 12):02d}-{low:03d}", "triple": f"{chance.randint(1, 99):02d}-{chance.randint(100, 999)}/{year}",
        "ar": f"AR{chance.randint(10**6, 10**8)}", "vr": f"VR-{yy}-{low:05d}", "hash": f"{year}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}-{chance.randint(1, 99):02d}",
        "client": f"{chance.randint(1000, 99999)}-{chance.randint(1, 400)}", "space": f"{chance.randint(100, 999)} {chance.randint(100, 999)} {chance.randint(100, 999)}", "tiny": str(chance.randint(7, 999)),
        "word": f"{chance.choice(('Rech', 'Fakt', 'RNr', 'LR', 'SR', 'ER', 'FA', 'B', 'TF'))}{chance.choice('-/_')}{n}",
    }[style]


NUMBER_STYLES = ("plain plain plain long year year slash short-slash re re re2 r inv rg k dots letter two month triple ar vr hash client space tiny word").split()


def tax_number(chance):
    digits = lambda count: "".join(chance.choice(string.digits) for _ in range(count))
    return chance.choice((f"{digits(2)}/{digits(3)}/{digits(5)}", f"{digits(3)}/{digits(3)}/{digits(5)}", f"{digits(3)}/{digits(4)}/{digits(4)}", f"{digits(2)} {digits(3)} {digits(5)}",
                          f"0{digits(2)} {digits(3)} {digits(5)}", f"{digits(5)}/{digits(5)}", f"{digits(3)} / {digits(3)} / {digits(5)}", f"{digits(2)}-{digits(3)}-{digits(5)}"))


def bic(chance):
    letters = lambda count: "".join(chance.choice(string.ascii_uppercase) for _ in range(count))
    return letters(4) + "DE" + chance.choice(("MM", "FF", "HH", "33", "55", "D1", "K1", "6S", "21", "71", "8W", "M1", "2S")) + chance.choice(("XXX", "", letters(3), f"{chance.choice('ABDFKM')}{chance.randint(10, 99)}"))


def account(chance):
    return iban(f"{chance.randint(1, 8)}{chance.randint(0, 9999999):07d}", f"{chance.randint(1000, 9999999999):010d}")


def seller(chance, trade, kind):
    names = Names(chance)
    town = names.town()
    if kind in ("utility",):
        text, tagline = chance.choice(trades.UTILITIES), "Strom · Gas · Wasser · Wärme"
    elif kind == "telco":
        text, tagline = chance.choice(trades.TELCOS), "Internet und Telefon"
    elif kind == "receipt":
        text, tagline = chance.choice(trades.SHOPS), ""
    elif kind == "small":
        text, tagline = chance.choice(("{p}", "{p}", "{p}", "{p} Fotografie", "Atelier {s}", "Hausmeisterservice {s}", "{p} EDV-Service", "Texte & Mehr {p}")), chance.choice(("", "Freier Journalist", "Klavierunterricht", "Grafik & Layout", "Honorardozent"))
    else:
        text, tagline = chance.choice(trades.TRADES[trade][0]), trades.TRADES[trade][1]
    name = pattern(chance, text)
    short = name
    for form in (*trades_legal(),):
        short = short.removesuffix(form).strip()
    domain = slug(short.split(" ")[-1] if chance.random() < 0.5 else short) + chance.choice((".example", ".example", "-online.example"))
    is_small = kind == "small"
    party = Party(
        name, names.street(), names.zip(), town, tagline=tagline, phone=names.phone(), fax=names.phone() if chance.random() < 0.5 else "",
        mail=chance.choice(("info", "kontakt", "rechnung", "buchhaltung", "post", "office", "service")) + "@" + domain, web="www." + domain,
        vat="" if is_small and chance.random() < 0.85 else german_vat(chance), tax=tax_number(chance) if is_small or chance.random() < 0.55 else "",
        bank=names.bank(), iban=account(chance), bic=bic(chance) if chance.random() < 0.75 else "", head=names.person(),
        court=f"{names.plain_town()} {chance.choice(('HRB', 'HRA'))} {chance.randint(100, 99999)}", short=short or name)
    if not is_small and not party.tax and chance.random() < 0.08:
        party.tax, party.vat = tax_number(chance), ""
    if chance.random() < 0.18:
        party.second_bank, party.second_iban, party.second_bic = names.bank(), account(chance), bic(chance)
    party.person = is_small
    return party


def trades_legal():
    return ("GmbH & Co. KG", "GmbH & Co KG", "UG (haftungsbeschränkt)", "PartG mbB", "gGmbH", "GmbH", "mbH", "AG", "KG", "OHG", "e.K.", "e. K.", "GbR", "eG", "SE", "Ltd.", "e.V.", "e. V.")


def german_vat(chance):
    right = vat_id(str(chance.randint(10_000_000, 99_999_999)))
    if chance.random() < 0.04:  # some print a wrong one
        return right[:-1] + str((int(right[-1]) + 1) % 10)
    return right


def buyer(chance, private=0.08, firms=0.3):
    names = Names(chance)
    draw = chance.random()
    if draw < private:
        name, office = f"{names.first()} {names.surname()}", ""
    elif draw < private + firms:
        name, office = pattern(chance, chance.choice(trades.FIRM_BUYERS)), pattern(chance, chance.choice(trades.OFFICES)) if chance.random() < 0.4 else ""
    else:
        town = names.town()
        name = chance.choice(trades.BUYERS).format(t=town)
        office = pattern(chance, chance.choice(trades.OFFICES)) if chance.random() < 0.7 else ""
        return Party(name, names.street(), names.zip(), town, office=office, vat=german_vat(chance))
    return Party(name, names.street(), names.zip(), names.town(), office=office, vat=german_vat(chance), person=draw < private)


def quantity(chance, unit):
    if unit.strip(".").lower() in ("psch", "pausch", "pschl", "v.h", "jahr", "abo", "geb", "1,3"):
        return Decimal(1)
    return Decimal(chance.choice(("1", "1", "1", "2", "2", "3", "4", "5", "6", "8", "10", "12", "15", "20", "24", "25", "40", "50", "100", "150", "1,5", "2,5", "0,5", "3,25", "7,75", "12,4", "86,5", "250", "1000")).replace(",", "."))


def make_lines(chance, trade, style, kind):
    offered = trades.TRADES[trade][3]
    most = {"few": (1, 3), "some": (2, 8), "many": (10, 24), "pages": (30, 70)}[style.amount_of_lines]
    rate = 0 if kind in ("reverse", "small") else trades.TRADES[trade][2]
    mixed = rate and chance.random() < style.mixed_rates
    lines = []
    for _ in range(chance.randint(*most)):
        text, unit, low, high = chance.choice(offered)
        price = cents(low + (high - low) * chance.random())
        if chance.random() < 0.15 and price > 5:
            price = price.quantize(Decimal(1)).quantize(CENT)
        amount = quantity(chance, unit)
        discount = chance.choice((0, 0, 0, 3, 5, 10, 15)) if style.discount_column else 0
        total = cents(amount * price * (100 - discount) / 100)
        line_rate = (7 if rate == 19 else 19) if mixed and chance.random() < 0.35 else rate
        more = chance.choice(style.mores) if style.mores and chance.random() < 0.5 else ""
        lines.append(Line(text, amount, unit, price, total, line_rate, f"{chance.choice('ABCHKLMNPSTX')}{chance.randint(100, 99999)}" if chance.random() < 0.7 else str(chance.randint(1000, 9999999)), discount, more))
    return lines


def utility_lines(chance, period):
    kwh = chance.randint(900, 90000)
    what = chance.choice(("Strom", "Erdgas", "Fernwärme", "Trinkwasser"))
    price = Decimal(chance.randint(600, 4200)) / 10000 if what != "Trinkwasser" else Decimal(chance.randint(140, 310)) / 100
    unit = "m³" if what == "Trinkwasser" else "kWh"
    if what == "Trinkwasser":
        kwh //= 20
    lines = [Line(f"Arbeitspreis {what}" if unit == "kWh" else "Mengenpreis Trinkwasser", Decimal(kwh), unit, price, cents(kwh * price), 7 if unit == "m³" else 19),
             Line("Grundpreis", Decimal(12), "Monate", p := cents(Decimal(chance.randint(400, 4900)) / 100), p * 12, 7 if unit == "m³" else 19)]
    if what == "Strom":
        lines.append(Line("Stromsteuer", Decimal(kwh), "kWh", Decimal("0.0205"), cents(kwh * Decimal("0.0205")), 19))
    elif chance.random() < 0.5 and unit == "kWh":
        lines.append(Line("CO2-Abgabe", Decimal(kwh), "kWh", Decimal("0.0099"), cents(kwh * Decimal("0.0099")), 19))
    return what, lines


def settle(affair, chance):
    """Sums: net and VAT by rate, gross, what remains to be paid."""
    groups = {}
    for line in affair.lines:
        groups[line.rate] = groups.get(line.rate, Decimal(0)) + line.total
    for _, amount in affair.extra:
        top = max(groups, key=groups.get)
        groups[top] += amount
    affair.reduction_amount = Decimal(0)
    if affair.reduction:
        for rate in groups:
            off = cents(groups[rate] * affair.reduction / 100)
            groups[rate] -= off
            affair.reduction_amount += off
    for rate, total in sorted(groups.items(), reverse=chance.random() < 0.4):
        if affair.gross_prices:
            net = cents(total * 100 / (100 + rate))
            affair.shares.append((rate, net, total - net))
        else:
            affair.shares.append((rate, total, cents(total * rate / 100)))
    affair.shares = [(rate, net * affair.sign, tax * affair.sign) for rate, net, tax in affair.shares]
    affair.net = sum((share[1] for share in affair.shares), Decimal(0))
    affair.tax = sum((share[2] for share in affair.shares), Decimal(0))
    affair.gross = affair.net + affair.tax
    affair.amount_due = affair.gross


def make(chance, style, kind):
    """An affair of this kind by a firm of this style. `kind` is also the layout's: both documents of a layout share it."""
    date = datetime.date(2023, 1, 2) + datetime.timedelta(days=chance.randint(0, 1240))
    trade = style.trade
    who = seller(chance, trade, kind)
    whom = buyer(chance, private=0.5 if kind == "notice" else 0.06)
    affair = Affair(kind, style.doc_class, who, whom, number(chance, date, style.number_style), date, [], 19)
    affair.gross_prices = style.gross_prices
    affair.small, affair.reverse = kind == "small", kind == "reverse"
    if kind == "utility":
        year = date.year - 1
        affair.period = (datetime.date(year, 1, 1), datetime.date(year, 12, 31))
        affair.subject, affair.lines = utility_lines(chance, affair.period)
    elif kind == "receipt":
        affair.lines = [Line(text, q := Decimal(chance.choice((1, 1, 1, 2, 3, 5))), "", p := cents(Decimal(low + (high - low) * chance.random())), q * p, rate)
                        for text, low, high, rate in chance.sample(trades.SHOP_ITEMS, chance.randint(1, 9))]
        affair.gross_prices = True
    elif kind == "telco":
        affair.lines = [Line(text, q := Decimal(chance.choice((1, 1, 1, 2, 5))), "", p := cents(Decimal(low + (high - low) * chance.random())), q * p, 19)
                        for text, low, high in chance.sample((("Internet & Telefon 250", 30, 60), ("Mobil Flat L", 15, 45), ("Feste IP-Adresse", 5, 15), ("Rufnummernblock 100", 8, 20), ("Gespräche ins Ausland", 0.2, 30), ("Router Endgerätemiete", 3, 9), ("Servicepauschale", 10, 40), ("Datenoption 10 GB", 5, 15)), chance.randint(1, 6))]
    else:
        affair.lines = make_lines(chance, trade, style, kind)
    if style.amount_of_lines != "pages" and chance.random() < style.shipping and kind in ("plain",):
        affair.extra = ((chance.choice(("Versandkosten", "Versandkostenpauschale", "Fracht und Verpackung", "Porto und Verpackung", "Transportpauschale", "Mindermengenzuschlag")), cents(Decimal(chance.choice(("4.90", "5.95", "7.50", "12", "35", "89"))))),)
    if kind in ("plain", "stage") and chance.random() < style.reduction:
        affair.reduction = chance.choice((2, 3, 5, 10, 12))
    if kind == "credit":
        affair.sign = -1 if style.credit_minus else 1
    settle(affair, chance)
    terms(affair, style, chance)
    return affair


def terms(affair, style, chance):
    date = affair.date
    later = lambda low, high: date - datetime.timedelta(days=chance.randint(low, high))
    affair.customer = chance.choice((str(chance.randint(1000, 99999)), f"K{chance.randint(1000, 99999)}", f"{chance.randint(10, 99)}-{chance.randint(1000, 9999)}", f"D{chance.randint(10000, 99999)}", str(chance.randint(100000, 9999999))))
    affair.delivery = later(0, 12)
    if not affair.period:
        start = later(20, 60)
        affair.period = (start, start + datetime.timedelta(days=chance.randint(3, 18)))
    affair.order = number(chance, date, style.order_style)
    affair.order_date = later(14, 90)
    affair.note_number = number(chance, date, chance.choice(("plain", "letter", "year")))
    affair.before, affair.before_date = number(chance, date, style.number_style), later(15, 90)
    affair.reference = leitweg_id(f"{chance.randint(1, 16):02d}{chance.randint(0, 999999):06d}", chance.choice((str(chance.randint(1000, 99999)), f"{chance.choice('ABFKRSV')}{chance.randint(1, 999):03d}", chance.choice(("BAUHOF", "FIN", "HAUPT", "SCHUL", "10")))))
    affair.carries_over = chance.random() < 0.6
    affair.days = chance.choice(style.days)
    affair.pay = style.pay
    affair.skonto = chance.choice(((2, 8), (2, 10), (3, 7), (2, 14), (3, 8))) if "skonto" in style.pay else ()
    if affair.skonto and affair.days <= affair.skonto[1]:
        affair.days = 30
    affair.due = date + datetime.timedelta(days=affair.days)
    if affair.kind == "utility" and chance.random() < 0.85:
        paid = cents(affair.gross * Decimal(chance.uniform(0.55, 1.2))).quantize(Decimal(1)).quantize(CENT)
        affair.paid = [(chance.choice(("Abschläge", "geleistete Abschlagszahlungen", "bereits gezahlte Abschläge", "Ihre Zahlungen")), None, paid)]
    if affair.kind == "final":
        left = affair.gross
        for count in range(1, chance.randint(2, 4)):
            part = cents(left * Decimal(chance.uniform(0.2, 0.45))).quantize(Decimal(1)).quantize(CENT)
            left -= part
            affair.paid.append((f"{count}. Abschlagsrechnung", later(20, 200), part))
    if affair.kind == "plain" and chance.random() < style.deposit:
        affair.paid = [(chance.choice(("Anzahlung", "bereits erhalten", "geleistete Anzahlung", "Vorauszahlung")), later(10, 40), cents(affair.gross * Decimal("0.3")))]
    affair.amount_due = affair.gross - sum((part for *_, part in affair.paid), Decimal(0))
