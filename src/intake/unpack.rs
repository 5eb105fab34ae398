//! Dividing a mail or an archive into its documents.
//!
//! In: a document that is a container, and its bytes. Out: the documents inside, their bytes in the store.
//! Absent on purpose: reading what the parts say. The container is parsed in the confined child
//! ([`perform`]); which part is a document and which its annex is decided outside ([`plan`](super::plan)).
//!
//! How deep we go: a mail may hold one archive and one mail within (a forwarded one); an archive may hold
//! mails, which are divided in their turn and may then hold no archive. Anything deeper is refused.

mod archive;
mod ber;
mod mail;

use super::{Part, Role, Share, label, plan};
use crate::error::{Error, Kind, Result};
use crate::job::{Annex, Document, DocumentId, Kind as Format, PartOf};
use crate::sandbox::{Answer, Sandbox};
use crate::store::Store;
use serde::{Deserialize, Serialize};

/// Name of the task in the child.
pub const TASK: &str = "unpack";
/// Most parts of one container.
const MOST_PARTS: usize = 500;
/// Largest sum of all parts (bytes).
const LARGEST_SUM: u64 = 200 * 1024 * 1024;

#[derive(Debug, Serialize, Deserialize)]
struct Question {
    kind: Format,
    name: String,
    /// The container is itself a part: it may hold no archive.
    within: bool,
}

/// What the child says about one part; its bytes are the blob at the same place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub name: String,
    pub kind: Format,
    pub role: Role,
}

/// Divides `whole`; the documents are numbered from 1 in the order they stood.
pub async fn unpack(sandbox: &Sandbox, store: &Store, whole: &Document, bytes: &[u8]) -> Result<Vec<Document>> {
    let question = Question { kind: whole.kind, name: whole.name.clone(), within: whole.part_of.is_some() };
    let (found, blobs): (Vec<Found>, Vec<Vec<u8>>) = sandbox.ask(TASK, &question, &[bytes]).await?;
    if found.len() != blobs.len() || found.len() > MOST_PARTS {
        return Err(Error::new(Kind::Internal, "the reader of containers answered with the wrong parts"));
    }
    let store = store.clone();
    let kept = tokio::task::spawn_blocking(move || keep(&store, found, &blobs)).await;
    let annexes = kept.map_err(|error| Error::new(Kind::Internal, format!("keeping parts died: {error}")))?;
    divide(whole, &annexes?)
}

/// Puts every part into the store.
fn keep(store: &Store, found: Vec<Found>, blobs: &[Vec<u8>]) -> Result<Vec<(Role, Annex)>> {
    let mut kept = Vec::with_capacity(found.len());
    for (part, bytes) in found.into_iter().zip(blobs) {
        let content = store.put(bytes)?;
        let name = label(&part.name);
        kept.push((part.role, Annex { name, content, size: bytes.len() as u64, kind: part.kind }));
    }
    Ok(kept)
}

/// Builds the documents: the plan for a mail, one document for every file of an archive.
fn divide(whole: &Document, kept: &[(Role, Annex)]) -> Result<Vec<Document>> {
    let shares = match whole.kind {
        Format::Mail => {
            let parts: Vec<Part> = kept
                .iter()
                .map(|(role, annex)| Part { role: *role, kind: annex.kind, content: annex.content })
                .collect();
            plan(&parts)
        }
        _ => (0..kept.len()).map(|document| Share { document, annexes: Vec::new() }).collect(),
    };
    if shares.is_empty() {
        return Err(Error::new(Kind::Empty, format!("{} holds no file", whole.name)));
    }
    let mut documents = Vec::with_capacity(shares.len());
    for (number, share) in (1..).zip(shares) {
        documents.push(document(whole, number, kept, &share));
    }
    Ok(documents)
}

fn document(whole: &Document, number: u32, kept: &[(Role, Annex)], share: &Share) -> Document {
    let (_, part) = &kept[share.document];
    Document {
        id: DocumentId::of_part(&whole.id, number),
        tenant: whole.tenant.clone(),
        content: part.content,
        size: part.size,
        kind: part.kind,
        name: part.name.clone(),
        arrival: whole.arrival.clone(),
        part_of: Some(PartOf {
            reading: None,
            whole: whole.id.clone(),
            content: whole.content,
            number,
            pages: None,
            separator: None,
        }),
        annexes: share.annexes.iter().map(|place| kept[*place].1.clone()).collect(),
        repeats: None,
    }
}

/// The child's side: takes the container apart. The answer's JSON is the list of [`Found`].
pub fn perform(question: serde_json::Value, blobs: Vec<Vec<u8>>) -> Answer {
    let wrong = |text: String| Error::new(Kind::Internal, text);
    let question: Question =
        serde_json::from_value(question).map_err(|e| wrong(format!("the question is not readable: {e}")))?;
    let [bytes] = blobs.as_slice() else { return Err(wrong("one container was expected".to_owned())) };
    let mut parts = Parts::default();
    match question.kind {
        Format::Mail => {
            let depth = Depth { mails: 1, archives: u32::from(question.within) };
            mail::read(bytes, &question.name, depth, &mut parts)?;
        }
        Format::Zip => {
            archive::read(bytes, &question.name, &mut parts, |file, parts| pile(file, question.within, parts))?;
        }
        other => return Err(wrong(format!("{other:?} is no container"))),
    }
    if parts.found.is_empty() {
        return Err(Error::new(Kind::Empty, format!("{} holds no file", question.name)));
    }
    let found = serde_json::to_value(&parts.found).map_err(|e| wrong(e.to_string()))?;
    Ok((found, parts.blobs))
}

/// A file of an archive that arrived as such: a document of its own.
fn pile(file: archive::File, within: bool, parts: &mut Parts) -> Result<()> {
    let kind = super::kind(&file.bytes);
    if kind == Format::Zip && !archive::is_office(&file.bytes) {
        return Err(too_deep(&file.name, "an archive within an archive"));
    }
    if kind == Format::Mail && within {
        return Err(too_deep(&file.name, "a mail within an archive within a mail"));
    }
    parts.add(&file.name, kind, Role::Attachment, file.bytes)
}

fn too_deep(name: &str, what: &str) -> Error {
    Error::new(Kind::Forbidden, format!("{} is {what}", label(name)))
        .hint("unpack it and send the files themselves")
}

/// How many containers are open around what is read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Depth {
    mails: u32,
    archives: u32,
}

/// The parts found so far, with the bounds that hold for all of them together.
#[derive(Debug, Default)]
struct Parts {
    found: Vec<Found>,
    blobs: Vec<Vec<u8>>,
    /// Sum of the blobs (bytes).
    sum: u64,
    /// Message texts so far.
    messages: u32,
    /// Signatures around content opened so far.
    wrappings: u32,
}

impl Parts {
    fn add(&mut self, name: &str, kind: Format, role: Role, bytes: Vec<u8>) -> Result<()> {
        if self.found.len() == MOST_PARTS {
            return Err(Error::new(Kind::TooLarge, format!("there are more than {MOST_PARTS} parts"))
                .hint("send them in several deliveries"));
        }
        self.sum += bytes.len() as u64;
        if self.sum > LARGEST_SUM {
            return Err(too_large());
        }
        self.found.push(Found { name: label(name), kind, role });
        self.blobs.push(bytes);
        Ok(())
    }

    /// Bytes that may still come.
    fn room(&self) -> u64 {
        LARGEST_SUM - self.sum
    }
}

fn too_large() -> Error {
    Error::new(Kind::TooLarge, format!("the parts have more than {LARGEST_SUM} bytes together"))
        .hint("send them in several deliveries")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Source, arrive};
    use crate::job::{Channel, ContentHash, Tenant};
    use jiff::Timestamp;

    /// A whole of the given kind in a fresh store.
    fn whole(bytes: &[u8], kind: Format) -> (tempfile::TempDir, Store, Document) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let tenant: Tenant = "musterstadt".parse().unwrap();
        let source = Source {
            tenant: &tenant,
            channel: Channel::Mail,
            source: "<1@x>",
            name: "a/b.eml",
            batch: Some("7"),
            scan: None,
            priority: None,
        };
        let mut whole = arrive(&store, &source, bytes, Timestamp::UNIX_EPOCH).unwrap();
        whole.kind = kind;
        (folder, store, whole)
    }

    fn found(name: &str, kind: Format, role: Role) -> Found {
        Found { name: name.to_owned(), kind, role }
    }

    #[test]
    fn a_mail_becomes_one_document_with_its_annexes() {
        let (_folder, store, whole) = whole(b"From: x", Format::Mail);
        let parts = vec![
            found("nachricht.txt", Format::PlainText, Role::Body),
            found("../rechnung.pdf", Format::Pdf, Role::Attachment),
        ];
        let kept = keep(&store, parts, &[b"Guten Tag".to_vec(), b"%PDF-1.7".to_vec()]).unwrap();
        let documents = divide(&whole, &kept).unwrap();
        let [document] = documents.as_slice() else { panic!("{documents:?}") };
        assert_eq!(document.id, DocumentId::of_part(&whole.id, 1));
        assert_eq!(document.name, "rechnung.pdf");
        assert_eq!(store.get(&document.content).unwrap(), b"%PDF-1.7");
        assert_eq!(document.arrival, whole.arrival);
        assert_eq!(document.part_of.as_ref().map(|part| (part.number, part.content)), Some((1, whole.content)));
        assert_eq!(document.annexes.len(), 1);
        assert_eq!(document.annexes[0].content, ContentHash::of(b"Guten Tag"));
        assert_eq!(documents, divide(&whole, &kept).unwrap(), "a second run finds the same documents");
    }

    #[test]
    fn an_archive_is_a_pile() {
        let (_folder, store, whole) = whole(b"PK\x03\x04", Format::Zip);
        let parts =
            vec![found("a.pdf", Format::Pdf, Role::Attachment), found("b.pdf", Format::Pdf, Role::Attachment)];
        let kept = keep(&store, parts, &[b"%PDF-a".to_vec(), b"%PDF-a".to_vec()]).unwrap();
        let numbers: Vec<_> = divide(&whole, &kept)
            .unwrap()
            .into_iter()
            .map(|document| (document.name, document.part_of.map(|part| part.number), document.annexes.len()))
            .collect();
        assert_eq!(numbers, [("a.pdf".to_owned(), Some(1), 0), ("b.pdf".to_owned(), Some(2), 0)]);
        assert_eq!(divide(&whole, &[]).map_err(|error| error.kind), Err(Kind::Empty));
    }
}
