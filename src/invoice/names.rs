//! Element names we know, as small numbers.
//!
//! In: a namespace and a local name. Out: [`Name`]. Written in code as in the documents: `cac::InvoiceLine`.
//! Absent on purpose: prefixes of the document, which mean nothing.

/// An element name: namespace and local name, comparable at the price of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    space: Space,
    local: u8,
}

const UNKNOWN: u8 = u8::MAX;
const SLOTS: usize = 256;

impl Name {
    /// A name we do not know is equal only to other unknown names of its namespace.
    pub fn find(space: Space, local: &str) -> Self {
        let Some((locals, slots)) = space.known() else { return Self { space, local: UNKNOWN } };
        let mut slot = slot_of(local.as_bytes());
        loop {
            let number = slots[slot];
            if number == UNKNOWN || locals[number as usize] == local {
                return Self { space, local: number };
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

/// Cheap and good enough: length, both ends and the middle tell our names apart.
const fn slot_of(local: &[u8]) -> usize {
    let len = local.len();
    if len == 0 {
        return 0;
    }
    let mut mix = len * 37;
    mix = mix * 31 + local[0] as usize;
    mix = mix * 31 + local[len / 3] as usize;
    mix = mix * 31 + local[len / 2] as usize;
    mix = mix * 31 + local[len - 1 - len / 4] as usize;
    mix = mix * 31 + local[len - 1] as usize;
    (mix ^ (mix >> 8)) % SLOTS
}

/// Open addressing; built by the compiler.
const fn slots(locals: &[&str]) -> [u8; SLOTS] {
    let mut slots = [UNKNOWN; SLOTS];
    let mut number = 0;
    while number < locals.len() {
        let mut slot = slot_of(locals[number].as_bytes());
        while slots[slot] != UNKNOWN {
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = number as u8;
        number += 1;
    }
    slots
}

/// The name at its place in the list; found by the compiler.
const fn named(space: Space, locals: &[&str], local: &str) -> Name {
    let mut number = 0;
    while !same(locals[number].as_bytes(), local.as_bytes()) {
        number += 1;
    }
    Name { space, local: number as u8 }
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

macro_rules! names {
    ($($space:ident $prefix:ident $uri:literal { $($local:ident)* })*) => {
        /// Namespaces we know.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Space { $($space,)* Other }

        impl Space {
            pub fn of(uri: &str) -> Self {
                match uri {
                    $($uri => Space::$space,)*
                    _ => Space::Other,
                }
            }

            fn known(self) -> Option<(&'static [&'static str], &'static [u8; SLOTS])> {
                match self {
                    $(Space::$space => Some(($prefix::LOCALS, &$prefix::TABLE)),)*
                    Space::Other => None,
                }
            }
        }

        impl Name {
            /// With its usual prefix, as in `cac:InvoiceLine`.
            pub fn qualified(self) -> &'static str {
                let names: &[&'static str] = match self.space {
                    $(Space::$space => $prefix::QUALIFIED,)*
                    Space::Other => &[],
                };
                names.get(self.local as usize).copied().unwrap_or("*")
            }
        }

        $(
            #[expect(non_upper_case_globals, reason = "element names are written as in the documents")]
            pub mod $prefix {
                use super::{Name, SLOTS, Space};

                $(pub const $local: Name = super::named(Space::$space, LOCALS, stringify!($local));)*
                pub(super) const LOCALS: &[&str] = &[$(stringify!($local)),*];
                pub(super) const QUALIFIED: &[&str] =
                    &[$(concat!(stringify!($prefix), ":", stringify!($local))),*];
                pub(super) static TABLE: [u8; SLOTS] = super::slots(LOCALS);
            }
        )*
    };
}

names! {
    Ubl ubl "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" { Invoice }
    Cn cn "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2" { CreditNote }
    Cac cac "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" {
        AccountingCustomerParty AccountingSupplierParty AdditionalDocumentReference AdditionalItemProperty
        Address AddressLine AllowanceCharge Attachment BillingReference BuyersItemIdentification CardAccount
        ClassifiedTaxCategory CommodityClassification Contact ContractDocumentReference Country
        CreditNoteLine Delivery DeliveryLocation DeliveryParty DespatchDocumentReference DocumentReference
        ExternalReference FinancialInstitutionBranch InvoiceDocumentReference InvoiceLine InvoicePeriod Item
        LegalMonetaryTotal OrderLineReference OrderReference OriginCountry OriginatorDocumentReference Party
        PartyIdentification PartyLegalEntity PartyName PartyTaxScheme PayeeFinancialAccount PayeeParty
        PayerFinancialAccount PaymentMandate PaymentMeans PaymentTerms PostalAddress Price ProjectReference
        ReceiptDocumentReference SellersItemIdentification StandardItemIdentification TaxCategory
        TaxRepresentativeParty TaxScheme TaxSubtotal TaxTotal
    }
    Cbc cbc "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" {
        AccountingCost ActualDeliveryDate AdditionalStreetName AllowanceChargeReason
        AllowanceChargeReasonCode AllowanceTotalAmount Amount BaseAmount BaseQuantity BuyerReference
        ChargeIndicator ChargeTotalAmount CityName CompanyID CompanyLegalForm CountrySubentity
        CreditNoteTypeCode CreditedQuantity CustomizationID Description DescriptionCode DocumentCurrencyCode
        DocumentDescription DocumentTypeCode DueDate ElectronicMail EmbeddedDocumentBinaryObject EndDate
        EndpointID HolderName ID IdentificationCode InvoiceTypeCode InvoicedQuantity IssueDate
        ItemClassificationCode Line LineExtensionAmount LineID MultiplierFactorNumeric Name Note
        PayableAmount PayableRoundingAmount PaymentDueDate PaymentID PaymentMeansCode Percent PostalZone
        PrepaidAmount PriceAmount PrimaryAccountNumberID ProfileID RegistrationName SalesOrderID StartDate
        StreetName TaxAmount TaxCurrencyCode TaxExclusiveAmount TaxExemptionReason TaxExemptionReasonCode
        TaxInclusiveAmount TaxPointDate TaxableAmount Telephone URI Value
    }
    Rsm rsm "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" {
        CrossIndustryInvoice ExchangedDocument ExchangedDocumentContext SupplyChainTradeTransaction
    }
    Ram ram "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" {
        AccountName ActualAmount ActualDeliverySupplyChainEvent AdditionalReferencedDocument
        AllowanceTotalAmount ApplicableHeaderTradeAgreement ApplicableHeaderTradeDelivery
        ApplicableHeaderTradeSettlement ApplicableProductCharacteristic
        ApplicableTradeSettlementFinancialCard ApplicableTradeTax AppliedTradeAllowanceCharge
        AssociatedDocumentLineDocument AttachmentBinaryObject BICID BasisAmount BasisQuantity BilledQuantity
        BillingSpecifiedPeriod BusinessProcessSpecifiedDocumentContextParameter
        BuyerAssignedID BuyerOrderReferencedDocument BuyerReference BuyerTradeParty CalculatedAmount
        CalculationPercent CardholderName CategoryCode CategoryTradeTax ChargeAmount ChargeIndicator
        ChargeTotalAmount CityName ClassCode CompleteNumber Content ContractReferencedDocument CountryID
        CountrySubDivisionName CreditorReferenceID DefinedTradeContact DepartmentName Description
        DesignatedProductClassification DespatchAdviceReferencedDocument DirectDebitMandateID
        DueDateDateTime DueDateTypeCode DuePayableAmount EmailURIUniversalCommunication EndDateTime
        ExemptionReason ExemptionReasonCode FormattedIssueDateTime GlobalID GrandTotalAmount
        GrossPriceProductTradePrice GuidelineSpecifiedDocumentContextParameter IBANID ID IncludedNote
        IncludedSupplyChainTradeLineItem Information InvoiceCurrencyCode InvoiceReferencedDocument
        IssueDateTime IssuerAssignedID LineID LineOne LineThree LineTotalAmount LineTwo Name
        NetPriceProductTradePrice OccurrenceDateTime OriginTradeCountry PayeePartyCreditorFinancialAccount
        PayeeSpecifiedCreditorFinancialInstitution PayeeTradeParty PayerPartyDebtorFinancialAccount
        PaymentReference PersonName PostalTradeAddress PostcodeCode ProprietaryID RateApplicablePercent
        Reason ReasonCode ReceivableSpecifiedTradeAccountingAccount ReceivingAdviceReferencedDocument
        ReferenceTypeCode RoundingAmount SellerAssignedID SellerOrderReferencedDocument
        SellerTaxRepresentativeTradeParty SellerTradeParty ShipToTradeParty SpecifiedLegalOrganization
        SpecifiedLineTradeAgreement SpecifiedLineTradeDelivery SpecifiedLineTradeSettlement
        SpecifiedProcuringProject SpecifiedTaxRegistration SpecifiedTradeAllowanceCharge
        SpecifiedTradePaymentTerms SpecifiedTradeProduct SpecifiedTradeSettlementHeaderMonetarySummation
        SpecifiedTradeSettlementLineMonetarySummation SpecifiedTradeSettlementPaymentMeans StartDateTime
        SubjectCode TaxBasisTotalAmount TaxCurrencyCode TaxPointDate TaxTotalAmount
        TelephoneUniversalCommunication TotalPrepaidAmount TradingBusinessName TypeCode URIID
        URIUniversalCommunication Value
    }
    Udt udt "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100" { DateString DateTimeString Indicator }
    Qdt qdt "urn:un:unece:uncefact:data:standard:QualifiedDataType:100" { DateTimeString }
}

/// Attributes that carry something; all stand without a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    CurrencyId,
    FileName,
    Format,
    ListId,
    ListVersionId,
    MimeCode,
    Name,
    SchemeId,
    UnitCode,
}

impl Attribute {
    pub fn find(name: &str) -> Option<Self> {
        Some(match name {
            "currencyID" => Attribute::CurrencyId,
            "filename" => Attribute::FileName,
            "format" => Attribute::Format,
            "listID" => Attribute::ListId,
            "listVersionID" => Attribute::ListVersionId,
            "mimeCode" => Attribute::MimeCode,
            "name" => Attribute::Name,
            "schemeID" => Attribute::SchemeId,
            "unitCode" => Attribute::UnitCode,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_name_is_found_again() {
        for space in
            [Space::Ubl, Space::Cn, Space::Cac, Space::Cbc, Space::Rsm, Space::Ram, Space::Udt, Space::Qdt]
        {
            let (locals, _) = space.known().unwrap();
            for (number, local) in locals.iter().enumerate() {
                assert_eq!(Name::find(space, local), Name { space, local: number as u8 }, "{local}");
            }
        }
    }

    #[test]
    fn unknown_names_are_told_apart_from_known_ones() {
        assert_ne!(Name::find(Space::Cbc, "Id"), cbc::ID);
        assert_ne!(Name::find(Space::Cac, "ID"), cbc::ID);
        assert_eq!(Name::find(Space::Cac, "Quatsch").qualified(), "*");
        assert_eq!(cac::InvoiceLine.qualified(), "cac:InvoiceLine");
    }
}
