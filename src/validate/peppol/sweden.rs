//! Sweden: the seller is there.

use super::super::number::{double, normalize, normalized_is};
use super::identifiers::is_luhn_of_ten;
use super::{is_one_of, normalized_length, only_text, party, single};
use crate::invoice::Attribute::SchemeId;
use crate::invoice::{Name, cac, cbc, ram, rsm};
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{Context, Where, fatal, fatal_told, from, holds, inside, on_if, warning};
use crate::validate::number::trim;

#[rustfmt::skip]
pub const UBL: &[Context] = &[
    on_if(&[inside(&[cac::AccountingSupplierParty, cac::Party])], has_vat_number, &[
        fatal_told("SE-R-001", |seller| holds(normalized_length(vat_number(seller)?) == 14)),
        fatal_told("SE-R-002", |seller| holds(is_number(twelve(vat_number(seller)?)))),
    ]),
    on_if(&[inside(&[cac::AccountingSupplierParty, cac::Party, cac::PartyLegalEntity])], is_organization, &[
        fatal_told("SE-R-003", |entity| holds(is_number(only_text(entity, &[cbc::CompanyID])?))),
        fatal_told("SE-R-004", |entity| holds(normalized_length(only_text(entity, &[cbc::CompanyID])?) == 10)),
        fatal_told("SE-R-013", |entity| holds(is_luhn_of_ten(trim(only_text(entity, &[cbc::CompanyID])?)))),
    ]),
    on_if(&[inside(&[cac::AccountingSupplierParty, cac::Party, cac::PartyTaxScheme, cbc::CompanyID])], is_tax_status, &[
        fatal("SE-R-005", |status| is_f_tax(status.text())),
    ]),
    on_if(&[inside(&[cac::TaxCategory]), inside(&[cac::ClassifiedTaxCategory])], is_standard_rated, &[
        fatal_told("SE-R-006", |category| holds(is_rate(only_text(category, &[cbc::Percent])?))),
    ]),
    on_if(&[inside(&[cac::PaymentMeans, cac::PayeeFinancialAccount, cbc::ID])], |id| is_giro(id, "SE:PLUSGIRO"), &[
        warning("SE-R-007", |id| is_number(trim(id.text()))),
        warning("SE-R-010", |id| (2..=8).contains(&normalized_length(id.text()))),
    ]),
    on_if(&[inside(&[cac::PaymentMeans, cac::PayeeFinancialAccount, cbc::ID])], |id| is_giro(id, "SE:BANKGIRO"), &[
        warning("SE-R-008", |id| is_number(trim(id.text()))),
        warning("SE-R-009", |id| (7..=8).contains(&normalized_length(id.text()))),
    ]),
    on_if(&[inside(&[cac::PaymentMeans])], |means| is_from_sweden(means) && pays_exactly_by(means, &["50", "56"]), &[
        warning("SE-R-011", |_| false),
    ]),
    on_if(&[inside(&[cac::PaymentMeans])], |means| is_swedish(means) && pays_exactly_by(means, &["31"]), &[
        warning("SE-R-012", |_| false),
    ]),
];

#[rustfmt::skip]
pub const CII: &[Context] = &[
    on_if(SELLER, has_vat_number, &[
        fatal_told("SE-R-001", |seller| holds(normalized_length(vat_number(seller)?) == 14)),
        fatal_told("SE-R-002", |seller| holds(is_number(twelve(vat_number(seller)?)))),
    ]),
    on_if(&[inside(&[ram::ApplicableHeaderTradeAgreement, ram::SellerTradeParty, ram::SpecifiedLegalOrganization])],
        is_organization, &[
        fatal_told("SE-R-003", |entity| holds(is_number(only_text(entity, &[ram::ID])?))),
        fatal_told("SE-R-004", |entity| holds(normalized_length(only_text(entity, &[ram::ID])?) == 10)),
        fatal_told("SE-R-013", |entity| holds(is_luhn_of_ten(trim(only_text(entity, &[ram::ID])?)))),
    ]),
    on_if(&[inside(&[ram::ApplicableHeaderTradeAgreement, ram::SellerTradeParty, ram::SpecifiedTaxRegistration, ram::ID])],
        is_tax_status, &[
        fatal("SE-R-005", |status| is_f_tax(status.text())),
    ]),
    on_if(&[inside(&[ram::ApplicableTradeTax]), inside(&[ram::CategoryTradeTax])], is_taxed_in_sweden, &[
        fatal_told("SE-R-006", |tax| holds(is_rate(only_text(tax, &[ram::RateApplicablePercent])?))),
    ]),
    on_if(ACCOUNT, |id| is_giro(id, "SE:PLUSGIRO"), &[
        warning("SE-R-007", |id| is_number(trim(id.text()))),
        warning("SE-R-010", |id| (2..=8).contains(&normalized_length(id.text()))),
    ]),
    on_if(ACCOUNT, |id| is_giro(id, "SE:BANKGIRO"), &[
        warning("SE-R-008", |id| is_number(trim(id.text()))),
        warning("SE-R-009", |id| (7..=8).contains(&normalized_length(id.text()))),
    ]),
    on_if(MEANS, |means| is_from_sweden(means) && is_one_of(means, &[ram::TypeCode], &["50", "56"]), &[
        warning("SE-R-011", |_| false),
    ]),
    on_if(MEANS, |means| is_swedish(means) && is_one_of(means, &[ram::TypeCode], &["31"]), &[
        warning("SE-R-012", |_| false),
    ]),
];

const SELLER: &[Where] = &[inside(&[ram::ApplicableHeaderTradeAgreement, ram::SellerTradeParty])];
const MEANS: &[Where] = &[from(&[
    rsm::CrossIndustryInvoice,
    rsm::SupplyChainTradeTransaction,
    ram::ApplicableHeaderTradeSettlement,
    ram::SpecifiedTradeSettlementPaymentMeans,
])];
const ACCOUNT: &[Where] = &[from(&[
    rsm::CrossIndustryInvoice,
    rsm::SupplyChainTradeTransaction,
    ram::ApplicableHeaderTradeSettlement,
    ram::SpecifiedTradeSettlementPaymentMeans,
    ram::PayeePartyCreditorFinancialAccount,
    ram::ProprietaryID,
])];

fn seller(element: Element<'_>) -> Option<Element<'_>> {
    match element.is_cii() {
        true => party::agreement(element)?.kid(ram::SellerTradeParty),
        false => party::seller(element),
    }
}

fn is_from_sweden(element: Element) -> bool {
    party::address_country(seller(element)) == "SE"
}

fn is_swedish(element: Element) -> bool {
    let buyer = match element.is_cii() {
        true => party::agreement(element).and_then(|agreement| agreement.kid(ram::BuyerTradeParty)),
        false => party::buyer(element),
    };
    is_from_sweden(element) && party::address_country(buyer) == "SE"
}

/// The party is in Sweden by its address, and has a VAT identifier of Sweden.
fn has_vat_number(seller: Element) -> bool {
    let is_here = |number: Element| party::letters(number.text(), 2) == "SE";
    let has_number = match seller.is_cii() {
        true => party::registered(seller, "VAT").any(is_here),
        false => party::vat_numbers(seller).any(is_here),
    };
    has_number && party::address_country(Some(seller)) == "SE"
}

fn vat_number(seller: Element<'_>) -> Result<&str, Undecided> {
    let number = match seller.is_cii() {
        true => single(party::registered(seller, "VAT"))?,
        false => single(party::vat_numbers(seller))?,
    };
    Ok(number.map_or("", Element::text))
}

/// The twelve characters behind the country.
fn twelve(number: &str) -> &str {
    party::letters(party::after(number, 2), 12)
}

fn is_number(text: &str) -> bool {
    !double(text).is_nan()
}

/// A registered organization of a seller in Sweden.
fn is_organization(entity: Element) -> bool {
    let number: &[Name] = if entity.is_cii() { &[ram::ID] } else { &[cbc::CompanyID] };
    entity.has(number) && party::address_country(entity.parent()) == "SE"
}

/// What such a seller says about its tax besides the VAT identifier.
fn is_tax_status(status: Element) -> bool {
    let Some(registration) = status.parent() else { return false };
    let Some(seller) = registration.parent() else { return false };
    let (is_status, number): (bool, &[Name]) = match status.is_cii() {
        true => (status.attribute(SchemeId) == Some("FC"), &[ram::SpecifiedLegalOrganization, ram::ID]),
        false => {
            let scheme = only_text(registration, &[cac::TaxScheme, cbc::ID]).unwrap_or("VAT");
            (!normalized_is(&scheme.to_uppercase(), "VAT"), &[cac::PartyLegalEntity, cbc::CompanyID])
        }
    };
    is_status && seller.has(number) && party::address_country(Some(seller)) == "SE"
}

fn is_f_tax(text: &str) -> bool {
    normalize(&text.to_uppercase()) == "GODKÄND FÖR F-SKATT"
}

fn is_standard_rated(category: Element) -> bool {
    category.equals(&[cbc::ID], "S") && is_taxed_in_sweden(category)
}

fn is_taxed_in_sweden(element: Element) -> bool {
    seller(element).is_some_and(has_vat_number)
}

fn is_rate(percent: &str) -> bool {
    [25.0, 12.0, 6.0].contains(&double(percent))
}

/// The account of a credit transfer that goes through a Swedish giro.
fn is_giro(account: Element, giro: &str) -> bool {
    let Some(means) = account.parent().and_then(Element::parent) else { return false };
    let (code, bank): (&[Name], &[Name]) = match account.is_cii() {
        true => (&[ram::TypeCode], &[ram::PayeeSpecifiedCreditorFinancialInstitution, ram::BICID]),
        false => {
            (&[cbc::PaymentMeansCode], &[cac::PayeeFinancialAccount, cac::FinancialInstitutionBranch, cbc::ID])
        }
    };
    is_one_of(means, code, &["30"]) && is_one_of(means, bank, &[giro]) && is_from_sweden(account)
}

fn pays_exactly_by(means: Element, codes: &[&str]) -> bool {
    codes.iter().any(|code| means.equals(&[cbc::PaymentMeansCode], code))
}
