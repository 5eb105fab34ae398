//! What PDF/A-2b and PDF/A-3b ask of a file, as far as its structure shows it. No certificate: clauses that the
//! program could break are looked at, those about things it never writes are only looked for.

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, Stream};

/// Every fault found, in words. `part`: 2 or 3.
pub fn faults(pdf: &[u8], part: u8) -> Vec<String> {
    let mut found = Found { document: Document::load_mem(pdf).expect("a PDF"), faults: Vec::new() };
    found.file(pdf);
    found.catalog(part);
    let intent = found.intent();
    let objects: Vec<(u32, Object)> =
        found.document.objects.iter().map(|(id, object)| (id.0, object.clone())).collect();
    for (id, object) in &objects {
        found.object(*id, object, intent, part);
    }
    found.pages();
    found.faults
}

struct Found {
    document: Document,
    faults: Vec<String>,
}

impl Found {
    fn must(&mut self, holds: bool, fault: impl Into<String>) {
        if !holds {
            self.faults.push(fault.into());
        }
    }

    fn get(&self, owner: &Dictionary, key: &[u8]) -> Option<Object> {
        owner.get_deref(key, &self.document).ok().cloned()
    }

    /// 6.1.2 and 6.1.3: header, comment of high bytes, identifier, no encryption, nothing behind the end.
    fn file(&mut self, pdf: &[u8]) {
        self.must(pdf.starts_with(b"%PDF-1.") && (b'0'..=b'7').contains(&pdf[7]), "header");
        let comment = pdf.split(|byte| *byte == b'\n').nth(1).unwrap_or_default();
        let high = comment.len() >= 5 && comment[0] == b'%' && comment[1..5].iter().all(|byte| *byte > 127);
        self.must(high, "no comment of high bytes behind the header");
        self.must(pdf.trim_ascii_end().ends_with(b"%%EOF"), "something behind the end");
        let id = self.document.trailer.get(b"ID").and_then(Object::as_array).map(Vec::len);
        self.must(id.is_ok_and(|parts| parts == 2), "no identifier");
        self.must(!self.document.trailer.has(b"Encrypt"), "encrypted");
        let ends = pdf.windows(b"endstream".len()).filter(|window| *window == b"endstream").count();
        let clouded = pdf.windows(11).any(|window| window == b"\r\nendstream");
        self.must(ends > 0 && !clouded, "a stream whose length depends on the reader");
    }

    /// 6.6: nothing active, metadata unpacked and claiming the right part.
    fn catalog(&mut self, part: u8) {
        let catalog = self.document.catalog().expect("a catalog").clone();
        for key in ["AA", "OpenAction", "AcroForm", "Perms", "Requirements", "NeedsRendering", "Collection"] {
            self.must(!catalog.has(key.as_bytes()), format!("catalog with {key}"));
        }
        let Some(Object::Stream(metadata)) = self.get(&catalog, b"Metadata") else {
            return self.must(false, "no metadata");
        };
        self.must(!metadata.dict.has(b"Filter"), "packed metadata");
        let packet = String::from_utf8(metadata.content).unwrap_or_default();
        let claims = packet.contains(&format!("<pdfaid:part>{part}</pdfaid:part>"))
            && packet.contains("<pdfaid:conformance>B</pdfaid:conformance>");
        self.must(claims && packet.starts_with("<?xpacket begin=\"\u{feff}\""), "metadata without the claim");
        let info = self.get(&self.document.trailer, b"Info");
        let title = info.and_then(|info| self.get(info.as_dict().ok()?, b"Title"));
        let title = title.and_then(|title| title.as_str().ok().map(<[u8]>::to_vec)).unwrap_or_default();
        let same = packet.contains(&format!(">{}<", String::from_utf8_lossy(&title)));
        self.must(same, "title and metadata differ");
    }

    /// 6.2.3: how many colours the output intent has.
    fn intent(&mut self) -> Option<i64> {
        let catalog = self.document.catalog().ok()?.clone();
        let intents = self.get(&catalog, b"OutputIntents")?;
        let intent =
            self.document.dereference(intents.as_array().ok()?.first()?).ok()?.1.as_dict().ok()?.clone();
        self.must(intent.get(b"S").and_then(Object::as_name).is_ok_and(|s| s == b"GTS_PDFA1"), "intent");
        let Some(Object::Stream(profile)) = self.get(&intent, b"DestOutputProfile") else { return None };
        let bytes = profile.get_plain_content().ok()?;
        let size = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
        self.must(
            size == bytes.len() && &bytes[36..40] == b"acsp" && bytes[8] <= 4,
            "intent without a profile",
        );
        let space: &[u8] = &bytes[16..20];
        let colours = profile.dict.get(b"N").and_then(Object::as_i64).ok()?;
        let fits = matches!((space, colours), (b"GRAY", 1) | (b"RGB ", 3) | (b"CMYK", 4));
        self.must(fits, "a profile of another number of colours");
        Some(colours)
    }

    fn object(&mut self, id: u32, object: &Object, intent: Option<i64>, part: u8) {
        if let Object::Stream(stream) = object {
            self.stream(id, stream, intent);
        }
        let entries = match object {
            Object::Stream(stream) => &stream.dict,
            Object::Dictionary(entries) => entries,
            _ => return,
        };
        let name = |key: &[u8]| entries.get(key).and_then(Object::as_name).unwrap_or_default().to_vec();
        for key in ["JS", "AA", "Alternates", "OPI", "PS", "Ref", "ByteRange", "TR"] {
            self.must(!entries.has(key.as_bytes()), format!("object {id} with {key}"));
        }
        let interpolated = entries.get(b"Interpolate").and_then(Object::as_bool).unwrap_or(false);
        self.must(!interpolated, format!("image {id} is interpolated"));
        match name(b"Type").as_slice() {
            b"Font" => self.font(id, entries),
            b"Filespec" => {
                let whole =
                    [b"F".as_slice(), b"UF", b"EF", b"AFRelationship"].iter().all(|key| entries.has(key));
                self.must(part == 3 && whole, format!("attachment {id}"));
            }
            b"EmbeddedFile" => self.must(part == 3 && name(b"Subtype").contains(&b'/'), format!("file {id}")),
            b"Action" | b"Sig" | b"Annot" => self.must(false, format!("active object {id}")),
            _ => {}
        }
    }

    /// 6.1.7 and 6.2.8: length, packing, colours.
    fn stream(&mut self, id: u32, stream: &Stream, intent: Option<i64>) {
        let length = stream.dict.get(b"Length").and_then(Object::as_i64).unwrap_or(-1);
        self.must(length == stream.content.len() as i64, format!("length of stream {id}"));
        let packing = format!("{:?}", stream.dict.get(b"Filter"));
        self.must(!packing.contains("LZW") && !packing.contains("Crypt"), format!("packing of stream {id}"));
        self.must(!stream.dict.has(b"F") && !stream.dict.has(b"FFilter"), format!("stream {id} lies outside"));
        let space = format!("{:?}", self.get(&stream.dict, b"ColorSpace"));
        for (device, colours) in [("DeviceRGB", 3), ("DeviceCMYK", 4)] {
            self.must(!space.contains(device) || intent == Some(colours), format!("{device} in stream {id}"));
        }
        self.must(!space.contains("DeviceGray") || intent.is_some(), format!("gray without meaning in {id}"));
    }

    /// 6.2.11: embedded, and its program has the widths the PDF says.
    fn font(&mut self, id: u32, font: &Dictionary) {
        let descriptor = self.get(font, b"FontDescriptor").and_then(|it| it.as_dict().ok().cloned());
        let Some(descriptor) = descriptor else {
            return self.must(false, format!("font {id} is not embedded"));
        };
        let Some(Object::Stream(program)) = self.get(&descriptor, b"FontFile2") else {
            return self.must(false, format!("font {id} is not embedded"));
        };
        self.must(font.has(b"ToUnicode"), format!("font {id} means nothing"));
        let flags = descriptor.get(b"Flags").and_then(Object::as_i64).unwrap_or(0);
        self.must(flags & 4 != 0 && !font.has(b"Encoding"), format!("symbolic font {id} with an encoding"));
        let program = program.get_plain_content().unwrap_or_default();
        let length = descriptor.get_deref(b"FontFile2", &self.document).and_then(Object::as_stream);
        let length = length.and_then(|stream| stream.dict.get(b"Length1")).and_then(Object::as_i64);
        self.must(length.is_ok_and(|length| length == program.len() as i64), format!("length of font {id}"));
        let first = font.get(b"FirstChar").and_then(Object::as_i64).unwrap_or(0);
        let widths = self.get(font, b"Widths").and_then(|it| it.as_array().ok().cloned()).unwrap_or_default();
        for (place, width) in widths.iter().enumerate() {
            let code = (first + place as i64) as u16;
            let drawn = advance(&program, 0xf000 + code).map(i64::from);
            self.must(drawn == width.as_i64().ok(), format!("font {id}: width of {code}: {drawn:?}"));
        }
    }

    /// 6.1.13: sides, nesting; every operator is known.
    fn pages(&mut self) {
        const KNOWN: [&str; 30] = [
            "q", "Q", "cm", "Do", "BT", "ET", "Tf", "Tz", "Tr", "Td", "TJ", "Tj", "Tm", "re", "m", "l", "c",
            "v", "y", "h", "f", "f*", "S", "s", "n", "W", "w", "g", "rg", "J",
        ];
        for (number, page) in self.document.get_pages() {
            let entries = self.document.get_dictionary(page).expect("a page").clone();
            let sides = self.get(&entries, b"MediaBox").and_then(|sides| sides.as_array().ok().cloned());
            let sides: Vec<f32> =
                sides.unwrap_or_default().iter().filter_map(|side| side.as_float().ok()).collect();
            let sane = sides.len() == 4 && (3.0..=14_400.0).contains(&(sides[2] - sides[0]));
            self.must(
                sane && (3.0..=14_400.0).contains(&(sides[3] - sides[1])),
                format!("sides of page {number}"),
            );
            for key in ["Annots", "AA", "PresSteps"] {
                self.must(!entries.has(key.as_bytes()), format!("page {number} with {key}"));
            }
            let content = Content::decode(&self.document.get_page_content(page)).expect("operators");
            let mut depth = 0_i32;
            for operation in &content.operations {
                self.must(
                    KNOWN.contains(&operation.operator.as_str()),
                    format!("operator {}", operation.operator),
                );
                depth += i32::from(operation.operator == "q") - i32::from(operation.operator == "Q");
                self.must((0..=28).contains(&depth), format!("nesting of page {number}"));
            }
            self.must(depth == 0, format!("page {number} ends in the middle"));
        }
    }
}

/// The advance of a code in a TrueType program with one character map of format 4.
fn advance(program: &[u8], code: u16) -> Option<u16> {
    let two = |place: usize| Some(u16::from_be_bytes(program.get(place..place + 2)?.try_into().ok()?));
    let four =
        |place: usize| Some(u32::from_be_bytes(program.get(place..place + 4)?.try_into().ok()?) as usize);
    let table = |name: &[u8]| {
        let tables = usize::from(two(4)?);
        (0..tables)
            .map(|table| 12 + 16 * table)
            .find(|place| &program[*place..place + 4] == name)
            .and_then(|place| four(place + 8))
    };
    let map = table(b"cmap")?;
    let map = map + four(map + 8)?;
    let segments = usize::from(two(map + 6)?) / 2;
    let segment = (0..segments).find(|segment| two(map + 14 + 2 * segment).is_some_and(|end| end >= code))?;
    let start = two(map + 16 + 2 * segments + 2 * segment)?;
    let delta = two(map + 16 + 4 * segments + 2 * segment)?;
    let glyph = if code < start { 0 } else { code.wrapping_add(delta) };
    let metrics = usize::from(two(table(b"hhea")? + 34)?);
    two(table(b"hmtx")? + 4 * usize::from(glyph).min(metrics - 1))
}
