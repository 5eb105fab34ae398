//! The invoice of EN 16931: what a document says, in the terms of the standard.
//!
//! In: XML bytes (UBL 2.1, UN/CEFACT CII) through [`read`], or values guessed from text. Out: [`Invoice`].
//! Absent on purpose: judging. What could not be read is a [`Misread`] beside the invoice, never an error.

mod amount;
pub mod checks;
mod cii;
mod discounts;
mod encoding;
mod model;
mod names;
mod reading;
mod term;
mod tree;
mod ubl;
mod vocabulary;
mod words;

use crate::error::{Error, Kind, Result};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::borrow::Cow;

pub use amount::Amount;
pub use discounts::{Discount, discounts};
pub use model::*;
pub use names::{Attribute, Name, Space};
pub use term::{Term, bg, bt};
pub use tree::{Node, Tree, blank};
pub use vocabulary::{cac, cbc, cn, ext, qdt, ram, rsm, ubl as inv, udt};
pub use words::name_of;

/// Larger documents are not read.
const MAX_BYTES: usize = 100 * 1024 * 1024;
/// Of a document whose kind is asked, no more is looked at.
const MAX_GLANCE: usize = 64 * 1024;

/// Reads an e-invoice. What is wrong with the invoice is in the result; an error means that these bytes are
/// no invoice, are damaged, or are built to harm.
pub fn read(bytes: &[u8]) -> Result<Invoice> {
    let text = text_of(bytes)?;
    read_tree(&Tree::parse(&text)?)
}

/// The characters of a document that is small enough to be read.
pub fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>> {
    if bytes.len() > MAX_BYTES {
        return Err(too_large(format!("the document has {} bytes, we read {MAX_BYTES}", bytes.len())));
    }
    if bytes.is_empty() {
        return Err(Error::new(Kind::Empty, "the document is empty").hint("ask the sender to send it again"));
    }
    encoding::decode(bytes)
}

/// The invoice a tree holds.
pub fn read_tree(tree: &Tree) -> Result<Invoice> {
    let (invoice, overflowed) = match syntax_of_root(tree.name(0)) {
        Some(Syntax::Cii) => cii::read(tree),
        Some(syntax) => ubl::read(tree, syntax),
        None => {
            return Err(Error::new(Kind::Unsupported, "the document is XML, but no invoice we know")
                .hint("UBL 2.1 Invoice and CreditNote and UN/CEFACT CrossIndustryInvoice are read"));
        }
    };
    if overflowed {
        return Err(too_large("the invoice has more lines and groups than we read".to_owned()));
    }
    Ok(invoice)
}

/// The syntax the first start tag announces, without reading further; nothing is said about the rest.
pub fn syntax_of(bytes: &[u8]) -> Option<Syntax> {
    let text = encoding::glance(&bytes[..bytes.len().min(MAX_GLANCE)]);
    let mut reader = Reader::from_str(&text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.name().into_inner();
                let (prefix, local) = name.split_once(':').unwrap_or(("", name));
                let declaration =
                    if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
                let uri = tag.try_get_attribute(declaration.as_str()).ok()??;
                return syntax_of_root(Name::find(Space::of(&uri.value), local));
            }
            Event::Comment(_) | Event::Decl(_) | Event::DocType(_) | Event::PI(_) | Event::Text(_) => {}
            _ => return None,
        }
    }
}

/// Looks like XML, well-formed or not. HTML does not count.
pub fn is_xml(bytes: &[u8]) -> bool {
    let text = encoding::glance(&bytes[..bytes.len().min(MAX_GLANCE)]);
    let start: String = text.trim_start().chars().take(14).collect::<String>().to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return false;
    }
    let name_follows = |rest: &str| rest.starts_with(|c: char| c.is_alphabetic() || c == '_');
    start.starts_with("<?xml")
        || start.starts_with("<!--")
        || start.starts_with("<!doctype")
        || start.strip_prefix('<').is_some_and(name_follows)
}

/// The syntax a root element belongs to.
pub fn syntax_of_root(root: Name) -> Option<Syntax> {
    match root {
        inv::Invoice => Some(Syntax::UblInvoice),
        cn::CreditNote => Some(Syntax::UblCreditNote),
        rsm::CrossIndustryInvoice => Some(Syntax::Cii),
        _ => None,
    }
}

fn too_large(what: String) -> Error {
    Error::new(Kind::TooLarge, what).hint("no invoice needs that; look at the document by hand")
}
