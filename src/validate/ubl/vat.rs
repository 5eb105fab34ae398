//! EN 16931 in UBL: the VAT breakdown, and the rules that repeat for every VAT category.
//!
//! A category is one row of [`CATEGORIES`]; a rule is one row of [`Family`] and one function for all of them.
//! Where the official test asks something else for one category than for its neighbours, the table says so.

use super::parties::{
    buyer_has_register_number, buyer_has_vat_number, representative_has_vat_number, seller_has_vat_number,
    seller_is_registered,
};
use super::questions::{code, is_allowance, is_charge, is_vat, nearly, plus, sum};
use super::sums::sums;
use crate::invoice::{Name, cac, cbc, cn, inv};
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{
    Context, Rule, Told, Where, cents, compare, equal, fatal, fatal_told, from, holds, inside, needs, on_if,
};
use crate::validate::number::{round0, round2, to_double};
use rust_decimal::Decimal;

#[rustfmt::skip]
pub const TOTAL: &[Rule] = &[
    fatal_told("BR-CO-14", rows_add_up),
];

#[rustfmt::skip]
pub const BREAKDOWN: &[Rule] = &[
    needs("BR-45", &[cbc::TaxableAmount]),
    needs("BR-46", &[cbc::TaxAmount]),
    fatal("BR-47", |e| vat_category(e).any(|category| category.has(&[cbc::ID]))),
    fatal("BR-48", |e| vat_category(e).any(|category| category.has(&[cbc::Percent]) || code(category) == "O")),
    fatal_told("BR-CO-17", tax_follows_from_rate),
    cents("BR-DEC-19", &[cbc::TaxableAmount]),
    cents("BR-DEC-20", &[cbc::TaxAmount]),
];

/// A VAT category, and what its rules ask.
pub struct Category {
    /// As it stands in the document.
    pub code: &'static str,
    /// Ids ending in -01 … -10.
    ids: [&'static str; 10],
    rows: Rows,
    parties: Parties,
    rate: Rate,
    reason: Reason,
}

/// How many rows of the breakdown a category that is used has.
#[derive(Clone, Copy)]
enum Rows {
    One,
    /// At least one; the official test forgets to ask whether the tax is VAT.
    SomeOfAnyTax,
    /// At least one; the code is asked exactly, with blanks around it, and the tax is not asked.
    SomeExactOfAnyTax,
    /// At least one, the code asked exactly.
    SomeExact,
}

/// Who has a number.
#[derive(Clone, Copy)]
enum Parties {
    /// The seller, be it no number for VAT, or its representative for VAT.
    Seller,
    /// The same, and the buyer for VAT or in a register.
    SellerAndBuyer,
    /// The seller or its representative for VAT.
    SellerForVat,
    /// The same, and the buyer for VAT.
    BothForVat,
    /// None of them for VAT.
    NobodyForVat,
}

#[derive(Clone, Copy, PartialEq)]
enum Rate {
    Zero,
    NotNegative,
    AboveZero,
    Absent,
}

/// Why no VAT is charged.
#[derive(Clone, Copy)]
enum Reason {
    Given,
    Absent,
}

macro_rules! categories {
    ($($code:literal $family:literal $rows:ident $parties:ident $rate:ident $reason:ident;)*) => {
        &[$(Category {
            code: $code,
            ids: [
                concat!("BR-", $family, "-01"), concat!("BR-", $family, "-02"), concat!("BR-", $family, "-03"),
                concat!("BR-", $family, "-04"), concat!("BR-", $family, "-05"), concat!("BR-", $family, "-06"),
                concat!("BR-", $family, "-07"), concat!("BR-", $family, "-08"), concat!("BR-", $family, "-09"),
                concat!("BR-", $family, "-10"),
            ],
            rows: Rows::$rows,
            parties: Parties::$parties,
            rate: Rate::$rate,
            reason: Reason::$reason,
        }),*]
    };
}

#[rustfmt::skip]
pub const CATEGORIES: &[Category] = categories! {
    "AE" "AE" One               SellerAndBuyer Zero        Given;
    "E"  "E"  One               Seller         Zero        Given;
    "G"  "G"  One               SellerForVat   Zero        Given;
    "K"  "IC" One               BothForVat     Zero        Given;
    "L"  "AF" SomeExactOfAnyTax Seller         NotNegative Absent;
    "M"  "AG" SomeExact         Seller         NotNegative Absent;
    "O"  "O"  One               NobodyForVat   Absent      Given;
    "S"  "S"  SomeOfAnyTax      Seller         AboveZero   Absent;
    "Z"  "Z"  One               Seller         Zero        Absent;
};

pub type ReverseCharge = Family<0>;
pub type Exempt = Family<1>;
pub type Export = Family<2>;
pub type IntraCommunity = Family<3>;
pub type Igic = Family<4>;
pub type Ipsi = Family<5>;
pub type NotSubject = Family<6>;
pub type Standard = Family<7>;
pub type ZeroRated = Family<8>;

/// The place of a code in [`CATEGORIES`].
pub fn number_of(code: &str) -> Option<usize> {
    CATEGORIES.iter().position(|category| category.code == code)
}

impl Category {
    /// Every rate has a row of its own.
    pub fn is_by_rate(&self) -> bool {
        matches!(self.rate, Rate::NotNegative | Rate::AboveZero)
    }
}

/// The rules of the category with this number.
pub struct Family<const N: usize>;

#[rustfmt::skip]
impl<const N: usize> Family<N> {
    const IDS: &'static [&'static str; 10] = &CATEGORIES[N].ids;

    pub const BREAKDOWN: Rule = fatal(Self::IDS[0], |e| has_its_rows(e, N));
    pub const LINE_PARTIES: Rule = fatal(Self::IDS[1], |e| line_parties(e, N));
    pub const ALLOWANCE_PARTIES: Rule = fatal(Self::IDS[2], |e| allowance_parties(e, N));
    pub const CHARGE_PARTIES: Rule = fatal(Self::IDS[3], |e| charge_parties(e, N));

    pub const ROW: Context = on_if(ROWS, |e| is_of(e, N), Self::ROW_RULES);
    pub const ALLOWANCE: Context = on_if(ADJUSTMENTS, |e| is_of(e, N) && is_in(e, is_allowance), Self::ALLOWANCE_RULES);
    pub const CHARGE: Context = on_if(ADJUSTMENTS, |e| is_of(e, N) && is_in(e, is_charge), Self::CHARGE_RULES);
    pub const LINE: Context = on_if(LINES, |e| is_of(e, N), Self::LINE_RULES);

    const LINE_RULES: &'static [Rule] = &[fatal_told(Self::IDS[4], |e| rate_fits(e, N))];
    const ALLOWANCE_RULES: &'static [Rule] = &[fatal_told(Self::IDS[5], |e| rate_fits(e, N))];
    const CHARGE_RULES: &'static [Rule] = &[fatal_told(Self::IDS[6], |e| rate_fits(e, N))];
    const ROW_RULES: &'static [Rule] = &[
        fatal_told(Self::IDS[7], |e| adds_up(e, N)),
        fatal_told(Self::IDS[8], |e| tax_fits(e, N)),
        fatal(Self::IDS[9], |e| reason_fits(e, N)),
    ];
}

const ROWS: &[Where] = &[
    from(&[inv::Invoice, cac::TaxTotal, cac::TaxSubtotal, cac::TaxCategory]),
    from(&[cn::CreditNote, cac::TaxTotal, cac::TaxSubtotal, cac::TaxCategory]),
];
const ADJUSTMENTS: &[Where] = &[inside(&[cac::AllowanceCharge, cac::TaxCategory])];
const LINES: &[Where] = &[
    inside(&[cac::InvoiceLine, cac::Item, cac::ClassifiedTaxCategory]),
    inside(&[cac::CreditNoteLine, cac::Item, cac::ClassifiedTaxCategory]),
];
/// From the root to the categories of the breakdown.
const ROW_CATEGORY: &[Name] = &[cac::TaxTotal, cac::TaxSubtotal, cac::TaxCategory];

fn is_of(category: Element, number: usize) -> bool {
    code(category) == CATEGORIES[number].code && is_vat(category)
}

fn is_in(category: Element, asked: fn(Element) -> bool) -> bool {
    category.parent().is_some_and(asked)
}

/// -01: a category that is used has its rows in the breakdown.
fn has_its_rows(root: Element, number: usize) -> bool {
    let sums = sums(root);
    let rows = |is_row: fn(Element, &str) -> bool| {
        root.down(ROW_CATEGORY).filter(|row| is_row(*row, CATEGORIES[number].code)).count()
    };
    let of_vat = |row: Element, wanted: &str| code(row) == wanted && is_vat(row);
    let used = sums.adjusts_vat.has(number) || sums.line_vat.has(number);
    match CATEGORIES[number].rows {
        Rows::One => !(sums.any_vat.has(number) || sums.line_vat.has(number)) || rows(of_vat) == 1,
        Rows::SomeOfAnyTax => {
            let used = sums.adjusts.has(number) || sums.line.has(number);
            used == (rows(|row, wanted| code(row) == wanted) > 0)
        }
        Rows::SomeExactOfAnyTax if used => rows(is_exactly) > 0,
        Rows::SomeExact if used => rows(|row, wanted| is_exactly(row, wanted) && is_vat(row)) > 0,
        Rows::SomeExactOfAnyTax | Rows::SomeExact => rows(of_vat) == 0,
    }
}

fn is_exactly(category: Element, code: &str) -> bool {
    category.equals(&[cbc::ID], code)
}

/// -02: where a line has the category, those who must be known have their numbers.
fn line_parties(root: Element, number: usize) -> bool {
    let sums = sums(root);
    match CATEGORIES[number].rows {
        // A line of another tax is asked for, and can then not be answered.
        Rows::SomeOfAnyTax => {
            !sums.line.has(number) || sums.line_vat.has(number) && parties_are_known(root, number)
        }
        _ => !sums.line_vat.has(number) || parties_are_known(root, number),
    }
}

/// -03: the same for allowances; the numbers that must be absent are asked only for those on the invoice.
fn allowance_parties(root: Element, number: usize) -> bool {
    let sums = sums(root);
    let asked = match CATEGORIES[number].parties {
        Parties::NobodyForVat => sums.root_allowance_vat,
        _ => sums.allowance_vat,
    };
    !asked.has(number) || parties_are_known(root, number)
}

/// -04: the same for charges.
fn charge_parties(root: Element, number: usize) -> bool {
    let sums = sums(root);
    let asked = match (CATEGORIES[number].parties, CATEGORIES[number].rows) {
        (Parties::NobodyForVat, _) => sums.root_charge_vat,
        (_, Rows::SomeExactOfAnyTax) => sums.exact_charge_vat,
        _ => sums.charge_vat,
    };
    !asked.has(number) || parties_are_known(root, number)
}

fn parties_are_known(root: Element, number: usize) -> bool {
    let seller = || seller_is_registered(root) || representative_has_vat_number(root);
    let for_vat = || seller_has_vat_number(root) || representative_has_vat_number(root);
    match CATEGORIES[number].parties {
        Parties::Seller => seller(),
        Parties::SellerAndBuyer => seller() && (buyer_has_vat_number(root) || buyer_has_register_number(root)),
        Parties::SellerForVat => for_vat(),
        Parties::BothForVat => for_vat() && buyer_has_vat_number(root),
        Parties::NobodyForVat => !for_vat() && !buyer_has_vat_number(root),
    }
}

/// -05, -06, -07: the rate of a line, an allowance, a charge.
fn rate_fits(category: Element, number: usize) -> Told {
    let rates = || category.kids(cbc::Percent);
    holds(match CATEGORIES[number].rate {
        Rate::Zero => category.number(&[cbc::Percent])? == Some(Decimal::ZERO),
        Rate::NotNegative => rates().any(|rate| rate.double() >= 0.0),
        Rate::AboveZero => rates().any(|rate| rate.double() > 0.0),
        Rate::Absent => rates().next().is_none(),
    })
}

/// -08: the taxable amount adds up lines, charges and allowances of the category.
fn adds_up(category: Element, number: usize) -> Told {
    if CATEGORIES[number].is_by_rate() {
        return adds_up_by_rate(category, number);
    }
    let sums = sums(category);
    let share = sums.share(number, None);
    let expected = plus(share.lines()?, share.adjusted()?)?;
    match taxable_amount(category)?.map(Element::decimal).transpose()? {
        found if sums.has_lines => equal(Some(expected), found),
        found => compare(Some(expected), found, |_, _| false),
    }
}

/// The same for one rate. The official test takes one from the amount and adds one to it in doubles, so that
/// a difference of exactly one holds or not as the digits fall.
fn adds_up_by_rate(category: Element, number: usize) -> Told {
    let Some(rate) = category.number(&[cbc::Percent])? else { return holds(true) };
    let sums = sums(category);
    let share = sums.share(number, Some(rate));
    let adjusted = share.adjusted()?;
    let expected = plus(share.lines()?, adjusted)?;
    let Some(found) = taxable_amount(category)? else { return compare(Some(expected), None, |_, _| false) };
    let fits = match CATEGORIES[number].rows {
        // Asked once with the lines of an invoice and once with those of a credit note: with an allowance or
        // charge of this rate, the amount may leave out the lines.
        Rows::SomeOfAnyTax => {
            (share.has_line || share.adjusts) && is_around(found, expected)
                || share.adjusts && is_around(found, adjusted)
        }
        _ => sums.has_lines && is_around(found, expected),
    };
    if fits { holds(true) } else { compare(Some(expected), Some(found.decimal()?), |_, _| false) }
}

/// A decimal beside a double is compared as a double (XPath 3.1, numeric type promotion).
fn is_around(found: Element, expected: Decimal) -> bool {
    let (found, expected) = (found.double(), to_double(expected));
    found - 1.0 < expected && found + 1.0 > expected
}

fn taxable_amount(category: Element) -> Result<Option<Element>, Undecided> {
    category.parent().map_or(Ok(None), |row| row.only(&[cbc::TaxableAmount]))
}

/// -09: the tax of a category is zero, or follows from its rate.
fn tax_fits(category: Element, number: usize) -> Told {
    let Some(row) = category.parent() else { return holds(false) };
    let tax = row.number(&[cbc::TaxAmount])?;
    if !CATEGORIES[number].is_by_rate() {
        return equal(Some(Decimal::ZERO), tax);
    }
    let (Some(taxable), Some(rate)) = (row.number(&[cbc::TaxableAmount])?, category.number(&[cbc::Percent])?)
    else {
        return holds(false);
    };
    is_nearly(tax, percent(taxable, rate)?)
}

/// -10: a reason for not charging VAT is given, or is not.
fn reason_fits(category: Element, number: usize) -> bool {
    let given = category.has(&[cbc::TaxExemptionReason]) || category.has(&[cbc::TaxExemptionReasonCode]);
    match CATEGORIES[number].reason {
        Reason::Given => given,
        Reason::Absent => !given,
    }
}

/// Without rows there is nothing to add up.
fn rows_add_up(total: Element) -> Told {
    if !total.has(&[cac::TaxSubtotal]) {
        return holds(true);
    }
    let expected = round2(sum(total.kids(cac::TaxSubtotal), cbc::TaxAmount)?);
    equal(Some(expected), total.number(&[cbc::TaxAmount])?)
}

fn vat_category(row: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    row.kids(cac::TaxCategory).filter(|category| is_vat(*category))
}

/// The rate is rounded before it is asked whether there is one: 0.4 percent counts as none.
fn tax_follows_from_rate(row: Element) -> Told {
    let mut categories = vat_category(row);
    let category = categories.next();
    if categories.next().is_some() {
        return Err(Undecided);
    }
    let tax = row.number(&[cbc::TaxAmount])?;
    let rate = category.map(|category| category.number(&[cbc::Percent])).transpose()?.flatten();
    let Some(rate) = rate.filter(|rate| !round0(*rate).is_zero()) else {
        return compare(Some(Decimal::ZERO), tax, |_, tax| round0(tax).is_zero());
    };
    let Some(taxable) = row.number(&[cbc::TaxableAmount])? else { return holds(false) };
    is_nearly(tax, percent(taxable, rate)?)
}

/// The part of an amount, without its sign, in whole cents.
fn percent(amount: Decimal, rate: Decimal) -> Result<Decimal, Undecided> {
    let part = amount.abs().checked_mul(rate).and_then(|part| part.checked_div(Decimal::ONE_HUNDRED));
    part.map(round2).ok_or(Undecided)
}

/// Less than one unit apart, whatever the sign of the tax.
fn is_nearly(tax: Option<Decimal>, expected: Decimal) -> Told {
    compare(Some(expected), tax, |expected, tax| nearly(tax, expected))
}

/// BR-IC-11: an intra-community supply has a date of delivery or a period.
pub fn intra_community_has_date(root: Element) -> Told {
    if !breaks_down(root, "K") {
        return holds(true);
    }
    let date = root.only(&[cac::Delivery, cbc::ActualDeliveryDate])?;
    let has_period = || root.kids(cac::InvoicePeriod).any(|period| !period.is_leaf());
    holds(date.is_some_and(is_said) || has_period())
}

/// BR-IC-12: an intra-community supply has a country it goes to.
pub fn intra_community_has_country(root: Element) -> Told {
    const COUNTRY: &[Name] =
        &[cac::Delivery, cac::DeliveryLocation, cac::Address, cac::Country, cbc::IdentificationCode];
    holds(!breaks_down(root, "K") || root.only(COUNTRY)?.is_some_and(is_said))
}

/// More than one character.
fn is_said(e: Element) -> bool {
    e.text().chars().nth(1).is_some()
}

/// The breakdown has a row for what is not subject to VAT.
pub fn breaks_down_not_subject(root: Element) -> bool {
    breaks_down(root, "O")
}

fn breaks_down(root: Element, wanted: &str) -> bool {
    root.down(ROW_CATEGORY).any(|category| code(category) == wanted && is_vat(category))
}

/// The breakdown has a row for anything else.
pub fn breaks_down_other(root: Element) -> bool {
    root.down(ROW_CATEGORY).any(|category| code(category) != "O" && is_vat(category))
}
