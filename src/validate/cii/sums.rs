//! What the rules ask of the whole invoice, computed once: counts, sums, and the numbers of the parties.
//!
//! In: a document. Out: [`Sums`]. The official tests add up all lines for each row of the VAT breakdown; here
//! one walk serves them all. Absent on purpose: rules.

use super::questions::{header, is_allowance, is_charge, is_registered, somewhere};
use super::vat::{CODES, Category, Standard, number_of};
use crate::invoice::{Name, Node, ram, rsm, udt};
use crate::validate::element::{Element, Kept, Undecided};
use crate::validate::number::{round2, round2_double};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The answers about the document of an element.
pub fn sums(e: Element<'_>) -> &Sums {
    e.doc.once(Kept::CiiSums, || Sums::of(e.root()))
}

#[derive(Default)]
pub struct Sums {
    /// Of all line net amounts (BT-131), in doubles as the official test adds them.
    pub lines: f64,
    /// Document level allowances (BT-92).
    pub allowances: Added,
    /// Document level charges (BT-99).
    pub charges: Added,
    /// Of the tax amounts in the VAT breakdown (BT-117); none where there is no amount.
    pub tax: Option<f64>,
    /// The VAT breakdown has a row.
    pub has_row: bool,
    /// `//ram:ApplicableTradeTax` with another category than O.
    pub has_taxed_line_or_row: bool,
    /// `//ram:CategoryTradeTax` with another category than O.
    pub has_taxed_allowance_or_charge: bool,
    pub parties: Parties,
    categories: [Totals; CODES.len()],
    /// Amounts with category S, by rate.
    standard: BTreeMap<Decimal, (Exact, Option<Node>)>,
    has_undecided_rate: bool,
}

/// Allowances or charges of the whole invoice.
#[derive(Default)]
pub struct Added {
    pub is_there: bool,
    /// Of their amounts, in doubles; none where there is no amount.
    pub sum: Option<f64>,
}

/// What identifies the parties.
#[derive(Default)]
pub struct Parties {
    /// BT-31 or BT-63.
    pub seller_vat: bool,
    /// BT-31, BT-32 or BT-63.
    pub seller_vat_or_tax: bool,
    /// BT-48.
    pub buyer_vat: bool,
    /// BT-47.
    pub buyer_legal: bool,
}

/// Of one VAT category.
#[derive(Default)]
pub struct Totals {
    /// Rows of the VAT breakdown (BT-118).
    pub rows: usize,
    /// Invoice lines (BT-151).
    pub lines: usize,
    /// Allowances and charges of any level (BT-95, BT-102).
    pub others: usize,
    doubles: [f64; 3],
    exact: Exact,
}

/// Sums in decimals; undecided where an amount is given twice or they grow beyond what we can hold.
#[derive(Default)]
struct Exact {
    sums: [Decimal; 3],
    has_amount: bool,
    is_undecided: bool,
}

#[derive(Clone, Copy)]
enum Side {
    Line,
    Charge,
    Allowance,
}

impl Sums {
    fn of(root: Element) -> Self {
        let mut sums = Self { parties: Parties::of(root), ..Self::default() };
        sums.count(root);
        for transaction in root.kids(rsm::SupplyChainTradeTransaction) {
            for line in transaction.kids(ram::IncludedSupplyChainTradeLineItem) {
                for settlement in line.kids(ram::SpecifiedLineTradeSettlement) {
                    sums.add_line(settlement);
                }
            }
        }
        for settlement in header(root, ram::ApplicableHeaderTradeSettlement) {
            for row in settlement.kids(ram::ApplicableTradeTax) {
                sums.has_row = true;
                sums.tax = plus(sums.tax, row, ram::CalculatedAmount);
            }
            for charge in settlement.kids(ram::SpecifiedTradeAllowanceCharge) {
                sums.add_allowance_or_charge(charge);
            }
        }
        sums
    }

    /// How often each category occurs, wherever the official tests look for it.
    fn count(&mut self, root: Element) {
        for tax in root.doc.all(ram::ApplicableTradeTax) {
            self.has_taxed_line_or_row |= is_other_than_not_subject(tax);
            let Some(totals) = category(tax).map(|number| &mut self.categories[number]) else { continue };
            match tax.parent().map(Element::name) {
                Some(ram::ApplicableHeaderTradeSettlement) => totals.rows += 1,
                Some(ram::SpecifiedLineTradeSettlement) => totals.lines += 1,
                _ => {}
            }
        }
        for tax in root.doc.all(ram::CategoryTradeTax) {
            self.has_taxed_allowance_or_charge |= is_other_than_not_subject(tax);
            if let Some(number) = category(tax) {
                self.categories[number].others += 1;
            }
        }
    }

    fn add_line(&mut self, settlement: Element) {
        for summation in settlement.kids(ram::SpecifiedTradeSettlementLineMonetarySummation) {
            for amount in summation.kids(ram::LineTotalAmount) {
                self.lines += amount.double();
            }
            self.add(Side::Line, settlement, ram::ApplicableTradeTax, summation, ram::LineTotalAmount);
        }
    }

    fn add_allowance_or_charge(&mut self, e: Element) {
        // The tests of some categories cast the indicator and break off where there is none.
        if !e.has(&[ram::ChargeIndicator, udt::Indicator]) {
            self.categories.iter_mut().for_each(|totals| totals.exact.is_undecided = true);
        }
        if is_charge(e) {
            self.charges = self.charges.with(e);
            self.add(Side::Charge, e, ram::CategoryTradeTax, e, ram::ActualAmount);
        }
        if is_allowance(e) {
            self.allowances = self.allowances.with(e);
            self.add(Side::Allowance, e, ram::CategoryTradeTax, e, ram::ActualAmount);
        }
    }

    /// An amount counts for every category and rate that is given beside it, not only for those of the same tax.
    fn add(&mut self, side: Side, e: Element, tax: Name, around: Element, amount: Name) {
        let given = e.kids(tax).filter_map(category).fold(0u16, |given, number| given | 1 << number);
        if given == 0 {
            return;
        }
        let exact = around.number(&[amount]);
        for (number, totals) in (0..).zip(&mut self.categories) {
            if given & 1 << number != 0 {
                around.kids(amount).for_each(|amount| totals.doubles[side as usize] += amount.double());
                totals.exact.add(side, exact);
            }
        }
        if given & 1 << Standard::NUMBER != 0 {
            self.add_by_rate(side, e.kids(tax), around.node, exact);
        }
    }

    fn add_by_rate<'d>(
        &mut self,
        side: Side,
        taxes: impl Iterator<Item = Element<'d>>,
        node: Node,
        exact: Result<Option<Decimal>, Undecided>,
    ) {
        for tax in taxes {
            let rate = match tax.number(&[ram::RateApplicablePercent]) {
                Ok(Some(rate)) => rate,
                Ok(None) => continue,
                Err(Undecided) => {
                    self.has_undecided_rate = true;
                    continue;
                }
            };
            let (sum, last) = self.standard.entry(rate).or_default();
            // The same rate twice on a line is the same line once.
            if last.replace(node) != Some(node) {
                sum.add(side, exact);
            }
        }
    }

    /// What is known of a category, by its code.
    pub fn category(&self, number: usize) -> &Totals {
        &self.categories[number]
    }

    /// Lines plus charges less allowances of category S with this rate; none where there is nothing to add.
    pub fn standard(&self, rate: Decimal) -> Result<Option<Decimal>, Undecided> {
        if self.has_undecided_rate {
            return Err(Undecided);
        }
        self.standard.get(&rate).map_or(Ok(None), |(sum, _)| sum.total())
    }
}

impl Added {
    fn with(&self, e: Element) -> Self {
        Self { is_there: true, sum: plus(self.sum, e, ram::ActualAmount) }
    }
}

/// The sum so far and all amounts of this name, added in the order of the document.
fn plus(sum: Option<f64>, e: Element, amount: Name) -> Option<f64> {
    let mut amounts = e.kids(amount).map(Element::double);
    let first = sum.or_else(|| amounts.next())?;
    Some(amounts.fold(first, |sum, amount| sum + amount))
}

impl Totals {
    /// Lines plus charges less allowances, each rounded, in doubles.
    pub fn in_doubles(&self) -> f64 {
        let [lines, charges, allowances] = self.doubles.map(round2_double);
        lines + charges - allowances
    }

    /// The same in decimals; none where there is nothing to add.
    pub fn exactly(&self) -> Result<Option<Decimal>, Undecided> {
        self.exact.total()
    }
}

impl Exact {
    fn add(&mut self, side: Side, amount: Result<Option<Decimal>, Undecided>) {
        let Ok(amount) = amount else {
            self.is_undecided = true;
            return;
        };
        let Some(amount) = amount else { return };
        self.has_amount = true;
        let sum = &mut self.sums[side as usize];
        match sum.checked_add(amount) {
            Some(added) => *sum = added,
            None => self.is_undecided = true,
        }
    }

    fn total(&self) -> Result<Option<Decimal>, Undecided> {
        if self.is_undecided {
            return Err(Undecided);
        }
        let [lines, charges, allowances] = self.sums.map(round2);
        let total = lines.checked_add(charges).and_then(|sum| sum.checked_sub(allowances)).ok_or(Undecided)?;
        Ok(self.has_amount.then_some(total))
    }
}

impl Parties {
    /// A valid document has each party at most once, so that every way of looking for them finds the same.
    fn of(root: Element) -> Self {
        let registered =
            |party, schemes: &[&str]| root.doc.all(party).any(|party| is_registered(party, schemes));
        let represented = registered(ram::SellerTaxRepresentativeTradeParty, &["VA"]);
        Self {
            seller_vat: represented || registered(ram::SellerTradeParty, &["VA"]),
            seller_vat_or_tax: represented || registered(ram::SellerTradeParty, &["VA", "FC"]),
            buyer_vat: registered(ram::BuyerTradeParty, &["VA"]),
            buyer_legal: somewhere(root, ram::BuyerTradeParty, &[ram::SpecifiedLegalOrganization, ram::ID]),
        }
    }
}

/// The category of a tax, as its place in [`CODES`].
fn category(tax: Element) -> Option<usize> {
    tax.kid(ram::CategoryCode).and_then(|code| number_of(code.text()))
}

fn is_other_than_not_subject(tax: Element) -> bool {
    tax.kids(ram::CategoryCode).any(|code| code.text() != "O")
}
