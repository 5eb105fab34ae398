//! The plan of division: which parts of a mail are documents, and which are their annexes.
//!
//! In: the parts of one mail in the order they stood. Out: [`Share`]s, each one document with its annexes.
//! Every part stands in exactly one share: nothing is dropped, nothing is doubled.
//!
//! A mail is one arrival and usually one document:
//!
//! | the mail holds                               | documents | annexes |
//! |----------------------------------------------|-----------|---------|
//! | exactly one invoice as XML                   | the XML | everything else, a PDF copy included |
//! | several invoices as XML                      | each, and every other attachment | message, marks, pictures: with the first |
//! | no such XML, exactly one PDF                 | the PDF | everything else |
//! | no XML invoice, no PDF, one picture or XML   | that one | everything else |
//! | several PDFs, pictures or XML files          | every attachment | message, marks, pictures: with the first |
//! | none of these, but a message with words      | the message | everything else |
//! | none of these and no words                   | every attachment, else the bare cover | the rest |
//!
//! The same bytes attached twice are one document; the copy is its annex. A signature and a picture that the
//! message shows within its text are never documents while there is anything else.

use crate::job::{ContentHash, Kind};
use serde::{Deserialize, Serialize};

/// What a part was in its mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The message itself, with words in it.
    Body,
    /// The head of a message without words.
    Cover,
    Attachment,
    /// A picture the message shows within its text (a logo).
    Decoration,
    /// The proof of a signed mail.
    Signature,
}

/// One part of a mail, as far as the plan needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub role: Role,
    pub kind: Kind,
    pub content: ContentHash,
}

/// One document and its annexes, by place among the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub document: usize,
    pub annexes: Vec<usize>,
}

pub fn plan(parts: &[Part]) -> Vec<Share> {
    let attachments = distinct(parts);
    let of_kind = |wanted: fn(Kind) -> bool| -> Vec<usize> {
        attachments.iter().copied().filter(|place| wanted(parts[*place].kind)).collect()
    };
    let invoices = of_kind(Kind::is_invoice_xml);
    let pdfs = of_kind(|kind| kind == Kind::Pdf);
    let papers = of_kind(|kind| kind.has_pages() || kind.is_invoice_xml() || kind == Kind::OtherXml);
    let with_role = |role: Role| parts.iter().position(|part| part.role == role);

    let documents = match (invoices.as_slice(), pdfs.as_slice(), papers.as_slice()) {
        ([invoice], _, _) => vec![*invoice],
        ([_, _, ..], _, _) => attachments,
        ([], [pdf], _) => vec![*pdf],
        ([], _, [paper]) => vec![*paper],
        ([], _, [_, _, ..]) => attachments,
        ([], _, []) => match with_role(Role::Body) {
            Some(body) => vec![body],
            None if attachments.is_empty() => with_role(Role::Cover).or(first(parts)).into_iter().collect(),
            None => attachments,
        },
    };
    shares(parts, &documents)
}

/// Attachments, the same bytes only once.
fn distinct(parts: &[Part]) -> Vec<usize> {
    let mut places: Vec<usize> = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let known = places.iter().any(|earlier| parts[*earlier].content == part.content);
        if part.role == Role::Attachment && !known {
            places.push(place);
        }
    }
    places
}

fn first(parts: &[Part]) -> Option<usize> {
    if parts.is_empty() { None } else { Some(0) }
}

/// Every part that is no document goes with its twin, else with the first document.
fn shares(parts: &[Part], documents: &[usize]) -> Vec<Share> {
    let mut shares: Vec<Share> =
        documents.iter().map(|place| Share { document: *place, annexes: Vec::new() }).collect();
    for (place, part) in parts.iter().enumerate() {
        if documents.contains(&place) {
            continue;
        }
        let twin = documents.iter().position(|document| parts[*document].content == part.content);
        if let Some(share) = shares.get_mut(twin.unwrap_or(0)) {
            share.annexes.push(place);
        }
    }
    shares
}
