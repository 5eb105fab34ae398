//! The model: one struct per business group, one field per business term.
//!
//! Fields are public and plain; a group that may repeat is a `Vec`, a term that may be absent an `Option`.
//! Text keeps the characters of the document. `place` of a group is where it stood in the document
//! ([`Places`] turns it into an XPath); values guessed from text have their [`Evidence`] instead.

use super::{Amount, Term};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The syntax an invoice was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Syntax {
    #[serde(rename = "ubl-invoice")]
    UblInvoice,
    #[serde(rename = "ubl-creditnote")]
    UblCreditNote,
    #[serde(rename = "cii")]
    Cii,
}

/// Where a group stood: index of its element in [`Places`]. The default points at the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Place(pub u32);

/// The elements groups were read from; an empty list for an invoice that was guessed.
///
/// Entry 0 is the root. Each entry: parent, name with its usual prefix (`cac:InvoiceLine`), and position
/// among its siblings of the same name (from 1).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Places(pub Vec<(u32, Cow<'static, str>, u32)>);

impl Places {
    /// XPath with positions, such as `/ubl:Invoice[1]/cac:InvoiceLine[2]`; empty for a guessed invoice.
    pub fn xpath(&self, place: Place) -> String {
        let Some((parent, name, position)) = self.0.get(place.0 as usize) else { return String::new() };
        let step = format!("/{name}[{position}]");
        if place.0 == 0 { step } else { self.xpath(Place(*parent)) + &step }
    }

    /// The element around a place; the root is its own.
    pub fn parent(&self, place: Place) -> Place {
        Place(self.0.get(place.0 as usize).map_or(0, |(parent, ..)| *parent))
    }

    /// Whether `inner` is `outer` or stands inside it.
    pub fn within(&self, inner: Place, outer: Place) -> bool {
        let mut place = inner;
        while place != outer {
            match self.0.get(place.0 as usize) {
                Some((parent, ..)) if place.0 != 0 => place = Place(*parent),
                _ => return false,
            }
        }
        true
    }
}

/// Where and how surely a guessed value was read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Evidence {
    /// 0 to 1.
    pub confidence: f32,
    /// Page of the document, from 1.
    pub page: u32,
    /// Left, top, width, height in points (1/72 inch), from the top left corner of the page.
    pub area: [f32; 4],
    /// What speaks for the value or against it, in single words ("label", "checksum", "repaired").
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Cow<'static, str>>,
}

/// A piece of the document that should have been a number or a date and is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misread {
    pub term: Term,
    pub place: Place,
    /// As written, at most 200 characters.
    pub found: String,
}

/// An identifier with its scheme (`schemeID`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Identifier {
    pub value: String,
    pub scheme: Option<String>,
}

/// BG-0 The invoice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Invoice {
    /// `None`: guessed from the text of a page.
    pub syntax: Option<Syntax>,
    pub places: Places,
    pub misread: Vec<Misread>,
    /// Of a guessed invoice: where each header value was read.
    pub evidence: BTreeMap<Term, Evidence>,
    /// BT-1 Invoice number
    pub number: Option<String>,
    /// BT-2 Invoice issue date
    pub issue_date: Option<Date>,
    /// BT-3 Invoice type code (UNTDID 1001)
    pub type_code: Option<String>,
    /// BT-5 Invoice currency code
    pub currency: Option<String>,
    /// BT-6 VAT accounting currency code
    pub vat_currency: Option<String>,
    /// BT-7 Value added tax point date
    pub tax_point_date: Option<Date>,
    /// BT-8 Value added tax point date code, as written: UNTDID 2005 in UBL, UNTDID 2475 in CII
    pub tax_point_code: Option<String>,
    /// BT-9 Payment due date
    pub due_date: Option<Date>,
    /// BT-10 Buyer reference (Leitweg-ID)
    pub buyer_reference: Option<String>,
    /// BT-11 Project reference
    pub project: Option<String>,
    /// BT-12 Contract reference
    pub contract: Option<String>,
    /// BT-13 Purchase order reference
    pub order: Option<String>,
    /// BT-14 Sales order reference
    pub sales_order: Option<String>,
    /// BT-15 Receiving advice reference
    pub receiving_advice: Option<String>,
    /// BT-16 Despatch advice reference
    pub despatch_advice: Option<String>,
    /// BT-17 Tender or lot reference
    pub tender: Option<String>,
    /// BT-18 Invoiced object identifier
    pub invoiced_object: Option<Identifier>,
    /// BT-19 Buyer accounting reference
    pub buyer_accounting: Option<String>,
    /// BT-20 Payment terms
    pub payment_terms: Option<String>,
    /// BG-1 Invoice notes
    pub notes: Vec<Note>,
    /// BT-23 Business process type
    pub business_process: Option<String>,
    /// BT-24 Specification identifier
    pub specification: Option<String>,
    /// BG-3 Preceding invoice references
    pub preceding: Vec<PrecedingInvoice>,
    /// BG-4 Seller
    pub seller: Party,
    /// BG-7 Buyer
    pub buyer: Party,
    /// BG-10 Payee
    pub payee: Option<Party>,
    /// BG-11 Seller tax representative party
    pub tax_representative: Option<Party>,
    /// BG-13 Delivery information
    pub delivery: Option<Delivery>,
    /// BG-14 Invoicing period
    pub period: Option<Period>,
    /// BG-16 Payment instructions
    pub payment: Vec<Payment>,
    /// BG-20 Document level allowances
    pub allowances: Vec<AllowanceCharge>,
    /// BG-21 Document level charges
    pub charges: Vec<AllowanceCharge>,
    /// BG-22 Document totals
    pub totals: Totals,
    /// BG-23 VAT breakdown
    pub vat: Vec<VatBreakdown>,
    /// BG-24 Additional supporting documents
    pub attachments: Vec<Attachment>,
    /// BG-25 Invoice lines
    pub lines: Vec<Line>,
}

/// BG-1 Invoice note
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Note {
    pub place: Place,
    /// BT-21 Invoice note subject code
    pub subject: Option<String>,
    /// BT-22 Invoice note
    pub text: Option<String>,
}

/// BG-3 Preceding invoice reference
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PrecedingInvoice {
    pub place: Place,
    /// BT-25 Preceding invoice reference
    pub number: Option<String>,
    /// BT-26 Preceding invoice issue date
    pub issue_date: Option<Date>,
}

/// BG-4 Seller, BG-7 Buyer, BG-10 Payee, BG-11 Seller tax representative.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Party {
    pub place: Place,
    /// BT-27 Seller name, BT-44 Buyer name, BT-59 Payee name, BT-62 Seller tax representative name
    pub name: Option<String>,
    /// BT-28 Seller trading name, BT-45 Buyer trading name
    pub trading_name: Option<String>,
    /// BT-29 Seller identifiers, BT-46 Buyer identifier, BT-60 Payee identifier. The creditor identifier UBL
    /// puts here (scheme SEPA) is found in [`DirectDebit::creditor`] where the invoice has a direct debit.
    pub ids: Vec<Identifier>,
    /// BT-30 Seller, BT-47 Buyer, BT-61 Payee legal registration identifier
    pub registration: Option<Identifier>,
    /// BT-31 Seller VAT identifier, BT-48 Buyer VAT identifier, BT-63 Seller tax representative VAT identifier
    pub vat_id: Option<String>,
    /// BT-32 Seller tax registration identifier (Steuernummer)
    pub tax_number: Option<String>,
    /// BT-33 Seller additional legal information
    pub legal_info: Option<String>,
    /// BT-34 Seller, BT-49 Buyer electronic address
    pub electronic_address: Option<Identifier>,
    /// BG-5 Seller, BG-8 Buyer, BG-12 Seller tax representative postal address
    pub address: Option<Address>,
    /// BG-6 Seller contact, BG-9 Buyer contact
    pub contact: Option<Contact>,
}

/// BG-5, BG-8, BG-12, BG-15 Postal and deliver-to addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    pub place: Place,
    /// BT-35, BT-50, BT-64, BT-75 Address line 1
    pub line1: Option<String>,
    /// BT-36, BT-51, BT-65, BT-76 Address line 2
    pub line2: Option<String>,
    /// BT-162, BT-163, BT-164, BT-165 Address line 3
    pub line3: Option<String>,
    /// BT-37, BT-52, BT-66, BT-77 City
    pub city: Option<String>,
    /// BT-38, BT-53, BT-67, BT-78 Post code
    pub post_code: Option<String>,
    /// BT-39, BT-54, BT-68, BT-79 Country subdivision
    pub subdivision: Option<String>,
    /// BT-40, BT-55, BT-69, BT-80 Country code
    pub country: Option<String>,
}

/// BG-6 Seller contact, BG-9 Buyer contact
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contact {
    pub place: Place,
    /// BT-41, BT-56 Contact point
    pub name: Option<String>,
    /// BT-42, BT-57 Contact telephone number
    pub telephone: Option<String>,
    /// BT-43, BT-58 Contact email address
    pub email: Option<String>,
}

/// BG-13 Delivery information
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Delivery {
    pub place: Place,
    /// BT-70 Deliver to party name
    pub name: Option<String>,
    /// BT-71 Deliver to location identifier
    pub location: Option<Identifier>,
    /// BT-72 Actual delivery date
    pub date: Option<Date>,
    /// BG-15 Deliver to address
    pub address: Option<Address>,
}

/// BG-14 Invoicing period, BG-26 Invoice line period
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Period {
    pub place: Place,
    /// BT-73, BT-134 Start date
    pub start: Option<Date>,
    /// BT-74, BT-135 End date
    pub end: Option<Date>,
}

/// BG-16 Payment instructions
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Payment {
    pub place: Place,
    /// BT-81 Payment means type code (UNTDID 4461)
    pub means: Option<String>,
    /// BT-82 Payment means text
    pub means_text: Option<String>,
    /// BT-83 Remittance information
    pub remittance: Option<String>,
    /// BG-17 Credit transfer
    pub transfers: Vec<CreditTransfer>,
    /// BG-18 Payment card information
    pub card: Option<Card>,
    /// BG-19 Direct debit
    pub debit: Option<DirectDebit>,
}

/// BG-17 Credit transfer
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CreditTransfer {
    pub place: Place,
    /// BT-84 Payment account identifier (IBAN)
    pub account: Option<String>,
    /// BT-85 Payment account name
    pub name: Option<String>,
    /// BT-86 Payment service provider identifier (BIC)
    pub provider: Option<String>,
}

/// BG-18 Payment card information
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Card {
    pub place: Place,
    /// BT-87 Payment card primary account number
    pub number: Option<String>,
    /// BT-88 Payment card holder name
    pub holder: Option<String>,
}

/// BG-19 Direct debit
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DirectDebit {
    pub place: Place,
    /// BT-89 Mandate reference identifier
    pub mandate: Option<String>,
    /// BT-90 Bank assigned creditor identifier
    pub creditor: Option<String>,
    /// BT-91 Debited account identifier
    pub account: Option<String>,
}

/// BG-20, BG-21 (document) and BG-27, BG-28 (line) allowances and charges.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AllowanceCharge {
    pub place: Place,
    /// BT-92, BT-99, BT-136, BT-141 Amount
    pub amount: Option<Amount>,
    /// BT-93, BT-100, BT-137, BT-142 Base amount
    pub base: Option<Amount>,
    /// BT-94, BT-101, BT-138, BT-143 Percentage
    pub percentage: Option<Amount>,
    /// BT-95, BT-102 VAT category code (document level only)
    pub vat_category: Option<String>,
    /// BT-96, BT-103 VAT rate (document level only)
    pub vat_rate: Option<Amount>,
    /// Category and rate belong to a tax that is not VAT.
    pub other_tax: bool,
    /// BT-97, BT-104, BT-139, BT-144 Reason
    pub reason: Option<String>,
    /// BT-98, BT-105, BT-140, BT-145 Reason code
    pub reason_code: Option<String>,
}

/// BG-22 Document totals
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    pub place: Place,
    /// BT-106 Sum of Invoice line net amount
    pub line_net: Option<Amount>,
    /// BT-107 Sum of allowances on document level
    pub allowances: Option<Amount>,
    /// BT-108 Sum of charges on document level
    pub charges: Option<Amount>,
    /// BT-109 Invoice total amount without VAT
    pub without_vat: Option<Amount>,
    /// BT-110 Invoice total VAT amount
    pub vat: Option<Amount>,
    /// BT-111 Invoice total VAT amount in accounting currency
    pub vat_accounting: Option<Amount>,
    /// BT-112 Invoice total amount with VAT
    pub with_vat: Option<Amount>,
    /// BT-113 Paid amount
    pub paid: Option<Amount>,
    /// BT-114 Rounding amount
    pub rounding: Option<Amount>,
    /// BT-115 Amount due for payment
    pub due: Option<Amount>,
}

/// BG-23 VAT breakdown
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct VatBreakdown {
    pub place: Place,
    /// Where each value was read, if it was guessed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<Term, Evidence>,
    /// BT-116 VAT category taxable amount
    pub base: Option<Amount>,
    /// BT-117 VAT category tax amount
    pub tax: Option<Amount>,
    /// BT-118 VAT category code
    pub category: Option<String>,
    /// BT-119 VAT category rate
    pub rate: Option<Amount>,
    /// Category and rate belong to a tax that is not VAT.
    pub other_tax: bool,
    /// BT-120 VAT exemption reason text
    pub exemption: Option<String>,
    /// BT-121 VAT exemption reason code
    pub exemption_code: Option<String>,
}

/// BG-24 Additional supporting document
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attachment {
    pub place: Place,
    /// BT-122 Supporting document reference
    pub reference: Option<String>,
    /// BT-123 Supporting document description
    pub description: Option<String>,
    /// BT-124 External document location (never fetched)
    pub location: Option<String>,
    /// BT-125 Attached document
    pub embedded: Option<Embedded>,
}

/// BT-125 Attached document, with its media type and file name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Embedded {
    pub media_type: Option<String>,
    pub file_name: Option<String>,
    /// Decoded bytes; empty where the Base64 was broken (then there is a [`Misread`]).
    pub bytes: Vec<u8>,
}

/// BG-25 Invoice line
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Line {
    pub place: Place,
    /// Where each value was read, if it was guessed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<Term, Evidence>,
    /// BT-126 Invoice line identifier
    pub id: Option<String>,
    /// BT-127 Invoice line note
    pub note: Option<String>,
    /// BT-128 Invoice line object identifier
    pub object: Option<Identifier>,
    /// BT-129 Invoiced quantity
    pub quantity: Option<Amount>,
    /// BT-130 Invoiced quantity unit of measure code
    pub unit: Option<String>,
    /// BT-131 Invoice line net amount
    pub net: Option<Amount>,
    /// BT-132 Referenced purchase order line reference
    pub order_line: Option<String>,
    /// BT-133 Invoice line Buyer accounting reference
    pub buyer_accounting: Option<String>,
    /// BG-26 Invoice line period
    pub period: Option<Period>,
    /// BG-27 Invoice line allowances
    pub allowances: Vec<AllowanceCharge>,
    /// BG-28 Invoice line charges
    pub charges: Vec<AllowanceCharge>,
    /// BT-146 Item net price
    pub price: Option<Amount>,
    /// BT-147 Item price discount
    pub price_discount: Option<Amount>,
    /// BT-148 Item gross price
    pub gross_price: Option<Amount>,
    /// BT-149 Item price base quantity
    pub price_quantity: Option<Amount>,
    /// BT-150 Item price base quantity unit of measure code
    pub price_unit: Option<String>,
    /// BT-151 Invoiced item VAT category code
    pub vat_category: Option<String>,
    /// BT-152 Invoiced item VAT rate
    pub vat_rate: Option<Amount>,
    /// Category and rate belong to a tax that is not VAT.
    pub other_tax: bool,
    /// BG-31 Item information
    pub item: Item,
}

/// BG-31 Item information
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Item {
    pub place: Place,
    /// BT-153 Item name
    pub name: Option<String>,
    /// BT-154 Item description
    pub description: Option<String>,
    /// BT-155 Item Seller's identifier
    pub seller_id: Option<String>,
    /// BT-156 Item Buyer's identifier
    pub buyer_id: Option<String>,
    /// BT-157 Item standard identifier
    pub standard_id: Option<Identifier>,
    /// BT-158 Item classification identifiers
    pub classifications: Vec<Classification>,
    /// BT-159 Item country of origin
    pub origin: Option<String>,
    /// BG-32 Item attributes
    pub attributes: Vec<ItemAttribute>,
}

/// BT-158 Item classification identifier, with scheme and version of the scheme.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Classification {
    pub value: String,
    pub scheme: Option<String>,
    pub version: Option<String>,
}

/// BG-32 Item attribute
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ItemAttribute {
    pub place: Place,
    /// BT-160 Item attribute name
    pub name: Option<String>,
    /// BT-161 Item attribute value
    pub value: Option<String>,
}
