"""Check digits, money and the way Germans write both.

Everything is computed, nothing looked up: every number in the samples is made up, but its check digits hold.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def letters_as_digits(text):
    return "".join(str(int(char, 36)) for char in text)


def iban(bank, account):
    """DE, two check digits (mod 97), bank code with eight digits, account with ten."""
    bban = f"{bank:0>8}{account:0>10}"
    check = 98 - int(bban + letters_as_digits("DE00")) % 97
    return f"DE{check:02d}{bban}"


def vat_id(first_eight):
    """USt-IdNr.: DE, eight digits, one check digit (ISO 7064 MOD 11,10)."""
    product = 10
    for digit in first_eight:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return f"DE{first_eight}{(11 - product) % 10}"


def leitweg_id(coarse, fine):
    """Coarse part, fine part, two check digits (mod 97, letters count from ten)."""
    check = 98 - int(letters_as_digits(coarse + fine) + "00") % 97
    return f"{coarse}-{fine}-{check:02d}"


def tax_number(office, district, person):
    """Steuernummer of a tax office in Nordrhein-Westfalen: 3/4/4 digits, the last one checks."""
    digits = f"{office}{district}{person}"
    check = sum(int(digit) * weight for digit, weight in zip(digits, (3, 2, 1, 7, 6, 5, 4, 3, 2, 1))) % 11
    assert check < 10, "this tax number is never given out; take another person"
    return f"{office}/{district}/{person}{check}"


def cents(value):
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def euro(value):
    """1.234,50"""
    return f"{cents(value):,.2f}".translate(str.maketrans(",.", ".,"))


def quantity(value):
    """3 · 2,5"""
    return f"{Decimal(value).normalize():f}".replace(".", ",")


def day(value: date):
    """05.10.2026"""
    return value.strftime("%d.%m.%Y")


def in_fours(text):
    """An IBAN as printed."""
    return " ".join(text[place:place + 4] for place in range(0, len(text), 4))
