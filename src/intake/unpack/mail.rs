//! The parts of a mail.
//!
//! In: a message. Out: its text (`nachricht.txt`, headed by sender, receiver, date and subject) and every
//! attachment with the bytes it was sent with. Absent on purpose: the HTML twin of a plain text (the mail
//! itself is kept whole), checking signatures, Outlook's `winmail.dat`.

use super::archive::{self, File};
use super::ber::{self, Wrapped};
use super::{Depth, Parts, too_deep};
use crate::error::{Error, Kind, Result};
use crate::intake::{Role, kind};
use crate::job::Kind as Format;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::html::html_to_text;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders, PartType};

/// Mails within mails we follow, the outermost included.
const MOST_MAILS: u32 = 2;
/// Signatures around content that we open in one mail.
const MOST_WRAPPINGS: u32 = 2;
/// Longest text we keep of one head line (characters).
const LONGEST_HEAD_LINE: usize = 500;

/// Reads a message and everything in it.
pub fn read(bytes: &[u8], name: &str, depth: Depth, parts: &mut Parts) -> Result<()> {
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Err(Error::new(Kind::Damaged, format!("{name} is not a readable mail"))
            .hint("ask the sender to send it again"));
    };
    let result = walk(&message, depth, parts);
    dismantle(message);
    result
}

/// One message: its text first, then its attachments in their order.
fn walk(message: &Message, depth: Depth, parts: &mut Parts) -> Result<()> {
    if message.parts.first().is_some_and(|root| root.is_content_type("multipart", "encrypted")) {
        return Err(encrypted());
    }
    let (text, html) = texts(message);
    add_text(&head(message), &text, parts)?;
    for place in &message.attachments {
        let Some(part) = message.parts.get(*place as usize) else { continue };
        match &part.body {
            PartType::Multipart(_) => {}
            PartType::Message(inner) => {
                let depth = deeper(&name_of(part), depth)?;
                walk(inner, depth, parts)?;
            }
            PartType::Text(_) | PartType::Html(_) | PartType::Binary(_) | PartType::InlineBinary(_) => {
                let file = File { name: name_of(part), bytes: bytes_of(message, part) };
                add(file, is_shown(part, &html), depth, parts)?;
            }
        }
    }
    Ok(())
}

/// The message itself, as a text file.
fn add_text(head: &str, text: &str, parts: &mut Parts) -> Result<()> {
    let role = if text.trim().is_empty() { Role::Cover } else { Role::Body };
    if role == Role::Cover && head.is_empty() {
        return Ok(());
    }
    parts.messages += 1;
    let name = match parts.messages {
        1 => "nachricht.txt".to_owned(),
        number => format!("nachricht-{number}.txt"),
    };
    let text = if head.is_empty() { text.to_owned() } else { format!("{head}\n{text}") };
    parts.add(&name, Format::PlainText, role, text.into_bytes())
}

/// An attachment or a file of an attached archive; what holds others is opened.
fn add(file: File, shown: bool, depth: Depth, parts: &mut Parts) -> Result<()> {
    let format = kind(&file.bytes);
    let picture = matches!(format, Format::Jpeg | Format::Png | Format::Unknown);
    match format {
        Format::Zip if !archive::is_office(&file.bytes) => add_archive(file, depth, parts),
        Format::Mail => read(&file.bytes, &file.name, deeper(&file.name, depth)?, parts),
        Format::Unknown if file.bytes.first() == Some(&ber::SEQUENCE) => add_signed(file, depth, parts),
        Format::PlainText if file.bytes.starts_with(b"-----BEGIN PGP SIGNATURE-----") => {
            parts.add(&file.name, format, Role::Signature, file.bytes)
        }
        _ if shown && picture => parts.add(&file.name, format, Role::Decoration, file.bytes),
        _ => parts.add(&file.name, format, Role::Attachment, file.bytes),
    }
}

/// The files of an archive take part like attachments; an empty archive stays what it is.
fn add_archive(file: File, depth: Depth, parts: &mut Parts) -> Result<()> {
    if depth.archives > 0 {
        return Err(too_deep(&file.name, "an archive within an archive"));
    }
    let inside = Depth { archives: 1, ..depth };
    let before = parts.found.len();
    archive::read(&file.bytes, &file.name, parts, |file, parts| add(file, false, inside, parts))?;
    if parts.found.len() == before {
        parts.add(&file.name, Format::Zip, Role::Attachment, file.bytes)?;
    }
    Ok(())
}

/// What may be S/MIME: a signature beside its content, or one wrapped around a message or a file.
fn add_signed(file: File, depth: Depth, parts: &mut Parts) -> Result<()> {
    let role = match ber::unwrap(&file.bytes) {
        Wrapped::Encrypted => return Err(encrypted()),
        Wrapped::Unknown => Role::Attachment,
        Wrapped::Detached => Role::Signature,
        Wrapped::Content(bytes) => {
            parts.wrappings += 1;
            if parts.wrappings > MOST_WRAPPINGS {
                return Err(too_deep(&file.name, "one of too many signatures within each other"));
            }
            if is_entity(&bytes) {
                read(&bytes, &file.name, depth, parts)?;
            } else {
                let name = file.name.strip_suffix(".p7m").unwrap_or(&file.name).to_owned();
                add(File { name, bytes }, false, depth, parts)?;
            }
            Role::Signature
        }
    };
    parts.add(&file.name, Format::Unknown, role, file.bytes)
}

/// Begins like a MIME entity: what S/MIME signs is a message without its outer head.
fn is_entity(bytes: &[u8]) -> bool {
    let front = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).to_ascii_lowercase();
    front.starts_with("content-") || front.starts_with("mime-version:") || kind(bytes) == Format::Mail
}

fn deeper(name: &str, depth: Depth) -> Result<Depth> {
    if depth.mails >= MOST_MAILS {
        return Err(too_deep(name, "a mail within a forwarded mail"));
    }
    Ok(Depth { mails: depth.mails + 1, ..depth })
}

fn encrypted() -> Error {
    Error::new(Kind::Encrypted, "the mail is encrypted")
        .hint("open it with the mailbox's key and forward it decrypted, or ask the sender for a plain mail")
}

/// The text of the message (plain preferred, else HTML as text), and all its HTML.
fn texts(message: &Message) -> (String, String) {
    let plain = joined(message, &message.text_body);
    let from_html = joined(message, &message.html_body);
    let mut html = String::new();
    for place in &message.html_body {
        if let Some(PartType::Html(text)) = message.parts.get(*place as usize).map(|part| &part.body) {
            html.push_str(text);
        }
    }
    (if plain.trim().is_empty() { from_html } else { plain }, html)
}

fn joined(message: &Message, places: &[u32]) -> String {
    let mut joined = String::new();
    for place in places {
        match message.parts.get(*place as usize).map(|part| &part.body) {
            Some(PartType::Text(text)) => joined.push_str(text),
            Some(PartType::Html(html)) => joined.push_str(&html_to_text(html)),
            _ => continue,
        }
        joined.push('\n');
    }
    joined
}

/// Who wrote to whom, when and about what.
fn head(message: &Message) -> String {
    let mut head = String::new();
    let lines = [
        ("Von", message.from().map(addresses)),
        ("An", message.to().map(addresses)),
        ("Datum", message.date().map(|date| date.to_rfc3339())),
        ("Betreff", message.subject().map(str::to_owned)),
    ];
    for (name, value) in lines {
        let Some(value) = value else { continue };
        let value: String = value.chars().filter(|c| !c.is_control()).take(LONGEST_HEAD_LINE).collect();
        head.push_str(&format!("{name}: {value}\n"));
    }
    head
}

fn addresses(address: &Address) -> String {
    let mut all = Vec::new();
    for one in address.iter().take(20) {
        match (one.name(), one.address()) {
            (Some(name), Some(address)) => all.push(format!("{name} <{address}>")),
            (name, address) => all.extend(name.or(address).map(str::to_owned)),
        }
    }
    all.join(", ")
}

fn name_of(part: &MessagePart) -> String {
    part.attachment_name().unwrap_or("anlage").to_owned()
}

/// The message shows this part within its text, by its Content-ID.
fn is_shown(part: &MessagePart, html: &str) -> bool {
    part.content_id().is_some_and(|id| !id.is_empty() && html.contains(&format!("cid:{id}")))
}

/// The bytes as they were sent. The library turns text into UTF-8, which would change an XML file that says
/// otherwise, and leaves a part that was cut off encoded, so these are decoded again from the message.
fn bytes_of(message: &Message, part: &MessagePart) -> Vec<u8> {
    if let PartType::Binary(bytes) | PartType::InlineBinary(bytes) = &part.body {
        return bytes.to_vec();
    }
    let Some(raw) = message.raw_message.get(part.offset_body as usize..part.offset_end as usize) else {
        return part.contents().to_vec();
    };
    let encoding = part.content_transfer_encoding().unwrap_or_default().to_ascii_lowercase();
    let decoded = match encoding.as_str() {
        "base64" => base64_decode(raw),
        "quoted-printable" => quoted_printable_decode(raw),
        _ => None,
    };
    decoded.unwrap_or_else(|| raw.to_vec())
}

/// Takes a message apart flatly: dropped as it is, one nested a hundred thousand times overflows the stack.
fn dismantle(message: Message) {
    let mut open = vec![message];
    while let Some(message) = open.pop() {
        for part in message.parts {
            if let PartType::Message(inner) = part.body {
                open.push(inner);
            }
        }
    }
}
