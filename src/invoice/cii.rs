//! UN/CEFACT Cross Industry Invoice (D16B).
//!
//! In: a [`Tree`]. Out: [`Invoice`], by the binding of EN 16931-3-3. Absent on purpose: judging.

use super::model::*;
use super::names::Attribute::{Format, ListId, ListVersionId, UnitCode};
use super::names::Name;
use super::reading::{At, Reading, trim};
use super::tree::Tree;
use super::vocabulary::{qdt, ram, rsm, udt};
use super::{Amount, Term, bg, bt};
use std::collections::BTreeMap;

/// The invoice, and whether it was too large to be read whole.
pub fn read(tree: &Tree) -> (Invoice, bool) {
    let (mut r, root) = Reading::of(tree, rsm::CrossIndustryInvoice);
    let r = &mut r;
    let mut invoice = Invoice { syntax: Some(Syntax::Cii), ..Invoice::default() };
    if let Some(at) = r.one(root, rsm::ExchangedDocumentContext) {
        context(r, at, &mut invoice);
    }
    if let Some(at) = r.one(root, rsm::ExchangedDocument) {
        document(r, at, &mut invoice);
    }
    if let Some(transaction) = r.one(root, rsm::SupplyChainTradeTransaction) {
        invoice.lines = lines(r, transaction);
        if let Some(at) = r.one(transaction, ram::ApplicableHeaderTradeAgreement) {
            agreement(r, at, &mut invoice);
        }
        if let Some(at) = r.one(transaction, ram::ApplicableHeaderTradeDelivery) {
            delivery(r, at, &mut invoice);
        }
        if let Some(at) = r.one(transaction, ram::ApplicableHeaderTradeSettlement) {
            settlement(r, at, &mut invoice);
        }
    }
    if let Some(node) = tree.mixed.first() {
        r.note(root, bg(0), tree.text(*node));
    }
    let overflowed = r.overflowed();
    invoice.places = std::mem::take(&mut r.places);
    invoice.misread = std::mem::take(&mut r.misread);
    (invoice, overflowed)
}

fn context(r: &mut Reading, at: At, invoice: &mut Invoice) {
    invoice.business_process = r.text(at, &[ram::BusinessProcessSpecifiedDocumentContextParameter, ram::ID]);
    invoice.specification = r.text(at, &[ram::GuidelineSpecifiedDocumentContextParameter, ram::ID]);
}

fn document(r: &mut Reading, at: At, invoice: &mut Invoice) {
    invoice.number = r.text(at, &[ram::ID]);
    invoice.type_code = r.text(at, &[ram::TypeCode]);
    // Another format than 102 counts as no date, as in BR-03.
    let format = r.attribute(at, &[ram::IssueDateTime, udt::DateTimeString], Format);
    if format.as_deref() == Some("102") {
        invoice.issue_date = r.date102(at, &[ram::IssueDateTime, udt::DateTimeString], bt(2));
    }
    for note in r.each(at, ram::IncludedNote) {
        let (subject, text) = (r.text(note, &[ram::SubjectCode]), r.text(note, &[ram::Content]));
        invoice.notes.push(Note { place: note.place, subject, text });
    }
}

fn agreement(r: &mut Reading, at: At, invoice: &mut Invoice) {
    invoice.buyer_reference = r.text(at, &[ram::BuyerReference]);
    invoice.seller = r.one(at, ram::SellerTradeParty).map(|at| party(r, at)).unwrap_or_default();
    invoice.buyer = r.one(at, ram::BuyerTradeParty).map(|at| party(r, at)).unwrap_or_default();
    invoice.tax_representative = r.one(at, ram::SellerTaxRepresentativeTradeParty).map(|at| party(r, at));
    invoice.sales_order = r.text(at, &[ram::SellerOrderReferencedDocument, ram::IssuerAssignedID]);
    invoice.order = r.text(at, &[ram::BuyerOrderReferencedDocument, ram::IssuerAssignedID]);
    invoice.contract = r.text(at, &[ram::ContractReferencedDocument, ram::IssuerAssignedID]);
    invoice.project = r.text(at, &[ram::SpecifiedProcuringProject, ram::ID]);
    additional_documents(r, at, invoice);
}

/// BG-24, and what CII keeps in the same element: BT-17 (type 50) and BT-18 (type 130).
fn additional_documents(r: &mut Reading, agreement: At, invoice: &mut Invoice) {
    for at in r.each(agreement, ram::AdditionalReferencedDocument) {
        let kind = r.text(at, &[ram::TypeCode]);
        match kind.as_deref().map(trim) {
            Some("50") if invoice.tender.is_none() => {
                invoice.tender = r.text(at, &[ram::IssuerAssignedID]);
                continue;
            }
            Some("130") if invoice.invoiced_object.is_none() => {
                invoice.invoiced_object = referenced_object(r, at);
                continue;
            }
            _ => {}
        }
        invoice.attachments.push(Attachment {
            place: at.place,
            reference: r.text(at, &[ram::IssuerAssignedID]),
            description: r.text(at, &[ram::Name]),
            location: r.text(at, &[ram::URIID]),
            embedded: r.embedded(at, &[ram::AttachmentBinaryObject], bt(125)),
        });
    }
}

/// BT-18, BT-128: the scheme stands in an element of its own.
fn referenced_object(r: &Reading, at: At) -> Option<Identifier> {
    let value = r.text(at, &[ram::IssuerAssignedID])?;
    Some(Identifier { value, scheme: r.text(at, &[ram::ReferenceTypeCode]) })
}

fn party(r: &mut Reading, at: At) -> Party {
    let contact = r.one(at, ram::DefinedTradeContact);
    Party {
        place: at.place,
        name: r.text(at, &[ram::Name]),
        trading_name: r.text(at, &[ram::SpecifiedLegalOrganization, ram::TradingBusinessName]),
        ids: identifiers(r, at),
        registration: r.identifier(at, &[ram::SpecifiedLegalOrganization, ram::ID]),
        vat_id: tax_registration(r, at, &["VA", "VAT"]),
        tax_number: tax_registration(r, at, &["FC"]),
        legal_info: r.text(at, &[ram::Description]),
        electronic_address: r.identifier(at, &[ram::URIUniversalCommunication, ram::URIID]),
        address: r.one(at, ram::PostalTradeAddress).map(|at| address(r, at)),
        contact: contact.map(|at| Contact {
            place: at.place,
            name: r.text(at, &[ram::PersonName]).or_else(|| r.text(at, &[ram::DepartmentName])),
            telephone: r.text(at, &[ram::TelephoneUniversalCommunication, ram::CompleteNumber]),
            email: r.text(at, &[ram::EmailURIUniversalCommunication, ram::URIID]),
        }),
    }
}

/// Identifiers without a scheme first, then those with one, as the schema orders them.
fn identifiers(r: &Reading, party: At) -> Vec<Identifier> {
    let mut ids = Vec::new();
    for name in [ram::ID, ram::GlobalID] {
        ids.extend(r.tree.children(party.node, name).map(|leaf| r.identifier_at(leaf)));
    }
    ids
}

/// BT-31 (VA) and BT-32 (FC): the same element, told apart by its scheme.
fn tax_registration(r: &Reading, party: At, schemes: &[&str]) -> Option<String> {
    for registration in r.tree.children(party.node, ram::SpecifiedTaxRegistration) {
        let Some(id) = r.tree.child(registration, ram::ID).map(|leaf| r.identifier_at(leaf)) else { continue };
        if id.scheme.as_deref().is_some_and(|scheme| schemes.contains(&trim(scheme))) {
            return Some(id.value);
        }
    }
    None
}

fn address(r: &mut Reading, at: At) -> Address {
    Address {
        place: at.place,
        line1: r.text(at, &[ram::LineOne]),
        line2: r.text(at, &[ram::LineTwo]),
        line3: r.text(at, &[ram::LineThree]),
        city: r.text(at, &[ram::CityName]),
        post_code: r.text(at, &[ram::PostcodeCode]),
        subdivision: r.text(at, &[ram::CountrySubDivisionName]),
        country: r.text(at, &[ram::CountryID]),
    }
}

fn delivery(r: &mut Reading, at: At, invoice: &mut Invoice) {
    invoice.despatch_advice = r.text(at, &[ram::DespatchAdviceReferencedDocument, ram::IssuerAssignedID]);
    invoice.receiving_advice = r.text(at, &[ram::ReceivingAdviceReferencedDocument, ram::IssuerAssignedID]);
    let event = r.down(at, &[ram::ActualDeliverySupplyChainEvent, ram::OccurrenceDateTime]);
    let ship_to = r.one(at, ram::ShipToTradeParty);
    if event.is_none() && ship_to.is_none() {
        return;
    }
    let mut delivery = Delivery { place: at.place, ..Delivery::default() };
    delivery.date = event.and_then(|at| r.date102(at, &[udt::DateTimeString], bt(72)));
    if let Some(ship_to) = ship_to {
        delivery.name = r.text(ship_to, &[ram::Name]);
        delivery.location =
            r.identifier(ship_to, &[ram::GlobalID]).or_else(|| r.identifier(ship_to, &[ram::ID]));
        delivery.address = r.one(ship_to, ram::PostalTradeAddress).map(|at| address(r, at));
    }
    invoice.delivery = Some(delivery);
}

fn settlement(r: &mut Reading, at: At, invoice: &mut Invoice) {
    invoice.currency = r.text(at, &[ram::InvoiceCurrencyCode]);
    invoice.vat_currency = r.text(at, &[ram::TaxCurrencyCode]);
    invoice.tax_point_date =
        r.date102(at, &[ram::ApplicableTradeTax, ram::TaxPointDate, udt::DateString], bt(7));
    invoice.tax_point_code = r.text(at, &[ram::ApplicableTradeTax, ram::DueDateTypeCode]);
    invoice.due_date =
        r.date102(at, &[ram::SpecifiedTradePaymentTerms, ram::DueDateDateTime, udt::DateTimeString], bt(9));
    invoice.payment_terms = r.text(at, &[ram::SpecifiedTradePaymentTerms, ram::Description]);
    invoice.buyer_accounting = r.text(at, &[ram::ReceivableSpecifiedTradeAccountingAccount, ram::ID]);
    invoice.payee = r.one(at, ram::PayeeTradeParty).map(|at| party(r, at));
    invoice.payment = payment(r, at);
    invoice.vat = vat(r, at);
    invoice.period = r.one(at, ram::BillingSpecifiedPeriod).map(|at| period(r, at, [73, 74]));
    (invoice.allowances, invoice.charges) = allowances_and_charges(r, at, &DOCUMENT_LEVEL);
    for reference in r.each(at, ram::InvoiceReferencedDocument) {
        invoice.preceding.push(PrecedingInvoice {
            place: reference.place,
            number: r.text(reference, &[ram::IssuerAssignedID]),
            issue_date: r.date102(reference, &[ram::FormattedIssueDateTime, qdt::DateTimeString], bt(26)),
        });
    }
    if let Some(sum) = r.one(at, ram::SpecifiedTradeSettlementHeaderMonetarySummation) {
        invoice.totals = totals(r, sum, invoice.currency.as_deref(), invoice.vat_currency.as_deref());
    }
}

fn payment(r: &mut Reading, settlement: At) -> Vec<Payment> {
    let mut payments = Vec::new();
    for at in r.each(settlement, ram::SpecifiedTradeSettlementPaymentMeans) {
        let card = r.one(at, ram::ApplicableTradeSettlementFinancialCard);
        let payer = r.one(at, ram::PayerPartyDebtorFinancialAccount).filter(|at| r.has(*at, &[ram::IBANID]));
        let provider = r.text(at, &[ram::PayeeSpecifiedCreditorFinancialInstitution, ram::BICID]);
        let mut transfers = Vec::new();
        for account in r.each(at, ram::PayeePartyCreditorFinancialAccount) {
            transfers.push(CreditTransfer {
                place: account.place,
                account: r.text(account, &[ram::IBANID]).or_else(|| r.text(account, &[ram::ProprietaryID])),
                name: r.text(account, &[ram::AccountName]),
                provider: provider.clone(),
            });
        }
        payments.push(Payment {
            place: at.place,
            means: r.text(at, &[ram::TypeCode]),
            means_text: r.text(at, &[ram::Information]),
            remittance: r.text(settlement, &[ram::PaymentReference]),
            transfers,
            card: card.map(|at| Card {
                place: at.place,
                number: r.text(at, &[ram::ID]),
                holder: r.text(at, &[ram::CardholderName]),
            }),
            debit: payer.map(|at| DirectDebit {
                place: at.place,
                account: r.text(at, &[ram::IBANID]),
                ..DirectDebit::default()
            }),
        });
    }
    direct_debit(r, settlement, &mut payments);
    payments
}

/// BT-89 and BT-90 stand once on the document and belong to whatever is debited.
fn direct_debit(r: &mut Reading, settlement: At, payments: &mut [Payment]) {
    let mandate = r.text(settlement, &[ram::SpecifiedTradePaymentTerms, ram::DirectDebitMandateID]);
    let creditor = r.text(settlement, &[ram::CreditorReferenceID]);
    if mandate.is_none() && creditor.is_none() {
        return;
    }
    if payments.iter().all(|payment| payment.debit.is_none()) {
        let debited = |payment: &&mut Payment| matches!(payment.means.as_deref().map(trim), Some("49" | "59"));
        let first = match payments.iter_mut().find(debited) {
            Some(payment) => Some(payment),
            None => payments.first_mut(),
        };
        if let Some(payment) = first {
            payment.debit = Some(DirectDebit { place: settlement.place, ..DirectDebit::default() });
        }
    }
    for debit in payments.iter_mut().filter_map(|payment| payment.debit.as_mut()) {
        debit.mandate.clone_from(&mandate);
        debit.creditor.clone_from(&creditor);
    }
}

fn vat(r: &mut Reading, settlement: At) -> Vec<VatBreakdown> {
    let mut breakdown = Vec::new();
    for at in r.each(settlement, ram::ApplicableTradeTax) {
        let (category, rate, other_tax) = tax(r, at, bt(119));
        breakdown.push(VatBreakdown {
            evidence: BTreeMap::new(),
            place: at.place,
            base: r.amount(at, &[ram::BasisAmount], bt(116)),
            tax: r.amount(at, &[ram::CalculatedAmount], bt(117)),
            category,
            rate,
            other_tax,
            exemption: r.text(at, &[ram::ExemptionReason]),
            exemption_code: r.text(at, &[ram::ExemptionReasonCode]),
        });
    }
    breakdown
}

/// Category and rate, and whether they are of another tax than VAT.
fn tax(r: &mut Reading, at: At, rate: Term) -> (Option<String>, Option<Amount>, bool) {
    let kind = r.text(at, &[ram::TypeCode]);
    let other_tax = !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("VAT"));
    (r.text(at, &[ram::CategoryCode]), r.amount(at, &[ram::RateApplicablePercent], rate), other_tax)
}

fn period(r: &mut Reading, at: At, terms: [u16; 2]) -> Period {
    Period {
        place: at.place,
        start: r.date102(at, &[ram::StartDateTime, udt::DateTimeString], bt(terms[0])),
        end: r.date102(at, &[ram::EndDateTime, udt::DateTimeString], bt(terms[1])),
    }
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
    for at in r.each(parent, ram::SpecifiedTradeAllowanceCharge) {
        match r.flag(at, &[ram::ChargeIndicator, udt::Indicator], level.group) {
            Some(true) => charges.push(allowance_or_charge(r, at, level.charge)),
            Some(false) => allowances.push(allowance_or_charge(r, at, level.allowance)),
            None => {}
        }
    }
    (allowances, charges)
}

fn allowance_or_charge(r: &mut Reading, at: At, terms: [u16; 4]) -> AllowanceCharge {
    let category = r.one(at, ram::CategoryTradeTax);
    let (vat_category, vat_rate, other_tax) = category.map(|at| tax(r, at, bt(terms[3]))).unwrap_or_default();
    AllowanceCharge {
        place: at.place,
        amount: r.amount(at, &[ram::ActualAmount], bt(terms[0])),
        base: r.amount(at, &[ram::BasisAmount], bt(terms[1])),
        percentage: r.amount(at, &[ram::CalculationPercent], bt(terms[2])),
        vat_category,
        vat_rate,
        other_tax,
        reason: r.text(at, &[ram::Reason]),
        reason_code: r.text(at, &[ram::ReasonCode]),
    }
}

fn totals(r: &mut Reading, at: At, currency: Option<&str>, vat_currency: Option<&str>) -> Totals {
    let (mut vat, mut vat_accounting) = (None, None);
    let (mut seen, mut seen_accounting) = (false, false);
    let tree = r.tree;
    for leaf in tree.children(at.node, ram::TaxTotalAmount) {
        match r.currency_of(leaf, currency, vat_currency) {
            Some(true) => r.only(at, leaf, bt(110), &mut vat, &mut seen),
            Some(false) => r.only(at, leaf, bt(111), &mut vat_accounting, &mut seen_accounting),
            None => {}
        }
    }
    Totals {
        place: at.place,
        line_net: r.amount(at, &[ram::LineTotalAmount], bt(106)),
        allowances: r.amount(at, &[ram::AllowanceTotalAmount], bt(107)),
        charges: r.amount(at, &[ram::ChargeTotalAmount], bt(108)),
        without_vat: r.amount(at, &[ram::TaxBasisTotalAmount], bt(109)),
        vat,
        vat_accounting,
        with_vat: r.amount(at, &[ram::GrandTotalAmount], bt(112)),
        paid: r.amount(at, &[ram::TotalPrepaidAmount], bt(113)),
        rounding: r.amount(at, &[ram::RoundingAmount], bt(114)),
        due: r.amount(at, &[ram::DuePayableAmount], bt(115)),
    }
}

/// The four parts CII divides a line into; absent parts are read as empty.
fn lines(r: &mut Reading, transaction: At) -> Vec<Line> {
    let mut lines = Vec::new();
    for at in r.each(transaction, ram::IncludedSupplyChainTradeLineItem) {
        let mut line = Line { place: at.place, ..Line::default() };
        if let Some(document) = r.one(at, ram::AssociatedDocumentLineDocument) {
            line.id = r.text(document, &[ram::LineID]);
            line.note = r.text(document, &[ram::IncludedNote, ram::Content]);
        }
        if let Some(product) = r.one(at, ram::SpecifiedTradeProduct) {
            line.item = item(r, product);
        }
        if let Some(agreement) = r.one(at, ram::SpecifiedLineTradeAgreement) {
            line_agreement(r, agreement, &mut line);
        }
        if let Some(delivery) = r.one(at, ram::SpecifiedLineTradeDelivery) {
            line.quantity = r.amount(delivery, &[ram::BilledQuantity], bt(129));
            line.unit = r.attribute(delivery, &[ram::BilledQuantity], UnitCode);
        }
        if let Some(settlement) = r.one(at, ram::SpecifiedLineTradeSettlement) {
            line_settlement(r, settlement, &mut line);
        }
        lines.push(line);
    }
    lines
}

fn line_agreement(r: &mut Reading, at: At, line: &mut Line) {
    let (net, gross) = (ram::NetPriceProductTradePrice, ram::GrossPriceProductTradePrice);
    line.order_line = r.text(at, &[ram::BuyerOrderReferencedDocument, ram::LineID]);
    line.price = r.amount(at, &[net, ram::ChargeAmount], bt(146));
    line.price_discount = r.amount(at, &[gross, ram::AppliedTradeAllowanceCharge, ram::ActualAmount], bt(147));
    line.gross_price = r.amount(at, &[gross, ram::ChargeAmount], bt(148));
    let quantified: Name = if r.has(at, &[net, ram::BasisQuantity]) { net } else { gross };
    line.price_quantity = r.amount(at, &[quantified, ram::BasisQuantity], bt(149));
    line.price_unit = r.attribute(at, &[quantified, ram::BasisQuantity], UnitCode);
}

fn line_settlement(r: &mut Reading, at: At, line: &mut Line) {
    for tax_at in r.each(at, ram::ApplicableTradeTax) {
        let (category, rate, other_tax) = tax(r, tax_at, bt(152));
        if line.vat_category.is_none() || line.other_tax && !other_tax {
            (line.vat_category, line.vat_rate, line.other_tax) = (category, rate, other_tax);
        }
    }
    line.period = r.one(at, ram::BillingSpecifiedPeriod).map(|at| period(r, at, [134, 135]));
    (line.allowances, line.charges) = allowances_and_charges(r, at, &LINE_LEVEL);
    let net = [ram::SpecifiedTradeSettlementLineMonetarySummation, ram::LineTotalAmount];
    line.net = r.amount(at, &net, bt(131));
    line.object = r.one(at, ram::AdditionalReferencedDocument).and_then(|at| referenced_object(r, at));
    line.buyer_accounting = r.text(at, &[ram::ReceivableSpecifiedTradeAccountingAccount, ram::ID]);
}

fn item(r: &mut Reading, at: At) -> Item {
    let mut classifications = Vec::new();
    for class in r.each(at, ram::DesignatedProductClassification) {
        let Some(value) = r.text(class, &[ram::ClassCode]) else { continue };
        let scheme = r.attribute(class, &[ram::ClassCode], ListId);
        let version = r.attribute(class, &[ram::ClassCode], ListVersionId);
        classifications.push(Classification { value, scheme, version });
    }
    let mut attributes = Vec::new();
    for at in r.each(at, ram::ApplicableProductCharacteristic) {
        let (name, value) = (r.text(at, &[ram::Description]), r.text(at, &[ram::Value]));
        attributes.push(ItemAttribute { place: at.place, name, value });
    }
    Item {
        place: at.place,
        name: r.text(at, &[ram::Name]),
        description: r.text(at, &[ram::Description]),
        seller_id: r.text(at, &[ram::SellerAssignedID]),
        buyer_id: r.text(at, &[ram::BuyerAssignedID]),
        standard_id: r.identifier(at, &[ram::GlobalID]),
        classifications,
        origin: r.text(at, &[ram::OriginTradeCountry, ram::ID]),
        attributes,
    }
}
