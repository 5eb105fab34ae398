//! What goes into a drawer: the original, its renditions, its annexes and `metadata.json`.
//!
//! Everything is put into the store and listed in a [`Plan`] before the first intent is noted, so that a later
//! attempt files the very same bytes, whatever rules or program are in force by then.

use crate::error::{Error, Kind, Result};
use crate::extract::Content;
use crate::filing::{self, Filing, FilingKey};
use crate::invoice::{Amount, Invoice, bt};
use crate::job::{Bilingual, ContentHash, Document, DocumentId, PartOf};
use crate::protocol::{Examined, Heading, html};
use crate::recognise::Section;
use crate::route::{Decision, Shelf};
use crate::store::Store;
use crate::validate::Report;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What will be filed, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub targets: Vec<String>,
    pub file: String,
    pub case: String,
    pub title: String,
    pub items: Vec<PlannedItem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedItem {
    pub name: String,
    pub media_type: String,
    pub content: ContentHash,
}

impl Plan {
    pub fn filing(&self, document: &Document, target: &str, store: &Store) -> Result<Filing> {
        let mut items = Vec::new();
        for item in &self.items {
            items.push(filing::item(&item.name, &item.media_type, store.get(&item.content)?));
        }
        Ok(Filing {
            key: FilingKey::of(document, target),
            file: self.file.clone(),
            case: self.case.clone(),
            title: self.title.clone(),
            items,
        })
    }
}

/// A document that has been decided.
pub struct Paper<'a> {
    pub document: &'a Document,
    pub content: &'a Content,
    pub report: &'a Report,
    pub decision: &'a Decision,
}

impl Paper<'_> {
    pub fn plan(&self, shelf: &Shelf, searchable: Option<Vec<u8>>, store: &Store) -> Result<Plan> {
        let mut items = Vec::new();
        let (extension, media_type) = self.document.kind.format();
        items.push(planned(&format!("original.{extension}"), media_type, self.document.content));
        if let Some(pdf) = searchable {
            items.push(planned("durchsuchbar.pdf", "application/pdf", store.put(&pdf)?));
        }
        for (number, annex) in self.document.annexes.iter().enumerate() {
            let (extension, media_type) = annex.kind.format();
            items.push(planned(&format!("anlage-{}.{extension}", number + 1), media_type, annex.content));
        }
        if let Content::Invoice(invoice) = self.content {
            items.push(planned("pruefbericht.json", "application/json", keep_for_people(store, self.report)?));
            items.push(planned(
                "pruefprotokoll.html",
                "text/html",
                store.put(self.protocol(invoice).as_bytes())?,
            ));
        }
        items.push(planned(
            "metadata.json",
            "application/json",
            keep_for_people(store, &self.metadata(shelf))?,
        ));
        Ok(Plan {
            targets: shelf.targets.clone(),
            file: shelf.file.clone(),
            case: shelf.case.clone(),
            title: shelf.title.clone(),
            items,
        })
    }

    /// For the clerk. The moment of receipt stands in it, so that a second run writes the same page.
    fn protocol(&self, invoice: &Invoice) -> String {
        let document = self.document;
        html::page(&[Examined {
            file: &document.name,
            content: Some(document.content),
            at: document.arrival.at,
            report: self.report,
            heading: Some(&Heading::of_invoice(invoice)),
        }])
    }

    fn metadata<'a>(&'a self, shelf: &'a Shelf) -> Metadata<'a> {
        let document = self.document;
        Metadata {
            schema: "laufmappe-metadata/1",
            document,
            title: &shelf.title,
            office: &shelf.office,
            file: &shelf.file,
            case: &shelf.case,
            guessed: matches!(self.content, Content::Invoice(invoice) if invoice.syntax.is_none()),
            fields: match self.content {
                Content::Invoice(invoice) => fields(invoice),
                Content::Letter(_) => BTreeMap::new(),
            },
            profile: self.report.profile.as_deref(),
            rule_sets: &self.report.rule_sets,
            fatal: self.report.fatal(),
            warnings: self.report.warnings(),
            rule: &self.decision.rule,
            rules_version: &self.decision.rules_version,
            because: &self.decision.because,
            filed_by: concat!("laufmappe ", env!("CARGO_PKG_VERSION")),
        }
    }
}

#[derive(Serialize)]
struct Metadata<'a> {
    schema: &'static str,
    document: &'a Document,
    title: &'a str,
    office: &'a str,
    file: &'a str,
    case: &'a str,
    /// The fields were guessed from the text of a page.
    guessed: bool,
    fields: BTreeMap<String, Field>,
    profile: Option<&'a str>,
    rule_sets: &'a [String],
    fatal: usize,
    warnings: usize,
    rule: &'a str,
    rules_version: &'a str,
    because: &'a [Bilingual],
    filed_by: &'static str,
}

/// A header value; of a guessed one, how surely and where it was read.
#[derive(Serialize)]
struct Field {
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    /// Left, top, width, height (points).
    #[serde(skip_serializing_if = "Option::is_none")]
    area: Option<[f64; 4]>,
}

/// Measures are no money: a thousandth of certainty and a tenth of a point are all that means anything.
fn rounded(measure: f32, steps: f64) -> f64 {
    (f64::from(measure) * steps).round() / steps
}

/// The header of an invoice by business term.
fn fields(invoice: &Invoice) -> BTreeMap<String, Field> {
    let text = |value: &Option<String>| value.clone();
    let amount = |value: Option<Amount>| value.map(|amount| amount.to_string());
    let date = |value: Option<Date>| value.map(|date| date.to_string());
    let transfer = invoice.payment.iter().flat_map(|payment| &payment.transfers).next();
    let (seller, buyer, totals) = (&invoice.seller, &invoice.buyer, &invoice.totals);
    let (preceding, period) = (invoice.preceding.first(), invoice.period.as_ref());
    let terms = [
        (1, text(&invoice.number)),
        (2, date(invoice.issue_date)),
        (3, text(&invoice.type_code)),
        (5, text(&invoice.currency)),
        (9, date(invoice.due_date)),
        (10, text(&invoice.buyer_reference)),
        (11, text(&invoice.project)),
        (12, text(&invoice.contract)),
        (13, text(&invoice.order)),
        (20, text(&invoice.payment_terms)),
        (24, text(&invoice.specification)),
        (25, preceding.and_then(|preceding| preceding.number.clone())),
        (26, preceding.and_then(|preceding| date(preceding.issue_date))),
        (27, text(&seller.name)),
        (31, text(&seller.vat_id)),
        (32, text(&seller.tax_number)),
        (44, text(&buyer.name)),
        (72, invoice.delivery.as_ref().and_then(|delivery| date(delivery.date))),
        (73, period.and_then(|period| date(period.start))),
        (74, period.and_then(|period| date(period.end))),
        (84, transfer.and_then(|transfer| transfer.account.clone())),
        (85, transfer.and_then(|transfer| transfer.name.clone())),
        (86, transfer.and_then(|transfer| transfer.provider.clone())),
        (106, amount(totals.line_net)),
        (107, amount(totals.allowances)),
        (108, amount(totals.charges)),
        (109, amount(totals.without_vat)),
        (110, amount(totals.vat)),
        (111, amount(totals.vat_accounting)),
        (112, amount(totals.with_vat)),
        (113, amount(totals.paid)),
        (114, amount(totals.rounding)),
        (115, amount(totals.due)),
    ];
    let mut fields = BTreeMap::new();
    for (term, value) in terms {
        let (term, Some(value)) = (bt(term), value) else { continue };
        let evidence = invoice.evidence.get(&term);
        let field = Field {
            value,
            confidence: evidence.map(|evidence| rounded(evidence.confidence, 1000.0)),
            page: evidence.map(|evidence| evidence.page),
            area: evidence.map(|evidence| evidence.area.map(|length| rounded(length, 10.0))),
        };
        fields.insert(term.to_string(), field);
    }
    fields
}

/// The `number`th part of a batch.
pub fn part(
    whole: &Document,
    number: u32,
    section: &Section,
    content: ContentHash,
    size: u64,
    reading: ContentHash,
) -> Document {
    Document {
        id: DocumentId::of_part(&whole.id, number),
        tenant: whole.tenant.clone(),
        content,
        size,
        kind: crate::job::Kind::Pdf,
        name: whole.name.clone(),
        arrival: whole.arrival.clone(),
        part_of: Some(PartOf {
            whole: whole.id.clone(),
            content: whole.content,
            number,
            pages: Some((section.first, section.last)),
            separator: section.separator.clone(),
            reading: Some(reading),
        }),
        annexes: Vec::new(),
        repeats: None,
    }
}

/// Puts a rendition into the store as JSON.
pub fn keep<T: Serialize>(store: &Store, rendition: &T) -> Result<ContentHash> {
    let bytes = serde_json::to_vec(rendition)
        .map_err(|error| Error::new(Kind::Internal, format!("writing a rendition failed: {error}")))?;
    store.put(&bytes)
}

/// A rendition that people may open: the same JSON on several lines.
fn keep_for_people<T: Serialize>(store: &Store, rendition: &T) -> Result<ContentHash> {
    let bytes = serde_json::to_vec_pretty(rendition)
        .map_err(|error| Error::new(Kind::Internal, format!("writing a rendition failed: {error}")))?;
    store.put(&bytes)
}

/// A rendition from the store.
pub fn kept<T: DeserializeOwned>(store: &Store, hash: &ContentHash) -> Result<T> {
    serde_json::from_slice(&store.get(hash)?).map_err(|error| {
        Error::new(Kind::Version, format!("the rendition {hash} cannot be read: {error}"))
            .hint("was it written by a newer version of the program?")
    })
}

fn planned(name: &str, media_type: &str, content: ContentHash) -> PlannedItem {
    PlannedItem { name: name.to_owned(), media_type: media_type.to_owned(), content }
}
