//! The business terms our own rules ask for, wherever the two syntaxes write them.
//!
//! In: the root of a document. Out: elements and dates. Absent on purpose: terms no rule of ours needs; the whole
//! model is in [`crate::invoice`].

use super::element::Element;
use super::number::{decimal, trim};
use crate::invoice::{Attribute, Name, Syntax, cac, cbc, ram, rsm, udt};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// A date and where it is written.
pub type Dated<'d> = (Element<'d>, Date);

pub struct Terms<'d> {
    pub root: Element<'d>,
    /// CII: header agreement and settlement.
    agreement: Option<Element<'d>>,
    settlement: Option<Element<'d>>,
}

impl<'d> Terms<'d> {
    pub fn of(root: Element<'d>) -> Self {
        let header = |group| root.first(&[rsm::SupplyChainTradeTransaction, group]);
        Self {
            root,
            agreement: header(ram::ApplicableHeaderTradeAgreement),
            settlement: header(ram::ApplicableHeaderTradeSettlement),
        }
    }

    /// The first element at a path from the root (UBL) or from the settlement (CII).
    fn one(&self, ubl: &[Name], cii: &[Name]) -> Option<Element<'d>> {
        if self.root.is_cii() { self.settlement?.first(cii) } else { self.root.first(ubl) }
    }

    /// BT-10
    pub fn buyer_reference(&self) -> Option<Element<'d>> {
        if self.root.is_cii() {
            return self.agreement?.kid(ram::BuyerReference);
        }
        self.root.kid(cbc::BuyerReference)
    }

    /// BT-2
    pub fn issued(&self) -> Option<Dated<'d>> {
        let path: &[Name] = if self.root.is_cii() {
            &[rsm::ExchangedDocument, ram::IssueDateTime, udt::DateTimeString]
        } else {
            &[cbc::IssueDate]
        };
        dated(self.root.first(path)?)
    }

    /// BT-9; a credit note in UBL has it with the means of payment.
    pub fn due(&self) -> impl Iterator<Item = Dated<'d>> {
        let path: &'static [Name] = match self.root.doc.syntax {
            Syntax::UblInvoice => &[cbc::DueDate],
            Syntax::UblCreditNote => &[cac::PaymentMeans, cbc::PaymentDueDate],
            Syntax::Cii => &[ram::SpecifiedTradePaymentTerms, ram::DueDateDateTime, udt::DateTimeString],
        };
        let from = if self.root.is_cii() { self.settlement } else { Some(self.root) };
        from.into_iter().flat_map(|from| from.down(path)).filter_map(dated)
    }

    /// BT-20
    pub fn payment_terms(&self) -> Option<Element<'d>> {
        self.one(&[cac::PaymentTerms, cbc::Note], &[ram::SpecifiedTradePaymentTerms, ram::Description])
    }

    /// BT-115
    pub fn amount_due(&self) -> Option<Decimal> {
        let amount = self.one(
            &[cac::LegalMonetaryTotal, cbc::PayableAmount],
            &[ram::SpecifiedTradeSettlementHeaderMonetarySummation, ram::DuePayableAmount],
        );
        decimal(amount?.text())
    }

    /// BT-5
    pub fn currency(&self) -> &'d str {
        let currency = self.one(&[cbc::DocumentCurrencyCode], &[ram::InvoiceCurrencyCode]);
        currency.map_or("", |currency| trim(currency.text()))
    }

    /// BT-84
    pub fn accounts(&self) -> impl Iterator<Item = Element<'d>> {
        let means = self.means();
        let account: &'static [Name] = if self.root.is_cii() {
            &[ram::PayeePartyCreditorFinancialAccount, ram::IBANID]
        } else {
            &[cac::PayeeFinancialAccount, cbc::ID]
        };
        means.flat_map(|means| means.down(account))
    }

    /// BT-86
    pub fn banks(&self) -> impl Iterator<Item = Element<'d>> {
        let bank: &'static [Name] = if self.root.is_cii() {
            &[ram::PayeeSpecifiedCreditorFinancialInstitution, ram::BICID]
        } else {
            &[cac::PayeeFinancialAccount, cac::FinancialInstitutionBranch, cbc::ID]
        };
        self.means().flat_map(|means| means.down(bank))
    }

    /// BG-16
    fn means(&self) -> impl Iterator<Item = Element<'d>> {
        let (from, name) = if self.root.is_cii() {
            (self.settlement, ram::SpecifiedTradeSettlementPaymentMeans)
        } else {
            (Some(self.root), cac::PaymentMeans)
        };
        from.into_iter().flat_map(move |from| from.kids(name))
    }

    /// BT-31, BT-48, BT-63
    pub fn vat_ids(&self) -> Vec<Element<'d>> {
        if self.root.is_cii() {
            let parties = [ram::SellerTradeParty, ram::BuyerTradeParty, ram::SellerTaxRepresentativeTradeParty];
            let registrations = parties
                .into_iter()
                .flat_map(|party| self.agreement.and_then(|agreement| agreement.kid(party)))
                .flat_map(|party| party.down(&[ram::SpecifiedTaxRegistration, ram::ID]));
            return registrations.filter(|id| id.attribute(Attribute::SchemeId) == Some("VA")).collect();
        }
        let parties = [
            self.root.first(&[cac::AccountingSupplierParty, cac::Party]),
            self.root.first(&[cac::AccountingCustomerParty, cac::Party]),
            self.root.kid(cac::TaxRepresentativeParty),
        ];
        let schemes = parties.into_iter().flatten().flat_map(|party| party.kids(cac::PartyTaxScheme));
        let vat = schemes.filter(|scheme| scheme.equals(&[cac::TaxScheme, cbc::ID], "VAT"));
        vat.filter_map(|scheme| scheme.kid(cbc::CompanyID)).collect()
    }

    /// BT-157
    pub fn item_ids(&self) -> impl Iterator<Item = Element<'d>> {
        let (group, id): (_, &'static [Name]) = if self.root.is_cii() {
            (ram::SpecifiedTradeProduct, &[ram::GlobalID])
        } else {
            (cac::StandardItemIdentification, &[cbc::ID])
        };
        self.root.doc.all(group).filter_map(|group| group.first(id))
    }

    /// BT-26
    pub fn preceding(&self) -> impl Iterator<Item = Dated<'d>> {
        let (from, path): (_, &'static [Name]) = if self.root.is_cii() {
            let path = &[
                ram::InvoiceReferencedDocument,
                ram::FormattedIssueDateTime,
                crate::invoice::qdt::DateTimeString,
            ];
            (self.settlement, path)
        } else {
            (Some(self.root), &[cac::BillingReference, cac::InvoiceDocumentReference, cbc::IssueDate])
        };
        from.into_iter().flat_map(|from| from.down(path)).filter_map(dated)
    }

    /// BT-73, BT-74
    pub fn period(&self) -> (Option<Dated<'d>>, Option<Dated<'d>>) {
        let period = self.one(&[cac::InvoicePeriod], &[ram::BillingSpecifiedPeriod]);
        period.map_or((None, None), both_ends)
    }

    /// BT-134, BT-135 of each line that has a period.
    pub fn line_periods(&self) -> impl Iterator<Item = (Option<Dated<'d>>, Option<Dated<'d>>)> {
        let (name, line) = match self.root.doc.syntax {
            Syntax::UblInvoice => (cac::InvoicePeriod, cac::InvoiceLine),
            Syntax::UblCreditNote => (cac::InvoicePeriod, cac::CreditNoteLine),
            Syntax::Cii => (ram::BillingSpecifiedPeriod, ram::SpecifiedLineTradeSettlement),
        };
        let of_line = move |period: &Element| period.parent().is_some_and(|parent| parent.is(line));
        self.root.doc.all(name).filter(of_line).map(both_ends)
    }
}

fn both_ends(period: Element) -> (Option<Dated>, Option<Dated>) {
    let (start, end): (&[Name], &[Name]) = if period.is_cii() {
        (&[ram::StartDateTime, udt::DateTimeString], &[ram::EndDateTime, udt::DateTimeString])
    } else {
        (&[cbc::StartDate], &[cbc::EndDate])
    };
    (period.first(start).and_then(dated), period.first(end).and_then(dated))
}

fn dated(element: Element) -> Option<Dated> {
    Some((element, date(element)?))
}

/// The day an element names: UBL as `2026-11-21`, a time zone behind it means nothing here; CII as `20261121`.
pub fn date(element: Element) -> Option<Date> {
    let text = trim(element.text());
    if !element.is_cii() {
        return text.get(..10)?.parse().ok();
    }
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}
