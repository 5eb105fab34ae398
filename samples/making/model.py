"""The invoice behind every sample: lines in, totals and business terms out.

One model feeds the XML, the printed page and the expected result, so the three cannot disagree.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from .numbers import cents
from .people import Firm

XRECHNUNG = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
EN16931 = "urn:cen.eu:en16931:2017"
BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"

UNITS = {"H87": "Stk", "HUR": "Std", "MTK": "m²", "MTR": "m", "MTQ": "m³", "LS": "psch", "MON": "Mon", "TNE": "t",
         "KGM": "kg", "C62": "Stk", "LTR": "l", "WEE": "Wo"}


@dataclass(frozen=True)
class Allowance:
    """Percent off (or on) a base, with its reason and the code of the reason."""

    percent: str
    base: Decimal
    reason: str
    code: str

    @property
    def amount(self):
        return cents(self.base * Decimal(self.percent) / 100)


@dataclass(frozen=True)
class Line:
    name: str
    quantity: str
    unit: str
    price: str
    rate: str = "19"
    text: str = ""
    off: tuple[str, str] | None = None  # percent, reason

    @property
    def gross(self):
        return cents(Decimal(self.quantity) * Decimal(self.price))

    @property
    def allowance(self):
        return Allowance(self.off[0], self.gross, self.off[1], "95") if self.off else None

    @property
    def net(self):
        return self.gross - (self.allowance.amount if self.off else 0)


@dataclass(frozen=True)
class Charge:
    """A charge on the whole document."""

    amount: Decimal
    rate: str
    reason: str
    code: str


@dataclass(frozen=True)
class Attachment:
    number: str
    description: str
    name: str
    mime: str
    content: bytes


@dataclass(frozen=True)
class Invoice:
    number: str
    issued: date
    due: date
    seller: Firm
    buyer: Firm
    reference: str | None  # BT-10, the Leitweg-ID
    lines: tuple[Line, ...]
    type: str = "380"
    profile: str = XRECHNUNG
    order: str | None = None
    delivered: date | None = None
    period: tuple[date, date] | None = None
    note: str | None = None
    terms: str | None = None
    charges: tuple[Charge, ...] = ()
    attachment: Attachment | None = None
    preceding: tuple[str, date] | None = None
    account: str | None = None  # where it differs from the seller's
    wrong_sum: Decimal = Decimal(0)  # planted: added to the sum of the lines and to all that follows from it

    @property
    def iban(self):
        return self.account or self.seller.iban

    @property
    def line_sum(self):
        return sum((line.net for line in self.lines), Decimal(0)) + self.wrong_sum

    @property
    def charge_sum(self):
        return sum((charge.amount for charge in self.charges), Decimal(0))

    @property
    def breakdown(self):
        """Rate, base, tax; highest rate first."""
        rates = sorted({item.rate for item in (*self.lines, *self.charges)}, key=int, reverse=True)
        rows = []
        for rate in rates:
            base = sum((line.net for line in self.lines if line.rate == rate), Decimal(0))
            base += sum((charge.amount for charge in self.charges if charge.rate == rate), Decimal(0))
            rows.append((rate, base, cents(base * Decimal(rate) / 100)))
        return rows

    @property
    def net(self):
        return self.line_sum + self.charge_sum

    @property
    def tax(self):
        return sum((tax for _, _, tax in self.breakdown), Decimal(0))

    @property
    def total(self):
        return self.net + self.tax

    def but(self, **changes):
        return replace(self, **changes)


def terms_of(invoice):
    """Every header term a reader of the XML can find, as text."""
    fields = {
        "BT-1": invoice.number,
        "BT-2": invoice.issued.isoformat(),
        "BT-3": invoice.type,
        "BT-5": "EUR",
        "BT-9": invoice.due.isoformat() if invoice.type != "381" else None,
        "BT-10": invoice.reference,
        "BT-13": invoice.order,
        "BT-20": invoice.terms,
        "BT-24": invoice.profile,
        "BT-25": invoice.preceding and invoice.preceding[0],
        "BT-26": invoice.preceding and invoice.preceding[1].isoformat(),
        "BT-27": invoice.seller.name,
        "BT-31": invoice.seller.vat,
        "BT-44": invoice.buyer.name,
        "BT-72": invoice.delivered and invoice.delivered.isoformat(),
        "BT-73": invoice.period and invoice.period[0].isoformat(),
        "BT-74": invoice.period and invoice.period[1].isoformat(),
        "BT-84": invoice.iban,
        "BT-85": invoice.seller.name,
        "BT-106": f"{invoice.line_sum:.2f}",
        "BT-108": f"{invoice.charge_sum:.2f}" if invoice.charges else None,
        "BT-109": f"{invoice.net:.2f}",
        "BT-110": f"{invoice.tax:.2f}",
        "BT-112": f"{invoice.total:.2f}",
        "BT-115": f"{invoice.total:.2f}",
    }
    return {term: value for term, value in fields.items() if value}


def terms_on_page(invoice, *more):
    """What a careful reader finds on the printed page; `more` names terms that only some layouts print."""
    fields = terms_of(invoice)
    seen = ["BT-1", "BT-2", "BT-5", "BT-27", "BT-44", "BT-84", "BT-109", "BT-112", "BT-115", *more]
    if len(invoice.breakdown) == 1:
        seen.append("BT-110")  # with two rates no page prints their sum
    return {term: fields[term] for term in sorted(seen, key=lambda term: int(term[3:])) if term in fields}
