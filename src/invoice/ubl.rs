//! UBL 2.1 Invoice and CreditNote.
//!
//! In: a [`Tree`]. Out: [`Invoice`], by the binding of EN 16931-3-2. Absent on purpose: judging.

use super::model::*;
use super::names::Attribute::{ListId, ListVersionId, Name as NameAttribute, UnitCode};
use super::names::Name;
use super::reading::{At, Reading, trim, written};
use super::tree::{Node, Tree};
use super::vocabulary::{cac, cbc, cn, ubl};
use super::{Amount, Term, bg, bt};
use std::collections::BTreeMap;

/// What the two documents call differently.
struct Words {
    root: Name,
    type_code: Name,
    line: Name,
    quantity: Name,
}

const INVOICE: Words = Words {
    root: ubl::Invoice,
    type_code: cbc::InvoiceTypeCode,
    line: cac::InvoiceLine,
    quantity: cbc::InvoicedQuantity,
};

const CREDIT_NOTE: Words = Words {
    root: cn::CreditNote,
    type_code: cbc::CreditNoteTypeCode,
    line: cac::CreditNoteLine,
    quantity: cbc::CreditedQuantity,
};

/// The invoice, and whether it was too large to be read whole.
pub fn read(tree: &Tree, syntax: Syntax) -> (Invoice, bool) {
    let words = if syntax == Syntax::UblCreditNote { &CREDIT_NOTE } else { &INVOICE };
    let (mut r, root) = Reading::of(tree, words.root);
    let r = &mut r;
    let seller = r.down(root, &[cac::AccountingSupplierParty, cac::Party]);
    let buyer = r.down(root, &[cac::AccountingCustomerParty, cac::Party]);
    let payee = r.one(root, cac::PayeeParty);
    let creditor = creditor(r, [payee, seller]);
    let (allowances, charges) = allowances_and_charges(r, root, &DOCUMENT_LEVEL);
    let currency = r.text(root, &[cbc::DocumentCurrencyCode]);
    let vat_currency = r.text(root, &[cbc::TaxCurrencyCode]);
    let period = r.one(root, cac::InvoicePeriod);
    let mut invoice = Invoice {
        syntax: Some(syntax),
        number: r.text(root, &[cbc::ID]),
        issue_date: r.date(root, &[cbc::IssueDate], bt(2)),
        type_code: r.text(root, &[words.type_code]),
        tax_point_date: r.date(root, &[cbc::TaxPointDate], bt(7)),
        tax_point_code: r.text(root, &[cac::InvoicePeriod, cbc::DescriptionCode]),
        due_date: due_date(r, root, syntax),
        buyer_reference: r.text(root, &[cbc::BuyerReference]),
        project: r.text(root, &[cac::ProjectReference, cbc::ID]),
        contract: r.text(root, &[cac::ContractDocumentReference, cbc::ID]),
        order: r.text(root, &[cac::OrderReference, cbc::ID]),
        sales_order: r.text(root, &[cac::OrderReference, cbc::SalesOrderID]),
        receiving_advice: r.text(root, &[cac::ReceiptDocumentReference, cbc::ID]),
        despatch_advice: r.text(root, &[cac::DespatchDocumentReference, cbc::ID]),
        tender: r.text(root, &[cac::OriginatorDocumentReference, cbc::ID]),
        buyer_accounting: r.text(root, &[cbc::AccountingCost]),
        payment_terms: r.text(root, &[cac::PaymentTerms, cbc::Note]),
        notes: notes(r, root),
        business_process: r.text(root, &[cbc::ProfileID]),
        specification: r.text(root, &[cbc::CustomizationID]),
        preceding: preceding(r, root),
        seller: seller.map(|at| seller_or_buyer(r, at)).unwrap_or_default(),
        buyer: buyer.map(|at| seller_or_buyer(r, at)).unwrap_or_default(),
        payee: payee.map(|at| other_party(r, at)),
        tax_representative: r.one(root, cac::TaxRepresentativeParty).map(|at| other_party(r, at)),
        delivery: r.one(root, cac::Delivery).map(|at| delivery(r, at)),
        // A period that only carries BT-8 is no invoicing period.
        period: period
            .filter(|at| {
                r.has(*at, &[cbc::StartDate])
                    || r.has(*at, &[cbc::EndDate])
                    || !r.has(*at, &[cbc::DescriptionCode])
            })
            .map(|at| self::period(r, at, [73, 74])),
        payment: payment(r, root, creditor.as_deref()),
        allowances,
        charges,
        totals: totals(r, root, currency.as_deref(), vat_currency.as_deref()),
        currency,
        vat_currency,
        vat: vat(r, root),
        lines: lines(r, root, words),
        ..Invoice::default()
    };
    additional_documents(r, root, &mut invoice);
    if invoice.payment.iter().any(|payment| payment.debit.is_some()) {
        drop_creditor(&mut invoice);
    }
    if let Some(node) = tree.mixed.first() {
        r.note(root, bg(0), tree.text(*node));
    }
    let overflowed = r.overflowed();
    invoice.places = std::mem::take(&mut r.places);
    invoice.misread = std::mem::take(&mut r.misread);
    (invoice, overflowed)
}

/// BT-9: on the document, in a credit note with the payment means.
fn due_date(r: &mut Reading, root: At, syntax: Syntax) -> Option<jiff::civil::Date> {
    if syntax == Syntax::UblCreditNote {
        return r.date(root, &[cac::PaymentMeans, cbc::PaymentDueDate], bt(9));
    }
    r.date(root, &[cbc::DueDate], bt(9))
}

fn notes(r: &mut Reading, root: At) -> Vec<Note> {
    let mut notes = Vec::new();
    for at in r.each(root, cbc::Note) {
        let (subject, text) = subject_and_text(r.tree.text(at.node));
        notes.push(Note { place: at.place, subject: subject.map(str::to_owned), text: Some(text.to_owned()) });
    }
    notes
}

/// UBL has no element for BT-21; the binding writes it in front of the text as `#ADU#`.
fn subject_and_text(note: &str) -> (Option<&str>, &str) {
    let Some((code, text)) = note.strip_prefix('#').and_then(|rest| rest.split_once('#')) else {
        return (None, note);
    };
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return (Some(code), text);
    }
    (None, note)
}

fn preceding(r: &mut Reading, root: At) -> Vec<PrecedingInvoice> {
    let mut references = Vec::new();
    for at in r.each(root, cac::BillingReference) {
        references.push(PrecedingInvoice {
            place: at.place,
            number: r.text(at, &[cac::InvoiceDocumentReference, cbc::ID]),
            issue_date: r.date(at, &[cac::InvoiceDocumentReference, cbc::IssueDate], bt(26)),
        });
    }
    references
}

/// BT-90: an identifier of the payee or the seller with the scheme SEPA.
fn creditor(r: &Reading, parties: [Option<At>; 2]) -> Option<String> {
    for party in parties.into_iter().flatten() {
        let found = identifiers(r, party).into_iter().find(|id| id.scheme.as_deref() == Some("SEPA"));
        if let Some(id) = found {
            return Some(id.value);
        }
    }
    None
}

fn drop_creditor(invoice: &mut Invoice) {
    let sepa = |id: &Identifier| id.scheme.as_deref() == Some("SEPA");
    invoice.seller.ids.retain(|id| !sepa(id));
    if let Some(payee) = &mut invoice.payee {
        payee.ids.retain(|id| !sepa(id));
    }
}

fn identifiers(r: &Reading, party: At) -> Vec<Identifier> {
    let mut ids = Vec::new();
    for identification in r.tree.children(party.node, cac::PartyIdentification) {
        ids.extend(r.leaf(identification, &[cbc::ID]).map(|leaf| r.identifier_at(leaf)));
    }
    ids
}

fn seller_or_buyer(r: &mut Reading, at: At) -> Party {
    Party {
        name: r.text(at, &[cac::PartyLegalEntity, cbc::RegistrationName]),
        trading_name: r.text(at, &[cac::PartyName, cbc::Name]),
        ..party(r, at)
    }
}

/// Payee and tax representative have only one name, where others have their trading name.
fn other_party(r: &mut Reading, at: At) -> Party {
    Party { name: r.text(at, &[cac::PartyName, cbc::Name]), ..party(r, at) }
}

fn party(r: &mut Reading, at: At) -> Party {
    let (vat_id, tax_number) = tax_ids(r, at);
    Party {
        place: at.place,
        name: None,
        trading_name: None,
        ids: identifiers(r, at),
        registration: r.identifier(at, &[cac::PartyLegalEntity, cbc::CompanyID]),
        vat_id,
        tax_number,
        legal_info: r.text(at, &[cac::PartyLegalEntity, cbc::CompanyLegalForm]),
        electronic_address: r.identifier(at, &[cbc::EndpointID]),
        address: r.one(at, cac::PostalAddress).map(|at| address(r, at)),
        contact: r.one(at, cac::Contact).map(|at| contact(r, at)),
    }
}

/// BT-31 and BT-32: the same element, told apart by its tax scheme.
fn tax_ids(r: &Reading, party: At) -> (Option<String>, Option<String>) {
    let (mut vat_id, mut tax_number) = (None, None);
    for scheme in r.tree.children(party.node, cac::PartyTaxScheme) {
        let id = r.leaf(scheme, &[cbc::CompanyID]).map(|leaf| r.tree.text(leaf).to_owned());
        let kept = if is_vat(r, scheme) { &mut vat_id } else { &mut tax_number };
        *kept = kept.take().or(id);
    }
    (vat_id, tax_number)
}

fn is_vat(r: &Reading, node: Node) -> bool {
    let scheme = r.leaf(node, &[cac::TaxScheme, cbc::ID]);
    scheme.is_some_and(|leaf| trim(r.tree.text(leaf)).eq_ignore_ascii_case("VAT"))
}

fn address(r: &mut Reading, at: At) -> Address {
    Address {
        place: at.place,
        line1: r.text(at, &[cbc::StreetName]),
        line2: r.text(at, &[cbc::AdditionalStreetName]),
        line3: r.text(at, &[cac::AddressLine, cbc::Line]),
        city: r.text(at, &[cbc::CityName]),
        post_code: r.text(at, &[cbc::PostalZone]),
        subdivision: r.text(at, &[cbc::CountrySubentity]),
        country: r.text(at, &[cac::Country, cbc::IdentificationCode]),
    }
}

fn contact(r: &mut Reading, at: At) -> Contact {
    Contact {
        place: at.place,
        name: r.text(at, &[cbc::Name]),
        telephone: r.text(at, &[cbc::Telephone]),
        email: r.text(at, &[cbc::ElectronicMail]),
    }
}

fn delivery(r: &mut Reading, at: At) -> Delivery {
    let address = r.down(at, &[cac::DeliveryLocation, cac::Address]);
    Delivery {
        place: at.place,
        name: r.text(at, &[cac::DeliveryParty, cac::PartyName, cbc::Name]),
        location: r.identifier(at, &[cac::DeliveryLocation, cbc::ID]),
        date: r.date(at, &[cbc::ActualDeliveryDate], bt(72)),
        address: address.map(|at| self::address(r, at)),
    }
}

fn period(r: &mut Reading, at: At, terms: [u16; 2]) -> Period {
    Period {
        place: at.place,
        start: r.date(at, &[cbc::StartDate], bt(terms[0])),
        end: r.date(at, &[cbc::EndDate], bt(terms[1])),
    }
}

fn payment(r: &mut Reading, root: At, creditor: Option<&str>) -> Vec<Payment> {
    let mut payments = Vec::new();
    for at in r.each(root, cac::PaymentMeans) {
        let card = r.one(at, cac::CardAccount);
        let mandate = r.one(at, cac::PaymentMandate);
        let mut transfers = Vec::new();
        for account in r.each(at, cac::PayeeFinancialAccount) {
            transfers.push(CreditTransfer {
                place: account.place,
                account: r.text(account, &[cbc::ID]),
                name: r.text(account, &[cbc::Name]),
                provider: r.text(account, &[cac::FinancialInstitutionBranch, cbc::ID]),
            });
        }
        payments.push(Payment {
            place: at.place,
            means: r.text(at, &[cbc::PaymentMeansCode]),
            means_text: r.attribute(at, &[cbc::PaymentMeansCode], NameAttribute),
            remittance: r.text(at, &[cbc::PaymentID]),
            transfers,
            card: card.map(|at| Card {
                place: at.place,
                number: r.text(at, &[cbc::PrimaryAccountNumberID]),
                holder: r.text(at, &[cbc::HolderName]),
            }),
            debit: mandate.map(|at| DirectDebit {
                place: at.place,
                mandate: r.text(at, &[cbc::ID]),
                creditor: creditor.map(str::to_owned),
                account: r.text(at, &[cac::PayerFinancialAccount, cbc::ID]),
            }),
        });
    }
    payments
}

/// Business terms of an allowance and of a charge: amount, base, percentage, rate.
struct Level {
    allowance: [u16; 4],
    charge: [u16; 4],
    group: Term,
}

const DOCUMENT_LEVEL: Level = Level { allowance: [92, 93, 94, 96], charge: [99, 100, 101, 103], group: bg(20) };
const LINE_LEVEL: Level = Level { allowance: [136, 137, 138, 0], charge: [141, 142, 143, 0], group: bg(27) };

fn allowances_and_charges(
    r: &mut Reading,
    parent: At,
    level: &Level,
) -> (Vec<AllowanceCharge>, Vec<AllowanceCharge>) {
    let (mut allowances, mut charges) = (Vec::new(), Vec::new());
    for at in r.each(parent, cac::AllowanceCharge) {
        match r.flag(at, &[cbc::ChargeIndicator], level.group) {
            Some(true) => charges.push(allowance_or_charge(r, at, level.charge)),
            Some(false) => allowances.push(allowance_or_charge(r, at, level.allowance)),
            None => {}
        }
    }
    (allowances, charges)
}

fn allowance_or_charge(r: &mut Reading, at: At, terms: [u16; 4]) -> AllowanceCharge {
    let (vat_category, vat_rate, other_tax) = tax_category(r, at, cac::TaxCategory, bt(terms[3]));
    AllowanceCharge {
        place: at.place,
        amount: r.amount(at, &[cbc::Amount], bt(terms[0])),
        base: r.amount(at, &[cbc::BaseAmount], bt(terms[1])),
        percentage: r.amount(at, &[cbc::MultiplierFactorNumeric], bt(terms[2])),
        vat_category,
        vat_rate,
        other_tax,
        reason: r.text(at, &[cbc::AllowanceChargeReason]),
        reason_code: r.text(at, &[cbc::AllowanceChargeReasonCode]),
    }
}

/// Category and rate of the tax category that speaks of VAT; else of the first, and that it does not.
fn tax_category(r: &mut Reading, at: At, name: Name, rate: Term) -> (Option<String>, Option<Amount>, bool) {
    let vat = r.tree.children(at.node, name).find(|node| is_vat(r, *node));
    let Some(category) = vat.or_else(|| r.tree.child(at.node, name)) else { return (None, None, false) };
    let code = r.leaf(category, &[cbc::ID]).map(|leaf| r.tree.text(leaf).to_owned());
    let percent = r.leaf(category, &[cbc::Percent]);
    (code, percent.and_then(|leaf| r.amount_at(at, leaf, rate)), vat.is_none())
}

fn totals(r: &mut Reading, root: At, currency: Option<&str>, vat_currency: Option<&str>) -> Totals {
    let (vat, vat_accounting) = vat_totals(r, root, currency, vat_currency);
    let Some(at) = r.one(root, cac::LegalMonetaryTotal) else {
        return Totals { vat, vat_accounting, ..Totals::default() };
    };
    Totals {
        place: at.place,
        line_net: r.amount(at, &[cbc::LineExtensionAmount], bt(106)),
        allowances: r.amount(at, &[cbc::AllowanceTotalAmount], bt(107)),
        charges: r.amount(at, &[cbc::ChargeTotalAmount], bt(108)),
        without_vat: r.amount(at, &[cbc::TaxExclusiveAmount], bt(109)),
        vat,
        vat_accounting,
        with_vat: r.amount(at, &[cbc::TaxInclusiveAmount], bt(112)),
        paid: r.amount(at, &[cbc::PrepaidAmount], bt(113)),
        rounding: r.amount(at, &[cbc::PayableRoundingAmount], bt(114)),
        due: r.amount(at, &[cbc::PayableAmount], bt(115)),
    }
}

/// BT-110 and BT-111: the same element, told apart by its currency.
fn vat_totals(
    r: &mut Reading,
    root: At,
    currency: Option<&str>,
    vat_currency: Option<&str>,
) -> (Option<Amount>, Option<Amount>) {
    let (mut vat, mut vat_accounting) = (None, None);
    let (mut seen, mut seen_accounting) = (false, false);
    for at in r.each(root, cac::TaxTotal) {
        let Some(leaf) = r.leaf(at.node, &[cbc::TaxAmount]) else { continue };
        match r.currency_of(leaf, currency, vat_currency) {
            Some(true) => r.only(at, leaf, bt(110), &mut vat, &mut seen),
            Some(false) => r.only(at, leaf, bt(111), &mut vat_accounting, &mut seen_accounting),
            None => {}
        }
    }
    (vat, vat_accounting)
}

fn vat(r: &mut Reading, root: At) -> Vec<VatBreakdown> {
    let mut breakdown = Vec::new();
    for total in r.each(root, cac::TaxTotal) {
        for at in r.each(total, cac::TaxSubtotal) {
            let (category, rate, other_tax) = tax_category(r, at, cac::TaxCategory, bt(119));
            breakdown.push(VatBreakdown {
                evidence: BTreeMap::new(),
                place: at.place,
                base: r.amount(at, &[cbc::TaxableAmount], bt(116)),
                tax: r.amount(at, &[cbc::TaxAmount], bt(117)),
                category,
                rate,
                other_tax,
                exemption: r.text(at, &[cac::TaxCategory, cbc::TaxExemptionReason]),
                exemption_code: r.text(at, &[cac::TaxCategory, cbc::TaxExemptionReasonCode]),
            });
        }
    }
    breakdown
}

/// BG-24, and what UBL keeps in the same element: BT-18 (type 130) and, in a credit note, BT-11 (type 50).
fn additional_documents(r: &mut Reading, root: At, invoice: &mut Invoice) {
    for at in r.each(root, cac::AdditionalDocumentReference) {
        let kind = r.text(at, &[cbc::DocumentTypeCode]);
        match kind.as_deref().map(trim) {
            Some("130") if invoice.invoiced_object.is_none() => {
                invoice.invoiced_object = r.identifier(at, &[cbc::ID]);
                continue;
            }
            Some("50") if invoice.syntax == Some(Syntax::UblCreditNote) && !written(&invoice.project) => {
                invoice.project = r.text(at, &[cbc::ID]);
                continue;
            }
            _ => {}
        }
        invoice.attachments.push(Attachment {
            place: at.place,
            reference: r.text(at, &[cbc::ID]),
            description: r.text(at, &[cbc::DocumentDescription]),
            location: r.text(at, &[cac::Attachment, cac::ExternalReference, cbc::URI]),
            embedded: r.embedded(at, &[cac::Attachment, cbc::EmbeddedDocumentBinaryObject], bt(125)),
        });
    }
}

fn lines(r: &mut Reading, root: At, words: &Words) -> Vec<Line> {
    let mut lines = Vec::new();
    for at in r.each(root, words.line) {
        let (allowances, charges) = allowances_and_charges(r, at, &LINE_LEVEL);
        let item = r.one(at, cac::Item);
        let (vat_category, vat_rate, other_tax) = match item {
            Some(item) => tax_category(r, item, cac::ClassifiedTaxCategory, bt(152)),
            None => (None, None, false),
        };
        lines.push(Line {
            evidence: BTreeMap::new(),
            place: at.place,
            id: r.text(at, &[cbc::ID]),
            note: r.text(at, &[cbc::Note]),
            object: object(r, at),
            quantity: r.amount(at, &[words.quantity], bt(129)),
            unit: r.attribute(at, &[words.quantity], UnitCode),
            net: r.amount(at, &[cbc::LineExtensionAmount], bt(131)),
            order_line: r.text(at, &[cac::OrderLineReference, cbc::LineID]),
            buyer_accounting: r.text(at, &[cbc::AccountingCost]),
            period: r.one(at, cac::InvoicePeriod).map(|at| period(r, at, [134, 135])),
            allowances,
            charges,
            price: r.amount(at, &[cac::Price, cbc::PriceAmount], bt(146)),
            price_discount: r.amount(at, &[cac::Price, cac::AllowanceCharge, cbc::Amount], bt(147)),
            gross_price: r.amount(at, &[cac::Price, cac::AllowanceCharge, cbc::BaseAmount], bt(148)),
            price_quantity: r.amount(at, &[cac::Price, cbc::BaseQuantity], bt(149)),
            price_unit: r.attribute(at, &[cac::Price, cbc::BaseQuantity], UnitCode),
            vat_category,
            vat_rate,
            other_tax,
            item: item.map(|at| self::item(r, at)).unwrap_or_default(),
        });
    }
    lines
}

/// BT-128, a document reference of type 130.
fn object(r: &Reading, line: At) -> Option<Identifier> {
    let reference = r.tree.children(line.node, cac::DocumentReference).next()?;
    r.leaf(reference, &[cbc::ID]).map(|leaf| r.identifier_at(leaf))
}

fn item(r: &mut Reading, at: At) -> Item {
    let mut classifications = Vec::new();
    for class in r.each(at, cac::CommodityClassification) {
        let Some(value) = r.text(class, &[cbc::ItemClassificationCode]) else { continue };
        let scheme = r.attribute(class, &[cbc::ItemClassificationCode], ListId);
        let version = r.attribute(class, &[cbc::ItemClassificationCode], ListVersionId);
        classifications.push(Classification { value, scheme, version });
    }
    let mut attributes = Vec::new();
    for at in r.each(at, cac::AdditionalItemProperty) {
        let (name, value) = (r.text(at, &[cbc::Name]), r.text(at, &[cbc::Value]));
        attributes.push(ItemAttribute { place: at.place, name, value });
    }
    let standard = r.leaf(at.node, &[cac::StandardItemIdentification, cbc::ID]);
    Item {
        place: at.place,
        name: r.text(at, &[cbc::Name]),
        description: r.text(at, &[cbc::Description]),
        seller_id: r.text(at, &[cac::SellersItemIdentification, cbc::ID]),
        buyer_id: r.text(at, &[cac::BuyersItemIdentification, cbc::ID]),
        standard_id: standard.map(|leaf| r.identifier_at(leaf)),
        classifications,
        origin: r.text(at, &[cac::OriginCountry, cbc::IdentificationCode]),
        attributes,
    }
}
