//! EN 16931 in CII: the VAT breakdown and the families of the VAT categories.

use super::{BASE, BOOK, at, in_row, reason, row};
use crate::edit::{Edit, drop, text};
use crate::{Case, case};

/// A category: code and family as in the ids, and what its rules ask.
struct Category {
    code: &'static str,
    family: &'static str,
    rate: Rate,
    /// A reason for not charging VAT is given.
    exempt: bool,
    /// Lacks what the rules ask of the parties; has just enough.
    numbers: (Vec<Edit>, Vec<Edit>),
    /// Taxable amounts beside a line of 50.00: too far from it, just near enough. None where nothing is asked.
    base: Option<(&'static str, &'static str)>,
}

enum Rate {
    /// A rate that breaks the rule, and one at the edge.
    Given(&'static str, &'static str),
    NotGiven,
}

#[rustfmt::skip]
fn categories() -> Vec<Category> {
    let zero = || Rate::Given("0.01", "0.00");
    let above = || Rate::Given("0", "0.01");
    vec![
        Category { code: "S", family: "S", rate: above(), exempt: false, numbers: (no_seller(), only_tax_number()), base: None },
        Category { code: "Z", family: "Z", rate: zero(), exempt: false, numbers: (no_seller(), only_tax_number()), base: Some(("51.00", "50.99")) },
        Category { code: "E", family: "E", rate: zero(), exempt: true, numbers: (no_seller(), only_tax_number()), base: Some(("49.00", "49.01")) },
        Category { code: "AE", family: "AE", rate: zero(), exempt: true, numbers: (no_buyer(), only_legal_buyer()), base: Some(("51.00", "50.99")) },
        Category { code: "K", family: "IC", rate: zero(), exempt: true, numbers: (no_buyer_vat(), only_representative()), base: Some(("51.00", "50.99")) },
        Category { code: "G", family: "G", rate: zero(), exempt: true, numbers: (only_tax_number(), only_representative()), base: Some(("51.00", "50.99")) },
        Category { code: "O", family: "O", rate: Rate::NotGiven, exempt: true, numbers: (only_tax_number(), no_vat()), base: Some(("50.01", "50")) },
        Category { code: "L", family: "AF", rate: above(), exempt: false, numbers: (no_seller(), only_tax_number()), base: None },
        Category { code: "M", family: "AG", rate: Rate::Given("-0.01", "0"), exempt: false, numbers: (no_seller(), only_tax_number()), base: None },
    ]
}

pub fn cases() -> Vec<Case> {
    let mut cases = breakdown();
    cases.extend(standard_rows());
    cases.extend(only_of_some_categories());
    for category in categories() {
        cases.extend(category.numbers_and_rates());
        if category.code != "S" {
            cases.extend(category.rows());
        }
    }
    cases
}

const SELLER_VAT: &str = at!(agreement "ram:SellerTradeParty/ram:SpecifiedTaxRegistration");
const SELLER_TAX: &str = at!(agreement "ram:SellerTradeParty/ram:SpecifiedTaxRegistration[2]");
const REPRESENTATIVE: &str = at!(agreement "ram:SellerTaxRepresentativeTradeParty");
const BUYER_VAT: &str = at!(agreement "ram:BuyerTradeParty/ram:SpecifiedTaxRegistration");
const BUYER_LEGAL: &str = at!(agreement "ram:BuyerTradeParty/ram:SpecifiedLegalOrganization");

fn no_seller() -> Vec<Edit> {
    vec![drop(SELLER_TAX), drop(SELLER_VAT), drop(REPRESENTATIVE)]
}

fn only_tax_number() -> Vec<Edit> {
    vec![drop(SELLER_VAT), drop(REPRESENTATIVE)]
}

fn only_representative() -> Vec<Edit> {
    vec![drop(SELLER_TAX), drop(SELLER_VAT)]
}

fn no_buyer() -> Vec<Edit> {
    vec![drop(BUYER_VAT), drop(BUYER_LEGAL)]
}

fn only_legal_buyer() -> Vec<Edit> {
    vec![drop(SELLER_VAT), drop(REPRESENTATIVE), drop(BUYER_VAT)]
}

fn no_buyer_vat() -> Vec<Edit> {
    vec![drop(BUYER_VAT)]
}

fn no_vat() -> Vec<Edit> {
    vec![drop(SELLER_VAT), drop(REPRESENTATIVE), drop(BUYER_VAT)]
}

/// Code and rate of a line, an allowance and a charge, with the members of the family that ask about them.
const TAXES: [(&str, &str, &str, &str); 3] = [
    (
        "02",
        "05",
        at!(line2 "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode"),
        at!(line2 "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:RateApplicablePercent"),
    ),
    (
        "03",
        "06",
        at!(allowance "ram:CategoryTradeTax/ram:CategoryCode"),
        at!(allowance "ram:CategoryTradeTax/ram:RateApplicablePercent"),
    ),
    (
        "04",
        "07",
        at!(charge "ram:CategoryTradeTax/ram:CategoryCode"),
        at!(charge "ram:CategoryTradeTax/ram:RateApplicablePercent"),
    ),
];
const LINE_CODE: &str = TAXES[0].2;
const ROW: &str = at!(settlement "ram:ApplicableTradeTax[2]");
const ROW_CODE: &str = at!(settlement "ram:ApplicableTradeTax[2]/ram:CategoryCode");
const ROW_BASE: &str = at!(settlement "ram:ApplicableTradeTax[2]/ram:BasisAmount");
const ROW_TAX: &str = at!(settlement "ram:ApplicableTradeTax[2]/ram:CalculatedAmount");
const ROW_RATE: &str = at!(settlement "ram:ApplicableTradeTax[2]/ram:RateApplicablePercent");
const ROW_TYPE: &str = at!(settlement "ram:ApplicableTradeTax[2]/ram:TypeCode");
const FIRST_ROW: &str = at!(settlement "ram:ApplicableTradeTax");
const FIRST_CODE: &str = at!(settlement "ram:ApplicableTradeTax/ram:CategoryCode");
const FIRST_TAX: &str = at!(settlement "ram:ApplicableTradeTax/ram:CalculatedAmount");
const FIRST_RATE: &str = at!(settlement "ram:ApplicableTradeTax/ram:RateApplicablePercent");
const REASON: &str = "<ram:ExemptionReason>so ist es</ram:ExemptionReason>";
const REASON_CODE: &str = "<ram:ExemptionReasonCode>VATEX-EU-O</ram:ExemptionReasonCode>";

impl Category {
    fn id(&self, member: &str) -> &'static str {
        format!("BR-{}-{member}", self.family).leak()
    }

    fn case(&self, member: &str, breaks: Vec<Edit>, holds: Vec<Edit>) -> Case {
        case(BOOK, BASE, self.id(member), breaks, holds)
    }

    /// -02 to -07.
    fn numbers_and_rates(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for (numbers, rates, code, rate) in TAXES {
            let with = |mut edits: Vec<Edit>| {
                edits.insert(0, text(code, self.code));
                edits
            };
            let (lacking, enough) = self.numbers.clone();
            cases.push(self.case(numbers, with(lacking), with(enough)));
            let (wrong, right) = match self.rate {
                Rate::Given(wrong, right) => (text(rate, wrong), text(rate, right)),
                Rate::NotGiven => (text(rate, "0"), drop(rate)),
            };
            cases.push(self.case(rates, with(vec![wrong]), with(vec![right])));
        }
        cases
    }

    /// -01 and -08 to -10, with the second line and the second row in the category.
    fn rows(&self) -> Vec<Case> {
        let line = text(LINE_CODE, self.code);
        let with = |edits: Vec<Edit>| {
            [vec![line.clone(), text(ROW_CODE, self.code), text(ROW_RATE, "0"), text(ROW_TAX, "0")], edits]
                .concat()
        };
        let mut cases = vec![match self.rate {
            Rate::NotGiven => self.case("01", vec![text(ROW_CODE, self.code)], vec![line.clone()]),
            _ => self.case("01", vec![line.clone()], with(vec![])),
        }];
        if let Some((far, near)) = self.base {
            cases.push(self.case("08", with(vec![text(ROW_BASE, far)]), with(vec![text(ROW_BASE, near)])));
            cases.push(self.case("09", with(vec![text(ROW_TAX, "0.01")]), with(vec![text(ROW_TAX, "-0")])));
            cases.push(self.case("09", with(vec![text(ROW_TAX, "-0.00")]), with(vec![text(ROW_TAX, "0.00")])));
        }
        let (breaks, holds) = if self.exempt {
            (with(vec![]), with(vec![in_row(REASON_CODE)]))
        } else {
            (with(vec![reason(REASON)]), with(vec![]))
        };
        cases.push(self.case("10", breaks, holds));
        cases
    }
}

/// -01 and -08 to -10 of category S, whose tax is computed.
#[rustfmt::skip]
fn standard_rows() -> Vec<Case> {
    vec![
        row("BR-S-01", vec![text(LINE_CODE, "Z"), text(ROW_CODE, "Z"), text(FIRST_CODE, "Z")],
            vec![text(LINE_CODE, "Z"), text(ROW_CODE, "Z")]),
        row("BR-S-08", vec![text(ROW_BASE, "50.01")], vec![text(ROW_BASE, "50.0")]),
        row("BR-S-08", vec![text(ROW_RATE, "7.01")], vec![text(ROW_RATE, "7.00")]),
        row("BR-S-09", vec![text(ROW_TAX, "4.50")], vec![text(ROW_TAX, "4.49")]),
        row("BR-S-09", vec![drop(ROW_RATE)], vec![text(ROW_TAX, "-2.51")]),
        row("BR-S-10", vec![reason(REASON)], vec![]),
        row("BR-S-10", vec![in_row(REASON_CODE)], vec![]),
    ]
}

#[rustfmt::skip]
fn only_of_some_categories() -> Vec<Case> {
    let not_subject = |edits: Vec<Edit>| [vec![text(ROW_CODE, "O"), text(LINE_CODE, "O")], edits].concat();
    let all_rows = || not_subject(vec![text(FIRST_CODE, "O"), text(at!(line "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode"), "O")]);
    let all_others = || not_subject(vec![text(TAXES[1].2, "O"), text(TAXES[2].2, "O")]);
    let delivered = at!(delivery "ram:ActualDeliverySupplyChainEvent");
    let period = at!(settlement "ram:BillingSpecifiedPeriod");
    vec![
        row("BR-IC-11", vec![text(ROW_CODE, "K"), drop(delivered), drop(period)],
            vec![text(ROW_CODE, "K"), drop(delivered), drop(at!(settlement "ram:BillingSpecifiedPeriod/ram:StartDateTime"))]),
        row("BR-IC-12", vec![text(ROW_CODE, "K"), drop(at!(delivery "ram:ShipToTradeParty/ram:PostalTradeAddress/ram:CountryID"))],
            vec![text(ROW_CODE, "K"), text(at!(delivery "ram:ShipToTradeParty/ram:PostalTradeAddress/ram:CountryID"), "")]),
        row("BR-O-11", not_subject(vec![]), all_rows()),
        row("BR-O-12", not_subject(vec![text(FIRST_CODE, "O")]), all_rows()),
        row("BR-O-13", not_subject(vec![text(TAXES[2].2, "O")]), all_others()),
        row("BR-O-14", not_subject(vec![text(TAXES[1].2, "O")]), all_others()),
    ]
}

#[rustfmt::skip]
fn breakdown() -> Vec<Case> {
    let tax_point = "<ram:TaxPointDate><udt:DateString format=\"102\">20261031</udt:DateString></ram:TaxPointDate>";
    let tax_point_code = "<ram:DueDateTypeCode>29</ram:DueDateTypeCode>";
    vec![
        row("BR-45", vec![drop(ROW_BASE)], vec![text(ROW_BASE, "")]),
        row("BR-46", vec![drop(ROW_TAX)], vec![text(ROW_TAX, "")]),
        row("BR-47", vec![drop(ROW_CODE)], vec![text(ROW_CODE, "")]),
        row("BR-47", vec![text(ROW_TYPE, "GST")], vec![text(ROW_TYPE, "vAt")]),
        // A row of category L is examined by the rules of its category alone.
        row("BR-48", vec![drop(ROW_RATE)], vec![text(ROW_CODE, "O"), drop(ROW_RATE)]),
        row("BR-CO-03", vec![in_row(tax_point), in_row(tax_point_code)], vec![in_row(tax_point_code)]),
        row("BR-CO-17", vec![text(ROW_TAX, "4.51")], vec![text(ROW_TAX, "4.50")]),
        row("BR-CO-17", vec![text(ROW_TAX, "0.50"), text(ROW_RATE, "0.49")], vec![text(ROW_TAX, "0.49"), text(ROW_RATE, "0.49")]),
        row("BR-CO-17", vec![drop(FIRST_RATE)], vec![drop(FIRST_RATE), text(FIRST_TAX, "0.49")]),
        row("BR-CO-18", vec![drop(ROW), drop(FIRST_ROW)], vec![drop(ROW)]),
    ]
}
