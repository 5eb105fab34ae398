//! Denmark: the seller is there, and for most rules the buyer, too.

use super::super::number::{double, trim};
use super::{is_digits, is_one_of, normalized_length, only_text, party, speaks};
use crate::invoice::Attribute::{ListId, ListVersionId, SchemeId};
use crate::invoice::{Name, cac, cbc, cn, inv, ram, rsm};
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{Context, Where, fatal, fatal_told, holds, inside, on_if, warning};

#[rustfmt::skip]
pub const UBL: &[Context] = &[
    on_if(&[inside(&[inv::Invoice]), inside(&[cn::CreditNote])], is_from_denmark, &[
        fatal_told("DK-R-002", |invoice| holds(speaks(invoice, SELLER_NUMBER)?)),
        fatal_told("DK-R-014", |invoice| {
            holds(invoice.only(SELLER_NUMBER)?.is_none_or(|number| has_scheme(number, "0184")))
        }),
        fatal_told("DK-R-016", |invoice| {
            let total = only_text(invoice, &[cac::LegalMonetaryTotal, cbc::PayableAmount])?;
            holds(!(invoice.is(cn::CreditNote) && is_to_denmark(invoice) && double(total) < 0.0))
        }),
    ]),
    on_if(&[
        inside(&[cac::AccountingSupplierParty, cac::Party, cac::PartyIdentification]),
        inside(&[cac::AccountingCustomerParty, cac::Party, cac::PartyIdentification]),
    ], is_danish, &[
        fatal_told("DK-R-013", |party| {
            let id = party.only(&[cbc::ID])?;
            holds(id.is_none_or(|id| !trim(id.attribute(SchemeId).unwrap_or_default()).is_empty()))
        }),
    ]),
    on_if(&[inside(&[inv::Invoice, cac::PaymentMeans])], is_danish, &[
        fatal_told("DK-R-005", |means| holds(is_allowed(only_text(means, &[cbc::PaymentMeansCode])?))),
        fatal_told("DK-R-006", |means| {
            let branch: &[Name] = &[cac::PayeeFinancialAccount, cac::FinancialInstitutionBranch, cbc::ID];
            let pays = pays_by(means, "31") || pays_by(means, "42");
            holds(!pays || speaks(means, ACCOUNT)? && speaks(means, branch)?)
        }),
        fatal_told("DK-R-007", |means| {
            let payer: &[Name] = &[cac::PaymentMandate, cac::PayerFinancialAccount, cbc::ID];
            holds(!pays_by(means, "49") || speaks(means, &[cac::PaymentMandate, cbc::ID])? && speaks(means, payer)?)
        }),
        fatal_told("DK-R-008", |means| {
            let account = only_text(means, ACCOUNT)?;
            let is_account = is_digits(account, 7) || is_digits(account, 8);
            holds(!pays_by(means, "50") || begins(payment_id(means)?, &["01#", "04#", "15#"]) && is_account)
        }),
        fatal_told("DK-R-009", |means| {
            let long = is_long(payment_id(means)?, &["04#", "15#"], &[19]);
            holds(!pays_by(means, "50") || long)
        }),
        fatal_told("DK-R-010", |means| {
            let is_account = only_text(means, ACCOUNT)?.chars().count() == 8;
            holds(!pays_by(means, "93") || begins(payment_id(means)?, &["71#", "73#", "75#"]) && is_account)
        }),
        fatal_told("DK-R-011", |means| {
            let long = is_long(payment_id(means)?, &["71#", "75#"], &[18, 19]);
            holds(!pays_by(means, "93") || long)
        }),
    ]),
    on_if(&[inside(&[cac::AccountingCustomerParty, cac::Party])], is_danish, &[
        fatal_told("DK-R-017", |buyer| {
            let number = buyer.only(&[cac::PartyLegalEntity, cbc::CompanyID])?;
            holds(number.is_none_or(|number| has_scheme(number, "0184")))
        }),
    ]),
    on_if(&[inside(&[cac::InvoiceLine]), inside(&[cac::CreditNoteLine])], is_danish, &[
        fatal("DK-R-003", |line| {
            is_unspsc_known(line, &[cac::Item, cac::CommodityClassification, cbc::ItemClassificationCode])
        }),
    ]),
    on_if(&[inside(&[cac::AllowanceCharge])], is_danish, &[
        fatal_told("DK-R-004", |charge| {
            let is_tax = charge.equals(&[cbc::AllowanceChargeReasonCode], "ZZZ");
            holds(!is_tax || is_tax_category(charge, &[cbc::AllowanceChargeReason])?)
        }),
    ]),
];

#[rustfmt::skip]
pub const CII: &[Context] = &[
    on_if(&[inside(&[rsm::CrossIndustryInvoice])], is_from_denmark, &[
        fatal_told("DK-R-002", |invoice| holds(seller_speaks(invoice)?)),
        fatal_told("DK-R-004", |invoice| {
            let charge: &[Name] = &[ram::SpecifiedTradeAllowanceCharge, ram::ReasonCode];
            let Some(settlement) = party::settlement(invoice) else { return holds(true) };
            let is_tax = is_to_denmark(invoice) && settlement.equals(charge, "ZZZ");
            holds(!is_tax || is_tax_category(settlement, &[ram::SpecifiedTradeAllowanceCharge, ram::Reason])?)
        }),
        fatal_told("DK-R-013", |invoice| {
            let Some(agreement) = party::agreement(invoice) else { return holds(true) };
            let seller = names_its_scheme(agreement, ram::SellerTradeParty)?;
            holds(!is_to_denmark(invoice) || seller && names_its_scheme(agreement, ram::BuyerTradeParty)?)
        }),
        fatal_told("DK-R-014", |invoice| {
            let Some(agreement) = party::agreement(invoice) else { return holds(true) };
            holds(agreement.only(SELLER_NUMBER_CII)?.is_none_or(|number| has_scheme(number, "0184")))
        }),
        fatal_told("DK-R-016", |invoice| {
            let total: &[Name] = &[ram::SpecifiedTradeSettlementHeaderMonetarySummation, ram::DuePayableAmount];
            let Some(settlement) = party::settlement(invoice) else { return holds(true) };
            let is_credit = is_one_of(invoice, &[rsm::ExchangedDocument, ram::TypeCode], &["381"]);
            holds(!(is_to_denmark(invoice) && is_credit && double(only_text(settlement, total)?) < 0.0))
        }),
    ]),
    on_if(MEANS_CII, is_danish, &[
        fatal_told("DK-R-005", |means| holds(is_allowed(only_text(means, &[ram::TypeCode])?))),
        fatal_told("DK-R-006", |means| {
            let bank: &[Name] = &[ram::PayeeSpecifiedCreditorFinancialInstitution, ram::BICID];
            let pays = pays_by(means, "31") || pays_by(means, "42");
            holds(!pays || speaks(means, ACCOUNT_CII)? && speaks(means, bank)?)
        }),
        // The official test looks for the mandate where the schema does not allow it.
        fatal("DK-R-007", |means| !pays_by(means, "49")),
        fatal_told("DK-R-008", |means| {
            let is_account = only_text(means, ACCOUNT_CII)?.chars().count() == 7;
            holds(!pays_by(means, "50") || begins(payment_id(means)?, &["01#", "04#", "15#"]) && is_account)
        }),
        fatal_told("DK-R-009", |means| {
            let long = is_long(payment_id(means)?, &["04#", "15#"], &[19]);
            holds(!pays_by(means, "50") || long)
        }),
        fatal_told("DK-R-010", |means| {
            let is_account = only_text(means, ACCOUNT_CII)?.chars().count() == 8;
            holds(!pays_by(means, "93") || begins(payment_id(means)?, &["71#", "73#", "75#"]) && is_account)
        }),
        fatal_told("DK-R-011", |means| {
            let long = is_long(payment_id(means)?, &["71#", "75#"], &[18, 19]);
            holds(!pays_by(means, "93") || long)
        }),
    ]),
    on_if(&[inside(&[rsm::SupplyChainTradeTransaction, ram::IncludedSupplyChainTradeLineItem])], is_danish, &[
        warning("DK-R-003", |line| {
            is_unspsc_known(line, &[ram::SpecifiedTradeProduct, ram::DesignatedProductClassification, ram::ClassCode])
        }),
    ]),
];

const SELLER_NUMBER: &[Name] =
    &[cac::AccountingSupplierParty, cac::Party, cac::PartyLegalEntity, cbc::CompanyID];
const SELLER_NUMBER_CII: &[Name] = &[ram::SellerTradeParty, ram::SpecifiedLegalOrganization, ram::ID];
const ACCOUNT: &[Name] = &[cac::PayeeFinancialAccount, cbc::ID];
const ACCOUNT_CII: &[Name] = &[ram::PayeePartyCreditorFinancialAccount, ram::IBANID];
const MEANS_CII: &[Where] =
    &[inside(&[ram::ApplicableHeaderTradeSettlement, ram::SpecifiedTradeSettlementPaymentMeans])];

fn is_from_denmark(element: Element) -> bool {
    let seller = if element.is_cii() { seller_cii(element) } else { party::seller(element) };
    party::address_country(seller) == "DK"
}

fn is_to_denmark(element: Element) -> bool {
    let buyer = if element.is_cii() { buyer_cii(element) } else { party::buyer(element) };
    party::address_country(buyer) == "DK"
}

fn is_danish(element: Element) -> bool {
    is_from_denmark(element) && is_to_denmark(element)
}

fn seller_cii(element: Element<'_>) -> Option<Element<'_>> {
    party::agreement(element)?.kid(ram::SellerTradeParty)
}

fn buyer_cii(element: Element<'_>) -> Option<Element<'_>> {
    party::agreement(element)?.kid(ram::BuyerTradeParty)
}

fn seller_speaks(invoice: Element) -> Result<bool, Undecided> {
    party::agreement(invoice).map_or(Ok(false), |agreement| speaks(agreement, SELLER_NUMBER_CII))
}

fn has_scheme(id: Element, scheme: &str) -> bool {
    id.attribute(SchemeId).is_some_and(|given| trim(given) == scheme)
}

/// No global identifier of the party, or its scheme with it.
fn names_its_scheme(agreement: Element, role: Name) -> Result<bool, Undecided> {
    let path = [role, ram::GlobalID];
    let mut schemes = agreement.down(&path).filter_map(|id| id.attribute(SchemeId));
    let scheme = schemes.next();
    if schemes.next().is_some() {
        return Err(Undecided);
    }
    Ok(!agreement.has(&path) || !trim(scheme.unwrap_or_default()).is_empty())
}

fn pays_by(means: Element, code: &str) -> bool {
    means.equals(if means.is_cii() { &[ram::TypeCode] } else { &[cbc::PaymentMeansCode] }, code)
}

/// Officially a text searched in a list written out, so that `1 10` passes.
fn is_allowed(code: &str) -> bool {
    " 1 10 31 42 48 49 50 58 59 93 97 ".contains(&format!(" {code} "))
}

fn payment_id(means: Element<'_>) -> Result<&str, Undecided> {
    match means.parent() {
        Some(settlement) if means.is_cii() => only_text(settlement, &[ram::PaymentReference]),
        _ => only_text(means, &[cbc::PaymentID]),
    }
}

/// The kind of payment slip stands at the beginning.
fn begins(payment_id: &str, kinds: &[&str]) -> bool {
    kinds.iter().any(|kind| payment_id.starts_with(kind))
}

/// With these kinds of payment slip the identifier is so long.
fn is_long(payment_id: &str, kinds: &[&str], lengths: &[usize]) -> bool {
    !begins(payment_id, kinds) || lengths.contains(&payment_id.chars().count())
}

/// Where UNSPSC is used, one classification is of a version that is known.
fn is_unspsc_known(line: Element, path: &[Name]) -> bool {
    let is_unspsc = line.down(path).any(|code| code.attribute(ListId) == Some("TST"));
    let versions = [Some("19.05.01"), Some("19.0501"), Some("26.08.01"), Some("26.0801")];
    !is_unspsc || line.down(path).any(|code| versions.contains(&code.attribute(ListVersionId)))
}

/// Four digits of a tax category, or a `#` that is neither first nor last.
fn is_tax_category(element: Element, path: &[Name]) -> Result<bool, Undecided> {
    let reason = only_text(element, path)?;
    let number = double(reason);
    let four = normalized_length(reason) == 4 && (0.0..=9999.0).contains(&number);
    Ok(four || reason.contains('#') && !reason.starts_with('#') && !reason.ends_with('#'))
}
