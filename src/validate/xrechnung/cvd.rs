//! XRechnung for the procurement of clean vehicles: which vehicles, how clean, under which contract.

use super::{given, head, is_one_of};
use crate::invoice::{Attribute, Name, cac, cbc, cn, inv, ram, rsm};
use crate::validate::codes::ITEM_CLASSIFICATIONS;
use crate::validate::element::Element;
use crate::validate::engine::{Context, Where, fatal, fatal_told, from, holds, on_if};
use crate::validate::number::{normalized_is, trim};

#[rustfmt::skip]
pub const UBL: &[Context] = &[
    on_if(&[from(&[inv::Invoice]), from(&[cn::CreditNote])], is_about_vehicles, &[
        fatal("BR-DE-CVD-02", |invoice| given(invoice, &[cac::OriginatorDocumentReference, cbc::ID])),
        fatal("BR-DE-CVD-01", |invoice| given(invoice, &[cac::ContractDocumentReference, cbc::ID])),
        fatal("BR-DE-CVD-03", |invoice| {
            let credited = invoice.down(&[cac::CreditNoteLine, cac::Item]);
            let mut items = invoice.down(&[cac::InvoiceLine, cac::Item]).chain(credited);
            items.any(|item| vehicles(item, UBL_CLASS) > 0 && item.equals(PROPERTY, "cva"))
        }),
    ]),
    on_if(UBL_ITEM, is_about_vehicles, &[
        fatal("BR-DE-CVD-06-a", |item| vehicles(item, UBL_CLASS) == 0
            || item.down(&[cac::AdditionalItemProperty]).filter(|about| about.equals(&[cbc::Name], "cva")).count() == 1),
        fatal("BR-DE-CVD-06-b", |item| !item.equals(PROPERTY, "cva")
            || vehicles(item, UBL_CLASS) == 1),
    ]),
    on_if(UBL_CODE, is_about_vehicles, &[
        fatal("BR-TMP-CVD-01", is_listed),
        fatal("BR-DE-CVD-04", is_vehicle_category),
    ]),
    on_if(UBL_PROPERTY, |property| is_about_vehicles(property) && property.equals(&[cbc::Name], "cva"), &[
        fatal_told("BR-DE-CVD-05", |property| holds(is_one_of(property, &[cbc::Value], &CLEANNESS)?)),
    ]),
];

#[rustfmt::skip]
pub const CII: &[Context] = &[
    on_if(&[from(&[rsm::CrossIndustryInvoice, rsm::SupplyChainTradeTransaction])], is_about_vehicles, &[
        fatal("BR-DE-CVD-03", |trade| {
            let mut products = trade.down(&[ram::IncludedSupplyChainTradeLineItem, ram::SpecifiedTradeProduct]);
            products.any(|product| vehicles(product, CII_CLASS) > 0 && product.equals(CHARACTERISTIC, "cva"))
        }),
    ]),
    on_if(&[from(&[rsm::CrossIndustryInvoice, rsm::SupplyChainTradeTransaction, ram::IncludedSupplyChainTradeLineItem,
        ram::SpecifiedTradeProduct])], is_about_vehicles, &[
        fatal("BR-DE-CVD-06-b", |product| !product.equals(CHARACTERISTIC, "cva") || vehicles(product, CII_CLASS) == 1),
        fatal("BR-DE-CVD-06-a", |product| vehicles(product, CII_CLASS) == 0
            || product.kids(ram::ApplicableProductCharacteristic)
                .filter(|about| about.equals(&[ram::Description], "cva")).count() == 1),
    ]),
    on_if(&[from(&[rsm::CrossIndustryInvoice, rsm::SupplyChainTradeTransaction, ram::IncludedSupplyChainTradeLineItem,
        ram::SpecifiedTradeProduct, ram::DesignatedProductClassification, ram::ClassCode])], is_about_vehicles, &[
        fatal("BR-TMP-CVD-01", is_listed),
        fatal("BR-DE-CVD-04", is_vehicle_category),
    ]),
    on_if(&[from(&[rsm::CrossIndustryInvoice, rsm::SupplyChainTradeTransaction, ram::IncludedSupplyChainTradeLineItem,
        ram::SpecifiedTradeProduct, ram::ApplicableProductCharacteristic])],
        |about| is_about_vehicles(about) && about.equals(&[ram::Description], "cva"), &[
        fatal_told("BR-DE-CVD-05", |about| holds(is_one_of(about, &[ram::Value], &CLEANNESS)?)),
    ]),
    on_if(&[from(&[rsm::CrossIndustryInvoice, rsm::SupplyChainTradeTransaction, ram::ApplicableHeaderTradeAgreement])],
        is_about_vehicles, &[
        fatal("BR-DE-CVD-01", |agreement| given(agreement, &[ram::ContractReferencedDocument, ram::IssuerAssignedID])),
        fatal_told("BR-DE-CVD-02", |agreement| {
            for document in agreement.kids(ram::AdditionalReferencedDocument) {
                if is_one_of(document, &[ram::TypeCode], &["50"])? && document.speaks(&[ram::IssuerAssignedID])? {
                    return holds(true);
                }
            }
            holds(false)
        }),
    ]),
];

/// Categories of motor vehicles in the directive on clean vehicles.
const CATEGORIES: [&str; 6] = ["M1", "M2", "M3", "N1", "N2", "N3"];
const CLEANNESS: [&str; 3] = ["clean", "zero-emission", "other"];

const UBL_CLASS: &[Name] = &[cac::CommodityClassification, cbc::ItemClassificationCode];
const PROPERTY: &[Name] = &[cac::AdditionalItemProperty, cbc::Name];
const CII_CLASS: &[Name] = &[ram::DesignatedProductClassification, ram::ClassCode];
const CHARACTERISTIC: &[Name] = &[ram::ApplicableProductCharacteristic, ram::Description];

const UBL_ITEM: &[Where] = &[
    from(&[inv::Invoice, cac::InvoiceLine, cac::Item]),
    from(&[cn::CreditNote, cac::CreditNoteLine, cac::Item]),
];
const UBL_CODE: &[Where] = &[
    from(&[
        inv::Invoice,
        cac::InvoiceLine,
        cac::Item,
        cac::CommodityClassification,
        cbc::ItemClassificationCode,
    ]),
    from(&[
        cn::CreditNote,
        cac::CreditNoteLine,
        cac::Item,
        cac::CommodityClassification,
        cbc::ItemClassificationCode,
    ]),
];
const UBL_PROPERTY: &[Where] = &[
    from(&[inv::Invoice, cac::InvoiceLine, cac::Item, cac::AdditionalItemProperty]),
    from(&[cn::CreditNote, cac::CreditNoteLine, cac::Item, cac::AdditionalItemProperty]),
];

fn is_about_vehicles(element: Element) -> bool {
    head(element).vehicles
}

/// Classification codes of an item that say which vehicle it is.
fn vehicles(item: Element, class: &[Name]) -> usize {
    item.down(class).filter(|code| code.attribute(Attribute::ListId) == Some("CVD")).count()
}

/// The scheme of a classification is listed, or `CVD`. A missing one passes, as in the official test.
fn is_listed(code: Element) -> bool {
    let scheme = trim(code.attribute(Attribute::ListId).unwrap_or_default());
    matches!(scheme, "" | "CVD") || ITEM_CLASSIFICATIONS.has(code.doc.edition, scheme)
}

fn is_vehicle_category(code: Element) -> bool {
    let is_vehicle = normalized_is(code.attribute(Attribute::ListId).unwrap_or_default(), "CVD");
    !is_vehicle || CATEGORIES.iter().any(|category| normalized_is(code.text(), category))
}
