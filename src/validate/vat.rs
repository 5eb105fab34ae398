//! EN 16931: the VAT breakdown, and the rules that repeat for every VAT category.
//!
//! A category is one row of [`CATEGORIES`]; a rule is one row of a family and one function for all of them.

use super::Severity;
use super::engine::{Broken, Context, Examination, Outcome, Rule, cents, compare, equal, fatal};
use super::money::{below_one, category_of, percent, round0, round2, slack, sum};
use crate::invoice::{AllowanceCharge, Amount, Invoice, Line, Place, Syntax, Term, VatBreakdown, bt};
use crate::job::Bilingual;
use rust_decimal::Decimal;

#[rustfmt::skip]
pub const DOCUMENT: &[Rule<Invoice>] = &[
    fatal("BR-CO-14", &[bt(110), bt(117)],
        "Der Umsatzsteuerbetrag der Rechnung (BT-110) ist die Summe der Steuerbeträge aller Kategorien (BT-117).",
        "The total VAT amount (BT-110) adds up the tax amounts of all categories (BT-117).",
        total_tax),
];

#[rustfmt::skip]
pub const BREAKDOWN: &[Rule<VatBreakdown>] = &[
    fatal("BR-CO-17", &[bt(117), bt(116), bt(119)],
        "Der Steuerbetrag der Kategorie (BT-117) ist die Bemessungsgrundlage (BT-116) mal Steuersatz (BT-119).",
        "The tax amount of the category (BT-117) is its taxable amount (BT-116) times its rate (BT-119).",
        tax_of_base),
    cents("BR-DEC-19", &[bt(116)], |vat| vat.base),
    cents("BR-DEC-20", &[bt(117)], |vat| vat.tax),
];

/// In CII only the first matching rule of a pattern runs: these categories have rules of their own before.
pub fn shadowed(invoice: &Invoice, vat: &VatBreakdown) -> bool {
    invoice.syntax == Some(Syntax::Cii) && matches!(vat.category.as_deref(), Some("L" | "M" | "O"))
}

/// UBL adds up what stands under one total, and passes a total without any; CII has one total and all rows.
fn total_tax(cx: &Context, invoice: &Invoice) -> Outcome {
    // A missing total is what BR-CO-15 is about.
    let Some(total) = invoice.totals.vat else { return Outcome::Holds };
    if cx.is_cii() {
        return equal(sum(&invoice.vat, |row| row.tax).map(round2), Some(total));
    }
    let Some(first) = invoice.vat.first() else { return Outcome::Holds };
    let parent = |row: &VatBreakdown| invoice.places.parent(row.place);
    let rows: Vec<Option<Amount>> =
        invoice.vat.iter().filter(|row| parent(row) == parent(first)).map(|row| row.tax).collect();
    equal(sum(&rows, |tax| *tax).map(round2), Some(total))
}

/// The rate is rounded before it is asked whether there is one: 0.4 percent counts as none.
fn tax_of_base(cx: &Context, vat: &VatBreakdown) -> Outcome {
    let rate = vat.rate.filter(|_| !vat.other_tax).map_or(Decimal::ZERO, Amount::value);
    if round0(rate).is_zero() {
        return compare(Some(Decimal::ZERO), vat.tax, |_, tax| round0(tax).is_zero());
    }
    let Some(base) = vat.base else { return Outcome::from(false) };
    absolutely(percent(base.value().abs(), rate), vat.tax, slack(cx))
}

/// Compares without regard to signs, as the official tests do.
fn absolutely(expected: Option<Decimal>, found: Option<Amount>, same: fn(Decimal, Decimal) -> bool) -> Outcome {
    let positive = found.map(|found| Amount::new(found.value().abs()));
    match compare(expected, positive, same) {
        Outcome::Broken(broken) => {
            Outcome::Broken(Broken { found: found.map(|found| found.to_string()), ..broken })
        }
        told => told,
    }
}

/// A VAT category and what its rules ask.
pub struct Category {
    pub code: &'static str,
    de: &'static str,
    en: &'static str,
    rate: Rate,
    /// A reason for not charging VAT must be given; else it must not be given.
    exempt: bool,
    /// Ids ending in -05 … -10.
    ids: [&'static str; 6],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rate {
    AboveZero,
    ZeroOrAbove,
    /// UBL allows zero, CII does not.
    AboveZeroInCii,
    Zero,
    Absent,
}

macro_rules! categories {
    ($($code:literal $family:literal $rate:ident $exempt:literal $de:literal $en:literal;)*) => {
        pub const CATEGORIES: &[Category] = &[$(Category {
            code: $code,
            de: $de,
            en: $en,
            rate: Rate::$rate,
            exempt: $exempt,
            ids: [
                concat!("BR-", $family, "-05"), concat!("BR-", $family, "-06"), concat!("BR-", $family, "-07"),
                concat!("BR-", $family, "-08"), concat!("BR-", $family, "-09"), concat!("BR-", $family, "-10"),
            ],
        }),*];
    };
}

categories! {
    "S"  "S"  AboveZero   false "Regelsteuersatz"               "standard rated";
    "Z"  "Z"  Zero        false "Nullsatz"                      "zero rated";
    "E"  "E"  Zero        true  "steuerbefreit"                 "exempt from VAT";
    "AE" "AE" Zero        true  "Steuerschuld des Empfängers"   "reverse charge";
    "K"  "IC" Zero        true  "innergemeinschaftliche Lieferung" "intra-community supply";
    "G"  "G"  Zero        true  "Ausfuhr aus der EU"            "export outside the EU";
    "O"  "O"  Absent      true  "nicht steuerbar"               "not subject to VAT";
    "L"  "AF" AboveZeroInCii false "IGIC (Kanarische Inseln)"      "IGIC (Canary Islands)";
    "M"  "AG" ZeroOrAbove false "IPSI (Ceuta und Melilla)"      "IPSI (Ceuta and Melilla)";
}

/// A rule of every category; `{}` in its texts stands for the name of the category.
pub struct Family<T> {
    /// Index into [`Category::ids`].
    pub number: usize,
    pub terms: &'static [Term],
    de: &'static str,
    en: &'static str,
    check: fn(&Context, &Category, &T) -> Outcome,
}

#[rustfmt::skip]
pub const LINE: &[Family<Line>] = &[
    Family { number: 0, terms: &[bt(152), bt(151)],
        de: "Der Umsatzsteuersatz der Position (BT-152) passt zur Kategorie „{}“.",
        en: "The VAT rate of the line (BT-152) fits the category “{}”.",
        check: |cx, category, line| rate_fits(cx, category, line.vat_rate) },
];

#[rustfmt::skip]
pub const ALLOWANCE: &[Family<AllowanceCharge>] = &[
    Family { number: 1, terms: &[bt(96), bt(95)],
        de: "Der Umsatzsteuersatz des Nachlasses (BT-96) passt zur Kategorie „{}“.",
        en: "The VAT rate of the allowance (BT-96) fits the category “{}”.",
        check: |cx, category, allowance| rate_fits(cx, category, allowance.vat_rate) },
];

#[rustfmt::skip]
pub const CHARGE: &[Family<AllowanceCharge>] = &[
    Family { number: 2, terms: &[bt(103), bt(102)],
        de: "Der Umsatzsteuersatz des Zuschlags (BT-103) passt zur Kategorie „{}“.",
        en: "The VAT rate of the charge (BT-103) fits the category “{}”.",
        check: |cx, category, charge| rate_fits(cx, category, charge.vat_rate) },
];

#[rustfmt::skip]
pub const CATEGORY: &[Family<VatBreakdown>] = &[
    Family { number: 3, terms: &[bt(116), bt(131), bt(92), bt(99)],
        de: "Die Bemessungsgrundlage (BT-116) der Kategorie „{}“ ist die Summe ihrer Positionen und Zuschläge ohne ihre Nachlässe.",
        en: "The taxable amount (BT-116) of the category “{}” adds up its lines and charges less its allowances.",
        check: base_of_parts },
    Family { number: 4, terms: &[bt(117), bt(116), bt(119)],
        de: "Der Steuerbetrag (BT-117) der Kategorie „{}“ folgt aus Bemessungsgrundlage und Steuersatz.",
        en: "The tax amount (BT-117) of the category “{}” follows from its taxable amount and rate.",
        check: tax_of_category },
    Family { number: 5, terms: &[bt(120), bt(121)],
        de: "Ein Grund der Steuerbefreiung (BT-120, BT-121) ist bei der Kategorie „{}“ genau dann angegeben, wenn sie einen verlangt.",
        en: "A VAT exemption reason (BT-120, BT-121) is given for the category “{}” exactly if it asks for one.",
        check: |_, category, vat| {
            (category.exempt == (vat.exemption.is_some() || vat.exemption_code.is_some())).into()
        } },
];

fn rate_fits(cx: &Context, category: &Category, rate: Option<Amount>) -> Outcome {
    let fits = match category.rate {
        Rate::AboveZero => rate.is_some_and(|rate| rate > Amount::ZERO),
        Rate::AboveZeroInCii if cx.is_cii() => rate.is_some_and(|rate| rate > Amount::ZERO),
        Rate::ZeroOrAbove | Rate::AboveZeroInCii => rate.is_some_and(|rate| rate >= Amount::ZERO),
        Rate::Zero => rate.is_some_and(|rate| rate == Amount::ZERO),
        Rate::Absent => rate.is_none(),
    };
    match rate {
        _ if fits => Outcome::Holds,
        Some(rate) => Outcome::found(rate),
        None => Outcome::from(false),
    }
}

/// With a rate: what has this category and rate. Without: what has this category. The official tests differ in
/// what they tolerate: UBL less than one unit where there is a rate, CII where there is none.
fn base_of_parts(cx: &Context, category: &Category, vat: &VatBreakdown) -> Outcome {
    if category.rate == Rate::Zero || category.rate == Rate::Absent {
        if !cx.is_cii() && cx.invoice.lines.is_empty() {
            return Outcome::from(false);
        }
        let tolerant = cx.is_cii() && category.rate == Rate::Zero;
        return compare(
            cx.sums.of_category(category.code),
            vat.base,
            if tolerant { below_one } else { exactly },
        );
    }
    let Some(rate) = vat.rate else { return Outcome::Holds };
    match cx.sums.of_rate(category.code, rate.value()) {
        Some(total) if cx.is_cii() => equal(total.map(round2), vat.base),
        Some(total) => compare(total, vat.base, below_one),
        None if cx.is_cii() => equal(Some(Decimal::ZERO), vat.base),
        None => Outcome::from(false),
    }
}

fn exactly(expected: Decimal, found: Decimal) -> bool {
    expected == found
}

fn tax_of_category(_: &Context, category: &Category, vat: &VatBreakdown) -> Outcome {
    if category.rate == Rate::Zero || category.rate == Rate::Absent {
        return equal(Some(Decimal::ZERO), vat.tax);
    }
    let (Some(base), Some(rate)) = (vat.base, vat.rate) else { return Outcome::from(false) };
    absolutely(percent(base.value().abs(), rate.value()), vat.tax, below_one)
}

/// Applies a family to a group of this category; a group of no known category has no such rules.
pub fn apply<T>(
    examination: &mut Examination,
    family: &[Family<T>],
    code: &Option<String>,
    subject: &T,
    place: Place,
) {
    let code = category_of(examination.context.invoice, code.as_deref());
    let Some(category) = CATEGORIES.iter().find(|category| category.code == code) else { return };
    for rule in family {
        // The official CII tests of these two are empty.
        let empty = matches!(code, "L" | "M") && matches!(rule.number, 3 | 4);
        if examination.context.is_cii() && empty {
            continue;
        }
        let outcome = (rule.check)(&examination.context, category, subject);
        let text = || rule.text(category);
        examination.report(category.ids[rule.number], Severity::Fatal, rule.terms, text, outcome, place);
    }
}

impl<T> Family<T> {
    pub fn id(&self, category: &Category) -> &'static str {
        category.ids[self.number]
    }

    pub fn text(&self, category: &Category) -> Bilingual {
        Bilingual::new(self.de.replace("{}", category.de), self.en.replace("{}", category.en))
    }
}
