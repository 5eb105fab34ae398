//! What the VAT rules of UBL ask of all lines, allowances and charges: looked up once in a document.
//!
//! In: a document. Out: [`Sums`]. Absent on purpose: the rules; and references, as the document keeps this.

use super::questions::{code, is_allowance, is_charge, is_vat, minus, plus};
use super::vat::{CATEGORIES, number_of};
use crate::invoice::{cac, cbc};
use crate::validate::element::{Element, Kept, Undecided};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// What is asked of the document as a whole.
#[derive(Default)]
pub struct Sums {
    /// Categories of lines, whatever the tax, and of VAT alone.
    pub line: Categories,
    pub line_vat: Categories,
    /// Categories of anything but lines.
    pub any_vat: Categories,
    /// Categories of allowances and charges, wherever they stand.
    pub adjusts: Categories,
    pub adjusts_vat: Categories,
    pub allowance_vat: Categories,
    pub charge_vat: Categories,
    /// With the code as written.
    pub exact_charge_vat: Categories,
    /// Of those on the invoice as a whole.
    pub root_allowance_vat: Categories,
    pub root_charge_vat: Categories,
    /// Some category is another than O.
    pub other_line: bool,
    pub other_allowance: bool,
    pub other_charge: bool,
    /// Some category is B, the Italian split payment.
    pub split_payment: bool,
    pub has_lines: bool,
    shares: HashMap<(usize, Option<Decimal>), Share>,
}

/// A set of places in [`CATEGORIES`].
#[derive(Default, Clone, Copy)]
pub struct Categories(u16);

impl Categories {
    pub fn has(self, number: usize) -> bool {
        self.0 >> number & 1 == 1
    }

    fn add(&mut self, number: usize) {
        self.0 |= 1 << number;
    }
}

/// What one category, or one rate of it, has.
#[derive(Default, Clone, Copy)]
pub struct Share {
    lines: Sum,
    charges: Sum,
    allowances: Sum,
    pub has_line: bool,
    /// Some allowance or charge in the document, be it one of a line.
    pub adjusts: bool,
}

impl Share {
    pub fn lines(self) -> Result<Decimal, Undecided> {
        self.lines.0
    }

    /// Charges less allowances.
    pub fn adjusted(self) -> Result<Decimal, Undecided> {
        minus(self.charges.0?, self.allowances.0?)
    }
}

#[derive(Clone, Copy)]
struct Sum(Result<Decimal, Undecided>);

impl Default for Sum {
    fn default() -> Self {
        Sum(Ok(Decimal::ZERO))
    }
}

impl Sum {
    fn add(&mut self, amount: Result<Option<Decimal>, Undecided>) {
        self.0 = self.0.and_then(|sum| plus(sum, amount?.unwrap_or_default()));
    }
}

/// Those of the document an element stands in.
pub fn sums(e: Element<'_>) -> &Sums {
    e.doc.once(Kept::UblSums, || Sums::of(e.root()))
}

impl Sums {
    fn of(root: Element) -> Self {
        let mut sums = Sums::default();
        for category in root.doc.all(cac::ClassifiedTaxCategory) {
            sums.see_line_category(category);
        }
        for category in root.doc.all(cac::TaxCategory) {
            sums.see_category(category);
        }
        let mut keys = Keys::default();
        for line in root.children().filter(|e| e.is(cac::InvoiceLine) || e.is(cac::CreditNoteLine)) {
            sums.has_lines = true;
            keys.read(line.kids(cac::Item).flat_map(|item| item.kids(cac::ClassifiedTaxCategory)));
            sums.count_line(line, &keys);
        }
        for adjustment in root.doc.all(cac::AllowanceCharge) {
            keys.read(adjustment.kids(cac::TaxCategory));
            sums.count_adjustment(adjustment, &keys);
        }
        sums
    }

    /// A category, or one rate of it.
    pub fn share(&self, number: usize, rate: Option<Decimal>) -> Share {
        self.shares.get(&(number, rate)).copied().unwrap_or_default()
    }

    fn see_line_category(&mut self, category: Element) {
        let is_vat = is_vat(category);
        self.other_line |= is_vat && code(category) != "O";
        let Some(number) = number_of(code(category)) else {
            self.split_payment |= category.equals(&[cbc::ID], "B");
            return;
        };
        self.line.add(number);
        if is_vat {
            self.line_vat.add(number);
        }
    }

    fn see_category(&mut self, category: Element) {
        self.split_payment |= category.equals(&[cbc::ID], "B");
        let (is_vat, number) = (is_vat(category), number_of(code(category)));
        if let (true, Some(number)) = (is_vat, number) {
            self.any_vat.add(number);
        }
        let Some(adjustment) = category.parent().filter(|parent| parent.is(cac::AllowanceCharge)) else {
            return;
        };
        let (is_allowance, is_charge) = (is_allowance(adjustment), is_charge(adjustment));
        if is_vat && code(category) != "O" {
            self.other_allowance |= is_allowance;
            self.other_charge |= is_charge;
        }
        let Some(number) = number else { return };
        self.adjusts.add(number);
        if is_vat {
            self.adjusts_vat.add(number);
            self.see_adjustment(category, adjustment, number);
        }
    }

    fn see_adjustment(&mut self, category: Element, adjustment: Element, number: usize) {
        let is_of_invoice = adjustment.parent() == Some(adjustment.root());
        if is_allowance(adjustment) {
            self.allowance_vat.add(number);
            if is_of_invoice {
                self.root_allowance_vat.add(number);
            }
        }
        if is_charge(adjustment) {
            self.charge_vat.add(number);
            if is_of_invoice {
                self.root_charge_vat.add(number);
            }
            if category.equals(&[cbc::ID], CATEGORIES[number].code) {
                self.exact_charge_vat.add(number);
            }
        }
    }

    fn count_line(&mut self, line: Element, keys: &Keys) {
        let amount = line.number(&[cbc::LineExtensionAmount]);
        self.each_share(keys, |share| {
            share.lines.add(amount);
            share.has_line = true;
        });
    }

    /// On a line it is only noted that it is there.
    fn count_adjustment(&mut self, adjustment: Element, keys: &Keys) {
        let is_of_invoice = adjustment.parent() == Some(adjustment.root());
        let is_charge = is_of_invoice && is_charge(adjustment);
        let is_allowance = is_of_invoice && is_allowance(adjustment);
        let amount = adjustment.number(&[cbc::Amount]);
        self.each_share(keys, |share| {
            share.adjusts = true;
            if is_charge {
                share.charges.add(amount);
            }
            if is_allowance {
                share.allowances.add(amount);
            }
        });
    }

    fn each_share(&mut self, keys: &Keys, mut count: impl FnMut(&mut Share)) {
        for (number, category) in CATEGORIES.iter().enumerate().filter(|(number, _)| keys.codes.has(*number)) {
            if !category.is_by_rate() {
                count(self.shares.entry((number, None)).or_default());
                continue;
            }
            for rate in &keys.rates {
                count(self.shares.entry((number, Some(*rate))).or_default());
            }
        }
    }
}

/// Where an amount counts. The official test asks code and rate one after the other, so that of several
/// categories every code meets every rate.
#[derive(Default)]
struct Keys {
    codes: Categories,
    rates: Vec<Decimal>,
}

impl Keys {
    fn read<'d>(&mut self, categories: impl Iterator<Item = Element<'d>>) {
        self.codes = Categories::default();
        self.rates.clear();
        for category in categories {
            if let Some(number) = number_of(code(category)) {
                self.codes.add(number);
            }
            // A rate beyond what we can hold is none that a row could have.
            self.rates.extend(category.number(&[cbc::Percent]).ok().flatten());
        }
        self.rates.sort_unstable();
        self.rates.dedup();
    }
}
