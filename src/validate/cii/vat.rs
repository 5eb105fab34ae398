//! EN 16931 in CII: the VAT breakdown, and the rules that repeat for every VAT category.
//!
//! A category is one row of a table; a rule of its family is one function for all of them. Absent on purpose:
//! the sums, see [`super::sums`].

use super::document::{has_delivery_country, has_delivery_date};
use super::questions::{is_allowance, is_charge, is_vat};
use super::sums::{Totals, sums};
use super::totals::holds_or_tells;
use crate::invoice::{Name, ram, rsm};
use crate::validate::Severity::Fatal;
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{
    Context, Outcome, Rule, Told, Where, cents, compare, fatal, fatal_told, holds, inside, needs, never, on_if,
};
use crate::validate::number::{beside_zero, is_double, normalized_is, round_double, round0, round2, to_double};
use rust_decimal::Decimal;
use std::cmp::Ordering;

#[rustfmt::skip]
pub const BREAKDOWN: &[Rule] = &[
    needs("BR-45", &[ram::BasisAmount]),
    needs("BR-46", &[ram::CalculatedAmount]),
    fatal("BR-47", |e| is_vat(e) && e.has(&[ram::CategoryCode])),
    fatal("BR-48", |e| is_vat(e) && (e.has(&[ram::RateApplicablePercent]) || e.equals(&[ram::CategoryCode], "O"))),
    fatal("BR-CO-03", |e| !(has_some(e, ram::TaxPointDate) && has_some(e, ram::DueDateTypeCode))),
    fatal_told("BR-CO-17", tax_of_base),
    cents("BR-DEC-19", &[ram::BasisAmount]),
    cents("BR-DEC-20", &[ram::CalculatedAmount]),
];

/// A VAT category: what its rules ask, and from that its contexts.
pub trait Category: Sized + 'static {
    /// Its place in [`CODES`].
    const NUMBER: usize;
    /// The code in documents.
    const CODE: &'static str = CODES[Self::NUMBER];
    /// Ids ending in -01 … -10.
    const IDS: [&'static str; 10];
    const ROWS: Rows;
    const PLACE: Place;
    const NUMBERS: Numbers;
    const LINE_RATE: Rate;
    const RATE: Rate;
    const SUM: Sum;
    const REASON: Reason;
    /// -08 to -10, and what only this category has.
    const ROW_RULES: &'static [Rule];

    const LISTED: Rule = fatal(Self::IDS[0], is_listed::<Self>);
    const LINE: Context = on_if(
        LINE,
        is_line::<Self>,
        &[
            fatal(Self::IDS[1], |e| Self::NUMBERS.are_given(e)),
            fatal(Self::IDS[4], |e| Self::LINE_RATE.is_kept(e)),
        ],
    );
    const ALLOWANCE: Context = on_if(
        ALLOWANCE_OR_CHARGE,
        is_allowance_of::<Self>,
        &[fatal(Self::IDS[2], |e| Self::NUMBERS.are_given(e)), fatal(Self::IDS[5], |e| Self::RATE.is_kept(e))],
    );
    const CHARGE: Context = on_if(
        ALLOWANCE_OR_CHARGE,
        is_charge_of::<Self>,
        &[fatal(Self::IDS[3], |e| Self::NUMBERS.are_given(e)), fatal(Self::IDS[6], |e| Self::RATE.is_kept(e))],
    );
    /// The row of the VAT breakdown.
    const ROW: Context = on_if(Self::PLACE.places(), is_row::<Self>, Self::ROW_RULES);
    const SUM_RULE: Rule = match Self::SUM {
        Sum::Unasked => never(Self::IDS[7], Fatal),
        _ => fatal_told(Self::IDS[7], adds_up::<Self>),
    };
    const TAX_RULE: Rule = match Self::SUM {
        Sum::Unasked => never(Self::IDS[8], Fatal),
        Sum::ByRate => fatal_told(Self::IDS[8], standard_tax),
        _ => fatal_told(Self::IDS[8], no_tax),
    };
    const REASON_RULE: Rule = fatal(Self::IDS[9], |e| Self::REASON.is_kept(row(e)));
}

/// How many rows of the VAT breakdown a category has.
pub enum Rows {
    /// At least one where a line, allowance or charge has it.
    Some,
    /// Exactly one where a line, allowance or charge has it, else none.
    One,
    /// The same, but a category without a row is not missed.
    OneIfAny,
}

/// Which element the official book takes for a row. Where it is the code, BR-45 and the rules beside it examine
/// the row as well; where it is the row itself, they never see it.
pub enum Place {
    Code,
    /// Whatever the tax.
    CodeOfAnyTax,
    Row,
}

/// What identifies seller and buyer.
pub enum Numbers {
    SellerVatOrTax,
    SellerVatOrTaxAndBuyerVatOrLegal,
    SellerVatAndBuyerVat,
    SellerVat,
    NoVat,
}

pub enum Rate {
    AboveZero,
    ZeroOrAbove,
    Zero,
    Absent,
}

/// How the taxable amount belongs to the lines, allowances and charges.
pub enum Sum {
    /// Less than one unit of the currency apart, added in doubles.
    InDoubles,
    /// Less than one unit of the currency apart, added in decimals.
    InDecimals,
    /// The same to the cent.
    Equal,
    /// The same to the cent, for each rate; the tax is then computed.
    ByRate,
    /// The official tests of sum and tax cannot fail.
    Unasked,
}

/// Why no VAT is charged.
pub enum Reason {
    Given,
    NotGiven,
}

macro_rules! categories {
    ($($category:ident $number:literal $code:literal $family:literal
        $rows:ident $place:ident $numbers:ident $line_rate:ident $rate:ident $sum:ident $reason:ident
        [$($more:expr),*];)*) => {
        /// Codes of the categories that have rules.
        pub const CODES: [&str; 9] = [$($code),*];

        $(
            pub struct $category;

            impl Category for $category {
                const NUMBER: usize = $number;
                const IDS: [&'static str; 10] = [
                    concat!("BR-", $family, "-01"), concat!("BR-", $family, "-02"), concat!("BR-", $family, "-03"),
                    concat!("BR-", $family, "-04"), concat!("BR-", $family, "-05"), concat!("BR-", $family, "-06"),
                    concat!("BR-", $family, "-07"), concat!("BR-", $family, "-08"), concat!("BR-", $family, "-09"),
                    concat!("BR-", $family, "-10"),
                ];
                const ROWS: Rows = Rows::$rows;
                const PLACE: Place = Place::$place;
                const NUMBERS: Numbers = Numbers::$numbers;
                const LINE_RATE: Rate = Rate::$line_rate;
                const RATE: Rate = Rate::$rate;
                const SUM: Sum = Sum::$sum;
                const REASON: Reason = Reason::$reason;
                const ROW_RULES: &'static [Rule] = &[Self::SUM_RULE, Self::TAX_RULE, Self::REASON_RULE, $($more),*];
            }
        )*
    };
}

// Category, code, family of ids; rows of the breakdown and their place; numbers of the parties; rate on lines, rate
// of allowances and charges; sum; reason; what only this category has.
#[rustfmt::skip]
categories! {
    Standard       0 "S"  "S"  Some     CodeOfAnyTax SellerVatOrTax       AboveZero   AboveZero ByRate     NotGiven [];
    ZeroRated      1 "Z"  "Z"  One      CodeOfAnyTax SellerVatOrTax       Zero        Zero      InDecimals NotGiven [];
    Exempt         2 "E"  "E"  One      Code         SellerVatOrTax       Zero        Zero      InDoubles  Given    [];
    ReverseCharge  3 "AE" "AE" One      Code         SellerVatOrTaxAndBuyerVatOrLegal
                                                                          Zero        Zero      InDoubles  Given    [];
    IntraCommunity 4 "K"  "IC" One      Code         SellerVatAndBuyerVat Zero        Zero      InDoubles  Given
        [fatal("BR-IC-11", has_supply_date), fatal("BR-IC-12", has_delivery_country)];
    Export         5 "G"  "G"  One      Code         SellerVat            Zero        Zero      InDoubles  Given    [];
    NotSubject     6 "O"  "O"  OneIfAny Row          NoVat          Absent      Absent    Equal      Given
        [
            fatal("BR-O-11", |e| !sums(e).has_taxed_line_or_row),
            fatal("BR-O-12", |e| !sums(e).has_taxed_line_or_row),
            fatal("BR-O-13", |e| !sums(e).has_taxed_allowance_or_charge),
            fatal("BR-O-14", |e| !sums(e).has_taxed_allowance_or_charge)
        ];
    Igic           7 "L"  "AF" Some     Row          SellerVatOrTax       AboveZero   AboveZero Unasked    NotGiven [];
    Ipsi           8 "M"  "AG" Some     Row          SellerVatOrTax       ZeroOrAbove ZeroOrAbove Unasked    NotGiven [];
}

/// The place of a code in [`CODES`].
pub fn number_of(code: &str) -> Option<usize> {
    CODES.iter().position(|known| *known == code)
}

const LINE: &[Where] = &[inside(&[
    rsm::SupplyChainTradeTransaction,
    ram::IncludedSupplyChainTradeLineItem,
    ram::SpecifiedLineTradeSettlement,
    ram::ApplicableTradeTax,
])];
const ALLOWANCE_OR_CHARGE: &[Where] = &[inside(&[ram::SpecifiedTradeAllowanceCharge, ram::CategoryTradeTax])];
const ROW: &[Where] = &[inside(&[ram::ApplicableHeaderTradeSettlement, ram::ApplicableTradeTax])];
const ROW_CODE: &[Where] =
    &[inside(&[ram::ApplicableHeaderTradeSettlement, ram::ApplicableTradeTax, ram::CategoryCode])];

impl Place {
    const fn places(&self) -> &'static [Where] {
        match self {
            Place::Code | Place::CodeOfAnyTax => ROW_CODE,
            Place::Row => ROW,
        }
    }
}

fn is_row<C: Category>(e: Element) -> bool {
    match C::PLACE {
        Place::Code => e.text() == C::CODE && is_vat(row(e)),
        Place::CodeOfAnyTax => e.text() == C::CODE,
        Place::Row => is_line::<C>(e),
    }
}

/// Also of a row: VAT of this category.
fn is_line<C: Category>(tax: Element) -> bool {
    tax.equals(&[ram::CategoryCode], C::CODE) && is_vat(tax)
}

fn is_allowance_of<C: Category>(tax: Element) -> bool {
    is_line::<C>(tax) && tax.parent().is_some_and(is_allowance)
}

fn is_charge_of<C: Category>(tax: Element) -> bool {
    is_line::<C>(tax) && tax.parent().is_some_and(is_charge)
}

/// The row of the breakdown, given as itself or by its code.
fn row(e: Element) -> Element {
    if e.is(ram::CategoryCode) { e.parent().unwrap_or(e) } else { e }
}

fn is_listed<C: Category>(e: Element) -> bool {
    let Totals { rows, lines, others, .. } = *sums(e).category(C::NUMBER);
    match C::ROWS {
        // The official test counts two where one of a kind and its row are meant.
        Rows::Some => (lines == 0 || lines + rows >= 2) && (others == 0 || others + rows >= 2),
        Rows::One => (rows == 0 && lines + others == 0) || (rows == 1 && lines + others > 0),
        Rows::OneIfAny => rows == 0 || (rows == 1 && lines + others > 0),
    }
}

impl Numbers {
    fn are_given(&self, e: Element) -> bool {
        let given = &sums(e).parties;
        match self {
            Numbers::SellerVatOrTax => given.seller_vat_or_tax,
            Numbers::SellerVatOrTaxAndBuyerVatOrLegal => {
                given.seller_vat_or_tax && (given.buyer_vat || given.buyer_legal)
            }
            Numbers::SellerVatAndBuyerVat => given.seller_vat && given.buyer_vat,
            Numbers::SellerVat => given.seller_vat,
            Numbers::NoVat => !given.seller_vat && !given.buyer_vat,
        }
    }
}

impl Rate {
    fn is_kept(&self, tax: Element) -> bool {
        let mut rates = tax.kids(ram::RateApplicablePercent).map(|rate| beside_zero(rate.text()));
        match self {
            Rate::AboveZero => rates.any(Ordering::is_gt),
            Rate::ZeroOrAbove => rates.any(Ordering::is_ge),
            Rate::Zero => rates.any(Ordering::is_eq),
            Rate::Absent => rates.next().is_none(),
        }
    }
}

impl Reason {
    fn is_kept(&self, row: Element) -> bool {
        let given = row.has(&[ram::ExemptionReason]) || row.has(&[ram::ExemptionReasonCode]);
        match self {
            Reason::Given => given,
            Reason::NotGiven => !given,
        }
    }
}

fn adds_up<C: Category>(e: Element) -> Told {
    let (row, totals) = (row(e), sums(e).category(C::NUMBER));
    match C::SUM {
        Sum::InDoubles => nearly(row, totals.in_doubles()),
        Sum::InDecimals => nearly(row, totals.exactly()?.map_or(0.0, to_double)),
        Sum::Equal => same(row, totals.exactly()?),
        Sum::ByRate => standard_adds_up(row),
        Sum::Unasked => holds(true),
    }
}

/// The taxable amount lies less than one unit of the currency from the sum.
fn nearly(row: Element, sum: f64) -> Told {
    let base = row.only(&[ram::BasisAmount])?;
    let is_near = |base: Element| base.double() - 1.0 < sum && base.double() + 1.0 > sum;
    holds_or_tells(base.is_some_and(is_near), sum, base)
}

/// The taxable amount is the sum; both are compared as doubles.
fn same(row: Element, sum: Option<Decimal>) -> Told {
    let sum = sum.map(to_double);
    let is_same = row.kids(ram::BasisAmount).any(|base| is_double(base.text(), sum));
    holds_or_tells(is_same, sum.unwrap_or_default(), row.kid(ram::BasisAmount))
}

/// A row without a rate is not asked.
fn standard_adds_up(row: Element) -> Told {
    for rate in row.kids(ram::RateApplicablePercent) {
        let told = same(row, sums(row).standard(rate.decimal()?)?)?;
        if let Outcome::Broken(_) = told {
            return Ok(told);
        }
    }
    holds(true)
}

/// The tax of category S, less than one unit of the currency from base times rate. The product is a double.
fn standard_tax(e: Element) -> Told {
    let row = row(e);
    let (tax, base) = (row.number(&[ram::CalculatedAmount])?, row.number(&[ram::BasisAmount])?);
    let rate = row.only(&[ram::RateApplicablePercent])?;
    let (Some(tax), Some(base), Some(rate)) = (tax, base, rate) else { return holds(false) };
    let expected = round_double(to_double(base.abs()) * rate.double()) / 100.0;
    let (less, more) = (tax.abs().checked_sub(Decimal::ONE), tax.abs().checked_add(Decimal::ONE));
    let (less, more) = (less.ok_or(Undecided)?, more.ok_or(Undecided)?);
    let is_near = to_double(less) < expected && to_double(more) > expected;
    holds_or_tells(is_near, expected, row.kid(ram::CalculatedAmount))
}

fn no_tax(e: Element) -> Told {
    let row = row(e);
    let is_zero = row.kids(ram::CalculatedAmount).any(|tax| beside_zero(tax.text()).is_eq());
    holds_or_tells(is_zero, 0.0, row.kid(ram::CalculatedAmount))
}

/// The rate is rounded before it is asked whether there is one: 0.4 percent counts as none.
fn tax_of_base(row: Element) -> Told {
    let tax = row.number(&[ram::CalculatedAmount])?;
    let is_vat = row.kids(ram::TypeCode).any(|code| normalized_is(&code.text().to_ascii_uppercase(), "VAT"));
    let rate = if is_vat { row.number(&[ram::RateApplicablePercent])? } else { None };
    let rate = rate.filter(|rate| !round0(*rate).is_zero());
    let Some(rate) = rate else { return compare(Some(Decimal::ZERO), tax, |_, tax| round0(tax).is_zero()) };
    let Some(base) = row.number(&[ram::BasisAmount])? else { return holds(false) };
    let product = base.abs().checked_mul(rate).ok_or(Undecided)?;
    let expected = round2(product / Decimal::ONE_HUNDRED);
    let is_near = |expected: Decimal, tax: Decimal| (tax.abs() - expected).abs() <= Decimal::ONE;
    compare(Some(expected), tax, is_near)
}

fn has_some(e: Element, name: Name) -> bool {
    e.doc.all(name).next().is_some()
}

fn has_supply_date(e: Element) -> bool {
    let period = |settlement: Element| {
        settlement.has(&[ram::BillingSpecifiedPeriod, ram::StartDateTime])
            || settlement.has(&[ram::BillingSpecifiedPeriod, ram::EndDateTime])
    };
    has_delivery_date(e) || row(e).parent().is_some_and(period)
}
