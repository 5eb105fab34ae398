//! What a line of an address is: a name, a street, a town, a department.
//!
//! In: words. Out: yes or no, and where a name ends. Absent on purpose: any list of names.

use super::catalogue::{LONGEST, kind_of};
use super::sheet::Token;

/// Legal forms as they are written behind a name.
const FORMS: [&str; 44] = [
    "gmbh",
    "mbh",
    "ggmbh",
    "ag",
    "kg",
    "ohg",
    "gbr",
    "ug",
    "kgaa",
    "se",
    "eg",
    "ek",
    "ekfr",
    "ekfm",
    "ev",
    "mbb",
    "aor",
    "partg",
    "partgmbb",
    "ltd",
    "limited",
    "inc",
    "llc",
    "bv",
    "nv",
    "sarl",
    "srl",
    "spa",
    "sas",
    "gesmbh",
    "gesbr",
    "plc",
    "egmbh",
    "vvag",
    "stiftung",
    "gag",
    "haftungsbeschrankt",
    "ggmbhco",
    "gmbhcokg",
    "gmbhcokgaa",
    "aps",
    "oy",
    "sro",
    "spzoo",
];
/// Forms that are words of their own in small letters; they count only as they are written.
const WRITTEN: [(&str, &[&str]); 12] = [
    ("ag", &["AG"]),
    ("se", &["SE"]),
    ("ev", &["e.V", "eV", "E.V"]),
    ("eg", &["eG", "e.G", "EG"]),
    ("ek", &["e.K", "eK", "E.K", "e.Kfm", "e.Kfr"]),
    ("ug", &["UG"]),
    ("bv", &["B.V", "BV"]),
    ("nv", &["N.V", "NV"]),
    ("inc", &["Inc", "INC"]),
    ("spa", &["S.p.A", "SpA"]),
    ("sas", &["SAS", "S.A.S"]),
    ("kg", &["KG", "K.G", "Kg"]),
];

/// Whether this word is a legal form.
pub fn is_form(token: &Token) -> bool {
    let word = token.text.trim_matches(|c: char| ",;·:|()*".contains(c));
    let shape = word.trim_end_matches('.');
    match WRITTEN.iter().find(|(form, _)| *form == token.folded) {
        Some((_, written)) => written.contains(&shape),
        None => {
            FORMS.contains(&token.folded.as_str())
                && shape.starts_with(|c: char| c.is_uppercase() || "gmo".contains(c))
        }
    }
}

/// Behind the last word of the legal form that begins or continues up to here: "GmbH & Co. KG", "e. K.".
pub fn form_end(tokens: &[Token]) -> Option<usize> {
    let first = tokens
        .iter()
        .enumerate()
        .skip(1)
        .position(|(place, token)| is_form(token) || is_spaced_form(&tokens[place..]))?
        + 1;
    let mut end = first + 1 + usize::from(is_spaced_form(&tokens[first..]) && !is_form(&tokens[first]));
    while let Some(token) = tokens.get(end) {
        let joins = matches!(token.folded.as_str(), "co" | "cokg" | "haftungsbeschrankt" | "mbb" | "kgaa")
            || token.text == "&"
                && tokens
                    .get(end + 1)
                    .is_some_and(|next| next.folded.starts_with("co") || next.folded.starts_with("cie"))
            || is_form(token)
            || token.text == "+" && tokens.get(end + 1).is_some_and(|next| next.folded == "co");
        let separated = tokens[end - 1].text.ends_with([',', ';', '|', '·']);
        if !joins || separated {
            break;
        }
        end += 1;
    }
    Some(end)
}

/// "e. K.", "e. V.", "e. G." in two words
fn is_spaced_form(tokens: &[Token]) -> bool {
    let [first, second, ..] = tokens else { return false };
    first.text == "e." && ["k", "v", "g", "kfm", "kfr"].contains(&second.folded.trim_end_matches('.'))
}

/// Place of a post code with a town behind it; `D-12345`, `DE 12345`, `12345Ort` and the four digits of Austria
/// and Switzerland with their letter count.
pub fn post_code(tokens: &[Token]) -> Option<usize> {
    for place in 0..tokens.len() {
        let text = tokens[place]
            .text
            .trim_start_matches(['(', '·', '|', ',', '"', '„', '‚', '\'', '’', '‘', '“', '*']);
        let code = ["D-", "DE-", "D–", "A-", "AT-", "CH-"]
            .iter()
            .find_map(|country| text.strip_prefix(country))
            .unwrap_or(text);
        let digits = code.bytes().take_while(u8::is_ascii_digit).count();
        let foreign = code.len() < text.len() && !text.starts_with('D') && digits == 4;
        if digits != 5 && !foreign {
            continue;
        }
        let rest = &code[digits..];
        let glued = rest.chars().count() >= 3 && rest.starts_with(char::is_uppercase);
        let next = tokens.get(place + 1).is_some_and(|next| {
            next.text.starts_with(char::is_uppercase)
                && next.text.chars().filter(|c| c.is_alphabetic()).count() >= 2
        });
        if glued || rest.is_empty() && next {
            return Some(place);
        }
    }
    None
}

/// "Bahnhofstraße 90", "Am Mühlbach 13", "Postfach 10 01"
pub fn is_street(tokens: &[Token]) -> bool {
    const WAYS: [&str; 27] = [
        "strasse", "str", "weg", "platz", "allee", "gasse", "ring", "damm", "ufer", "chaussee", "markt", "hof",
        "steig", "park", "graben", "wall", "berg", "feld", "kamp", "pfad", "stieg", "zeile", "garten", "bogen",
        "tor", "brucke", "twiete",
    ];
    let box_ = tokens.first().is_some_and(|first| first.folded == "postfach" || first.folded == "pf");
    let number = tokens
        .iter()
        .skip(1)
        .any(|token| token.text.starts_with(|c: char| c.is_ascii_digit()) && token.folded.len() <= 6);
    let way = tokens.iter().any(|token| {
        let word = token.folded.trim_end_matches(|c: char| c.is_ascii_digit());
        WAYS.iter().any(|way| word.ends_with(way))
    });
    let begins = tokens.first().is_some_and(|first| {
        ["am", "an", "auf", "im", "in", "zum", "zur", "unter", "hinter", "alte", "neue", "alter", "neuer"]
            .contains(&first.folded.as_str())
    });
    let last = tokens
        .last()
        .is_some_and(|last| last.text.starts_with(|c: char| c.is_ascii_digit()) && last.folded.len() <= 5);
    box_ || number && (way || begins) || last && tokens.len() >= 2 && tokens.len() <= 4
}

/// Bodies that receive: what is called so did not send us an invoice, but for its enterprises.
pub fn is_public(tokens: &[Token]) -> bool {
    const PUBLIC: [&str; 37] = [
        "stadt",
        "gemeinde",
        "landkreis",
        "kreis",
        "landeshauptstadt",
        "hansestadt",
        "universitatsstadt",
        "kreisstadt",
        "markt",
        "marktgemeinde",
        "verbandsgemeinde",
        "samtgemeinde",
        "ortsgemeinde",
        "einheitsgemeinde",
        "verwaltungsgemeinschaft",
        "gemeindeverwaltung",
        "stadtverwaltung",
        "kreisverwaltung",
        "landratsamt",
        "bezirksamt",
        "amt",
        "zweckverband",
        "abwasserverband",
        "wasserverband",
        "schulverband",
        "eigenbetrieb",
        "magistrat",
        "rathaus",
        "regierungsprasidium",
        "bezirk",
        "stadtbetriebe",
        "kreisausschuss",
        "freistaat",
        "verwaltungsverband",
        "burgermeisteramt",
        "oberburgermeister",
        "gemeindevorstand",
    ];
    let firm = tokens.iter().any(is_form);
    let public = tokens.iter().take(3).any(|token| PUBLIC.contains(&token.folded.as_str()));
    public && !firm
}

/// A department or a person below the name of a receiver.
pub fn is_department(tokens: &[Token]) -> bool {
    const DEPARTMENTS: [&str; 26] = [
        "kammerei",
        "amt",
        "abteilung",
        "abt",
        "fachbereich",
        "fachdienst",
        "referat",
        "dezernat",
        "sachgebiet",
        "stadtkasse",
        "kasse",
        "gemeindekasse",
        "kreiskasse",
        "finanzverwaltung",
        "finanzabteilung",
        "buchhaltung",
        "rechnungsstelle",
        "rechnungseingang",
        "vergabestelle",
        "gebaudemanagement",
        "einkauf",
        "zentrale",
        "hauptamt",
        "ordnungsamt",
        "geschaftsbuchhaltung",
        "zdh",
    ];
    tokens.first().is_some_and(|first| {
        let word = first.folded.as_str();
        DEPARTMENTS.contains(&word)
            || word.ends_with("amt") && word.len() > 5 && word != "burgermeisteramt"
            || ["zhd", "z", "co", "herrn", "herr", "frau", "hd"].contains(&word)
    })
}

/// "Herrn", "Firma", "An die": stands above a name and is no part of it.
pub fn is_address_form(tokens: &[Token]) -> bool {
    let joined: String = tokens.iter().map(|token| token.folded.as_str()).collect();
    [
        "herrn",
        "herr",
        "frau",
        "firma",
        "fa",
        "an",
        "andie",
        "anden",
        "andas",
        "andendie",
        "familie",
        "herrnfrau",
        "to",
        "eheleute",
    ]
    .contains(&joined.as_str())
}

/// A line that the next one completes: "Metallbau GmbH & Co." above "KG", "Müller &" above "Söhne".
pub fn goes_on(line: &[Token], next: &[Token]) -> bool {
    let Some((last, first)) = line.last().zip(next.first()) else { return false };
    let open = ["&", "+", "und", "-"].contains(&last.text.as_str()) || last.text.ends_with('-');
    let rest = next.len() <= 5 && (is_form(first) || first.text == "&" && next.len() > 1);
    open || rest
}

/// Words of contact, bank and tax: a line of a letterhead or a footer, never a name.
pub fn is_contact(tokens: &[Token]) -> bool {
    const CONTACT: [&str; 36] = [
        "tel",
        "telefon",
        "telefax",
        "fax",
        "mobil",
        "fon",
        "mail",
        "email",
        "www",
        "http",
        "https",
        "internet",
        "web",
        "iban",
        "bic",
        "konto",
        "blz",
        "bankverbindung",
        "ustid",
        "ustidnr",
        "stnr",
        "steuernr",
        "steuernummer",
        "hrb",
        "hra",
        "amtsgericht",
        "registergericht",
        "geschaftsfuhrer",
        "geschaftsfuhrung",
        "finanzamt",
        "phone",
        "vat",
        "inhaber",
        "gerichtsstand",
        "vatid",
        "handelsregister",
    ];
    // "Nordfunk Mobil SE" is a firm
    const IN_NAMES: [&str; 5] = ["mobil", "web", "internet", "mail", "fon"];
    let plain = |token: &Token| !token.text.contains(|c: char| c.is_ascii_digit() || ":@".contains(c));
    let firm = tokens.iter().any(is_form) && tokens.iter().all(plain);
    tokens.iter().any(|token| {
        let text = token.text.as_str();
        CONTACT.contains(&token.folded.as_str()) && !(firm && IN_NAMES.contains(&token.folded.as_str()))
            || text.contains('@')
            || text.starts_with("www.")
            || text.contains("://")
    })
}

/// A bank is never the seller, however often it stands there.
pub fn is_bank(tokens: &[Token]) -> bool {
    const BANKS: [&str; 16] = [
        "sparkasse",
        "kreissparkasse",
        "stadtsparkasse",
        "volksbank",
        "raiffeisenbank",
        "vrbank",
        "commerzbank",
        "postbank",
        "sparda",
        "bank",
        "landesbank",
        "hypovereinsbank",
        "bankhaus",
        "girokonto",
        "unicredit",
        "targobank",
    ];
    tokens.iter().any(|token| {
        BANKS.contains(&token.folded.as_str())
            || token.folded.ends_with("bank") && token.folded.len() > 6
            || token.folded.ends_with("sparkasse")
    })
}

/// Headings and phrases that stand where a name could stand.
pub fn is_phrase(tokens: &[Token]) -> bool {
    const TELLING: [&str; 63] = [
        "rechnung",
        "gutschrift",
        "invoice",
        "seite",
        "page",
        "kopie",
        "original",
        "duplikat",
        "ihre",
        "ihr",
        "unser",
        "unsere",
        "sehr",
        "mit",
        "vielen",
        "danke",
        "dank",
        "quittung",
        "kassenbon",
        "beleg",
        "datum",
        "summe",
        "betrag",
        "gesamt",
        "gesamtbetrag",
        "netto",
        "brutto",
        "mwst",
        "ust",
        "eur",
        "bitte",
        "zahlbar",
        "lieferschein",
        "lieferung",
        "leistung",
        "kunde",
        "kundennummer",
        "rechnungsnummer",
        "rechnungsdatum",
        "rechnungsempfanger",
        "rechnungsanschrift",
        "lieferanschrift",
        "angebot",
        "eingegangen",
        "eingang",
        "gebucht",
        "freundlichen",
        "willkommen",
        "pos",
        "menge",
        "bezeichnung",
        "zahlungsempfanger",
        "kontoinhaber",
        "stornorechnung",
        "rechnungskorrektur",
        "wir",
        "sie",
        "uns",
        "nummer",
        "meisterbetrieb",
        "fachbetrieb",
        "innungsbetrieb",
        "seit",
    ];
    tokens.iter().any(|token| TELLING.contains(&token.folded.as_str()) || token.folded.ends_with("rechnung"))
}

/// A label and nothing else, also one in two languages.
pub fn is_label(tokens: &[Token]) -> bool {
    let joined: String = tokens.iter().take(LONGEST).map(|token| token.folded.as_str()).collect();
    let first = tokens.first().map_or("", |first| first.folded.as_str());
    let known = |joined: &str| kind_of(joined).is_some_and(|(_, exact)| exact);
    let tail = tokens.get(1).is_some_and(|second| second.text == "/")
        || tokens.iter().any(|token| token.text.ends_with(':'));
    known(&joined) || tail && known(first)
}

/// Looks like the name of somebody: letters in the main, begins large, not too many words.
pub fn could_be_name(tokens: &[Token]) -> bool {
    let letters: usize =
        tokens.iter().map(|token| token.text.chars().filter(|c| c.is_alphabetic()).count()).sum();
    let digits: usize =
        tokens.iter().map(|token| token.text.chars().filter(char::is_ascii_digit).count()).sum();
    let large = tokens.iter().any(|token| token.text.starts_with(char::is_uppercase));
    let small = tokens.iter().filter(|token| token.text.starts_with(char::is_lowercase)).count();
    let read = tokens.iter().map(|token| token.confidence).fold(1.0, f32::min);
    letters >= 4
        && digits * 4 <= letters
        && (large || tokens.iter().any(is_form))
        && tokens.len() <= 12
        && small <= 4
        && read > 0.15
}
