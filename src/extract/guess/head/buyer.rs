//! Who received it: the buyer's name.
//!
//! In: a [`View`] and who could be the seller. Out: votes; the first line of the address under its label, in the
//! window of the envelope, or above a town. Absent on purpose: departments and persons below the name.

use super::ballot::{Vote, key, reading};
use super::catalogue::Kind;
use super::cells::Cell;
use super::names::{
    could_be_name, goes_on, is_address_form, is_bank, is_contact, is_department, is_form, is_label, is_phrase,
    is_public, is_street, post_code,
};
use super::seller::same;
use super::sheet::{Token, text};
use super::signs::Sign;
use super::view::View;

/// BT-44 Buyer name. `sellers` are the keys of names that surely belong to the sender.
pub fn names(view: &View, sellers: &[String]) -> Vec<Vote<String>> {
    let mut votes = labelled(view);
    votes.extend(addresses(view, sellers));
    votes.retain(|vote| !sellers.iter().any(|seller| same(seller, &vote.key)) || is_sure(vote));
    let more = mentions(view, &votes);
    votes.extend(more);
    votes
}

fn is_sure(vote: &Vote<String>) -> bool {
    vote.guess.evidence.marks.iter().any(|mark| mark == "label")
}

/// The line under "Rechnungsempfänger", "Rechnung an", "Bill to".
fn labelled(view: &View) -> Vec<Vote<String>> {
    let mut votes = Vec::new();
    // "Empfänger" further down is who is paid
    let upper = |sign: &&Sign| {
        let row = &view.rows[sign.row];
        row.tokens[sign.start].folded != "empfanger" || row.page == 1 && row.depth < 0.42
    };
    for sign in view.of(Kind::Buyer).filter(|sign| sign.firm).filter(upper) {
        let Some(line) = view.name_line(sign) else { continue };
        let comma = line.iter().position(|token| token.text.ends_with([',', ';', '·']));
        votes.extend(candidate(&line[..comma.map_or(line.len(), |comma| comma + 1)], 0.85, "label"));
    }
    votes
}

/// Addresses on the first page, and how much each looks like that of the receiver.
fn addresses(view: &View, sellers: &[String]) -> Vec<Vote<String>> {
    let mut votes = Vec::new();
    let upper = view.cells.iter().enumerate().filter(|(_, cell)| cell.page == 1 && cell.depth < 0.5);
    for (town, cell) in upper.filter(|(_, cell)| is_town(cell.tokens)).take(12) {
        let lines = view.address_lines(town);
        let Some(place) = name_line(view, &lines, sellers) else { continue };
        let line = &view.cells[lines[place]];
        let mut weight: f32 = 0.35;
        if is_public(line.tokens) {
            weight += 0.3;
        }
        if line.depth > 0.09 && line.depth < 0.36 && line.left < 300.0 {
            weight += 0.15;
        }
        if below_sender_line(view, line) {
            weight += 0.2;
        }
        if contact_below(view, cell) {
            weight -= 0.4;
        }
        if sellers.iter().any(|seller| same(seller, &key(&text(line.tokens)))) {
            weight -= 0.6;
        }
        let next = lines.get(place + 1).map(|next| view.cells[*next].tokens);
        let whole: Vec<Token> = match next.filter(|next| goes_on(line.tokens, next)) {
            Some(next) => line.tokens.iter().chain(next).cloned().collect(),
            None => line.tokens.to_vec(),
        };
        votes.extend(candidate(&whole, weight.clamp(0.0, 0.9), "address"));
    }
    votes
}

/// Telephone, mail or tax number stand under the address: it is that of the sender.
pub fn contact_below(view: &View, town: &Cell) -> bool {
    let first = view.cells.partition_point(|cell| cell.row <= town.row);
    view.cells[first..].iter().take_while(|cell| cell.row <= town.row + 5).any(|cell| {
        let near =
            (cell.left - town.left).abs() < 3.0 * town.height && cell.level - town.level < 6.0 * town.height;
        let buyer = cell
            .tokens
            .iter()
            .any(|token| token.folded.starts_with("ihre") || token.folded.starts_with("empf"));
        cell.page == town.page && near && is_contact(cell.tokens) && !buyer
    })
}

fn is_town(tokens: &[Token]) -> bool {
    post_code(tokens).is_some_and(|place| place < 2) && tokens.len() <= 7
}

/// The first line of an address that is a name; a public body's, where there is one.
fn name_line(view: &View, lines: &[usize], sellers: &[String]) -> Option<usize> {
    let (mut begin, mut public) = (None, None);
    for (place, line) in lines.iter().enumerate().rev().skip(1) {
        let cell = &view.cells[*line];
        let tokens = cell.tokens;
        let parts = tokens.iter().filter(|token| {
            let joins = ["&", "+"].contains(&token.text.as_str());
            token.folded.is_empty() && !joins || token.text.ends_with(',')
        });
        let sender = post_code(tokens).is_some() || parts.count() >= 2;
        let sign = view.sign_at(cell.row, cell.start);
        let label = sign.is_some_and(|sign| sign.firm && sign.end >= cell.start + tokens.len());
        let seller = begin.is_some() && sellers.iter().any(|seller| same(seller, &key(&text(tokens))));
        if sender || label || seller || is_contact(tokens) || is_phrase(tokens) {
            break;
        }
        if is_public(tokens) && !is_department(tokens) {
            public = Some(place);
        }
        if !is_address_form(tokens) && !is_note(tokens) {
            begin = Some(place);
        }
    }
    public.or(begin).filter(|place| {
        let tokens = view.cells[lines[*place]].tokens;
        could_be_name(tokens) && (is_public(tokens) || !is_street(tokens))
    })
}

/// "Persönlich", "Einschreiben", "DV 03 0,85 Deutsche Post" above an address.
fn is_note(tokens: &[Token]) -> bool {
    let joined: String = tokens.iter().map(|token| token.folded.as_str()).collect();
    [
        "personlich",
        "vertraulich",
        "einschreiben",
        "vorabpermail",
        "vorabperemail",
        "peremail",
        "permail",
        "eilt",
    ]
    .iter()
    .any(|note| joined.starts_with(note))
        || joined.contains("deutschepost")
        || joined.starts_with("dv0")
}

/// A line with a whole address stands close above, at the same edge.
fn below_sender_line(view: &View, line: &Cell) -> bool {
    let first = view.cells.partition_point(|cell| cell.row + 5 < line.row);
    view.cells[first..].iter().take_while(|cell| cell.row < line.row).any(|cell| {
        let near = cell.page == line.page
            && (cell.left - line.left).abs() < 3.0 * line.height
            && line.level - cell.level < 6.0 * line.height;
        near && post_code(cell.tokens).is_some_and(|place| place > 2)
    })
}

/// The same name elsewhere in the text speaks for it, and for its spelling.
fn mentions(view: &View, votes: &[Vote<String>]) -> Vec<Vote<String>> {
    let mut found = Vec::new();
    let mut keys: Vec<&Vote<String>> = Vec::new();
    for vote in votes {
        if vote.key.len() > 6
            && vote.guess.evidence.confidence > 0.3
            && keys.len() < 6
            && !keys.iter().any(|known| known.key == vote.key)
        {
            keys.push(vote);
        }
    }
    for vote in keys {
        let words: Vec<String> =
            vote.guess.value.split_whitespace().map(key).filter(|word| !word.is_empty()).collect();
        for (number, row) in view.rows.iter().enumerate() {
            for (start, window) in row.tokens.windows(words.len().max(1)).enumerate() {
                let same = window.iter().zip(&words).all(|(token, word)| token.folded == *word);
                if same && view.cell_at(number, start).tokens.len() > words.len() {
                    found.push(Vote::new(vote.guess.value.clone(), vote.key.clone(), 0.3, window, &["echo"]));
                }
            }
        }
    }
    found
}

fn candidate(tokens: &[Token], weight: f32, mark: &'static str) -> Option<Vote<String>> {
    const ARTICLES: [&str; 3] = ["die", "den", "das"];
    let begin = tokens.iter().position(|token| token.text.contains(char::is_alphanumeric))?;
    let end = tokens.iter().rposition(|token| !token.folded.is_empty())? + 1;
    let mut tokens = &tokens[begin..end];
    if tokens.len() > 2 && tokens[0].folded == "an" && ARTICLES.contains(&tokens[1].folded.as_str()) {
        tokens = &tokens[2..];
    } else if tokens.len() > 1 && ["firma", "fa", "herrn", "herr", "frau"].contains(&tokens[0].folded.as_str())
    {
        tokens = &tokens[1..];
    }
    let name = text(tokens).trim_matches(|c: char| c.is_whitespace() || ",;:·•|*‚‘'\"".contains(c)).to_owned();
    let public = is_public(tokens);
    let odd = is_department(tokens) || is_bank(tokens) || !could_be_name(tokens);
    let other = is_contact(tokens) || is_phrase(tokens) || is_label(tokens) || name.chars().count() > 100;
    if other || odd && !public {
        return None;
    }
    let mut marks = vec![mark, reading(tokens)];
    if public {
        marks.push("public");
    } else if tokens.iter().any(is_form) {
        marks.push("legal-form");
    }
    let key = key(&name);
    Some(Vote::new(name, key, weight, tokens, &marks))
}
