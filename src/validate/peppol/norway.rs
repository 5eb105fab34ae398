//! Norway: the seller is there.

use super::identifiers::is_norwegian;
use super::{party, single};
use crate::invoice::{cac, ram};
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{Context, Told, fatal_told, holds, inside, on_if, warning, warning_told};
use crate::validate::number::normalized_is;

#[rustfmt::skip]
pub const UBL: &[Context] = &[
    on_if(&[inside(&[cac::AccountingSupplierParty, cac::Party])], is_norwegian_seller, &[
        warning_told("NO-R-002", |seller| {
            let number = single(party::tax_numbers(seller, "TAX"))?;
            holds(number.is_some_and(|number| normalized_is(number.text(), REGISTER)))
        }),
        fatal_told("NO-R-001", |seller| is_vat_number(|| party::tax_numbers(seller, "VAT").map(Element::text))),
    ]),
];

#[rustfmt::skip]
pub const CII: &[Context] = &[
    on_if(&[inside(&[ram::SellerTradeParty])], is_norwegian_seller, &[
        warning("NO-R-002", |seller| {
            party::registered(seller, "FC").any(|number| normalized_is(number.text(), REGISTER))
        }),
        fatal_told("NO-R-001", |seller| is_vat_number(|| party::registered(seller, "VAT").map(Element::text))),
    ]),
];

/// Most sellers must say that they are in the register of business enterprises.
const REGISTER: &str = "Foretaksregisteret";

fn is_norwegian_seller(element: Element) -> bool {
    let country =
        if element.is_cii() { party::seller_country_cii(element) } else { party::seller_country(element) };
    party::names(country, "NO")
}

/// `NO`, an organization number, `MVA`. A number of another country is not asked.
fn is_vat_number<'d, Numbers: Iterator<Item = &'d str>>(numbers: impl Fn() -> Numbers) -> Told {
    if !numbers().any(|number| party::letters(number, 2) == "NO") {
        return holds(true);
    }
    let mut numbers = numbers();
    let number = numbers.next().unwrap_or_default();
    if numbers.next().is_some() {
        return Err(Undecided);
    }
    holds(party::after(number, 2).strip_suffix("MVA").is_some_and(is_norwegian))
}
