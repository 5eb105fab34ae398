//! Who sent it: the seller's name.
//!
//! In: a [`View`], the names in payment codes, the likely buyer. Out: the name with most reasons. Reasons are the
//! sender's line above the address, the letterhead, the footer, the holder of the account, the signature.
//! Absent on purpose: any list of names.

use super::ballot::{Vote, key, reading};
use super::buyer::contact_below;
use super::catalogue::Kind;
use super::cells::Cell;
use super::names::{
    could_be_name, form_end, goes_on, is_bank, is_contact, is_form, is_label, is_phrase, is_public, is_street,
    post_code,
};
use super::sheet::{Guess, Token, text};
use super::spelling::names_domain;
use super::view::View;

/// BT-27: votes for everybody who could have sent it.
pub fn names(view: &View, codes: &[&str]) -> Vec<Vote<String>> {
    let mut votes = sender_lines(view);
    votes.extend(labelled(view));
    votes.extend(letterhead(view));
    votes.extend(footers(view));
    votes.extend(signatures(view));
    votes.extend(legal_forms(view));
    votes.extend(codes.iter().filter_map(|code| beneficiary(code)));
    votes.truncate(MOST_CANDIDATES);
    votes
}

/// Candidates that are compared with each other.
const MOST_CANDIDATES: usize = 60;

/// The name most places agree on, in its fullest and best read writing.
pub fn elect(votes: &[Vote<String>], buyer: Option<&str>, domains: &[String]) -> Option<Guess<String>> {
    let buyer = buyer.map(key);
    let votes: Vec<&Vote<String>> =
        votes.iter().filter(|vote| !is_buyer(&vote.key, buyer.as_deref())).collect();
    let mut best: Option<(f32, Vec<&Vote<String>>)> = None;
    let mut second = 0.0_f32;
    let mut done: Vec<&str> = Vec::new();
    for leader in &votes {
        if done.contains(&leader.key.as_str()) {
            continue;
        }
        let group: Vec<&Vote<String>> =
            votes.iter().filter(|vote| same(&vote.key, &leader.key)).copied().collect();
        done.extend(group.iter().map(|vote| vote.key.as_str()));
        let doubt: f32 =
            group.iter().map(|vote| 1.0 - vote.guess.evidence.confidence.clamp(0.0, 0.95)).product();
        let known = domains.iter().any(|domain| names_domain(&leader.guess.value, domain));
        let weight = 1.0 - doubt * if known { 0.5 } else { 1.0 };
        if best.as_ref().is_none_or(|(heaviest, _)| weight > *heaviest) {
            second = best.as_ref().map_or(second, |(heaviest, _)| second.max(*heaviest));
            best = Some((weight, group));
        } else {
            second = second.max(weight);
        }
    }
    let (weight, group) = best?;
    let mut guess = best_writing(&group)?;
    let marks = &mut guess.evidence.marks;
    let writing = key(&guess.value);
    let alike = group.iter().filter(|vote| vote.key == writing).count();
    if domains.iter().any(|domain| names_domain(&guess.value, domain)) {
        marks.push("domain".into());
    }
    if alike > 1 {
        marks.push("again".into());
    }
    if alike < group.len() {
        marks.push("differs".into());
    }
    guess.evidence.confidence = weight.min(0.999) * if alike > 1 { 1.0 } else { 0.9 };
    if second > 0.85 * weight {
        guess.evidence.marks.push("several".into());
        guess.evidence.confidence *= 0.7;
    }
    Some(guess)
}

fn is_buyer(name: &str, buyer: Option<&str>) -> bool {
    buyer.is_some_and(|buyer| same(name, buyer))
}

/// The same name: equal, one the beginning of the other, or a letter or two read differently.
pub fn same(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let begins = short.len() >= 6 && long.starts_with(short);
    a == b || begins || a.len() > 7 && b.len() > 7 && distance_within(a, b, 1 + long.len() / 12)
}

/// Whether so many changes make one text the other.
fn distance_within(a: &str, b: &str, most: usize) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most || a.len() > 120 {
        return false;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != y)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()] <= most
}

/// Of one name's writings: the one seen most often, then the one with its legal form, then the best read.
fn best_writing(group: &[&Vote<String>]) -> Option<Guess<String>> {
    let mut best: Option<(f32, &Vote<String>)> = None;
    let whole = |vote: &Vote<String>| vote.guess.evidence.marks.iter().any(|mark| mark == "legal-form");
    for vote in group {
        let alike = group.iter().filter(|other| other.key == vote.key);
        let weight: f32 = alike.map(|other| other.guess.evidence.confidence).sum();
        let longer = group.iter().any(|other| {
            other.key.len() > vote.key.len() + 1 && other.key.starts_with(&vote.key) && whole(other)
        });
        let weight = weight
            * if longer && !whole(vote) {
                0.3
            } else if longer {
                0.6
            } else {
                1.0
            };
        if best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, vote));
        }
    }
    best.map(|(_, vote)| vote.guess.clone())
}

/// "Firma · Weg 1 · 12345 Ort", small above the address or as a letterhead.
fn sender_lines(view: &View) -> Vec<Vote<String>> {
    let mut found = Vec::new();
    for cell in view.cells.iter().filter(|cell| cell.page == 1 && (cell.depth < 0.45 || cell.depth > 0.85)) {
        let Some(town) = post_code(cell.tokens) else { continue };
        let front = &cell.tokens[..town];
        let end = name_end(front);
        let rest = &front[end..];
        // a street between name and town
        let digits = rest.iter().any(|token| token.text.contains(|c: char| c.is_ascii_digit()));
        if end == 0 || end == front.len() || !digits {
            continue;
        }
        let weight = if cell.depth > 0.85 { 0.7 } else { 0.85 };
        // one word alone may be a motto ("Meisterbetrieb")
        let weight = if end == 1 && !is_form(&front[0]) { 0.2 } else { weight };
        found.extend(candidate(&front[..end], weight, "sender-line"));
    }
    found
}

/// Where the name at the beginning of a line ends: at a separator, behind a legal form, before a street.
fn name_end(tokens: &[Token]) -> usize {
    let separator =
        tokens.iter().position(separates).map(|place| place + usize::from(!is_mark(&tokens[place])));
    let form = form_end(tokens);
    let street = (1..tokens.len()).find(|place| {
        let next =
            tokens.get(place + 1).is_some_and(|next| next.text.starts_with(|c: char| c.is_ascii_digit()));
        next && is_street(&tokens[*place..tokens.len().min(place + 2)])
    });
    // a comma inside a name ("Müller, Meier & Partner mbB") gives way to the form behind it
    let separator =
        separator.filter(|place| form.is_none_or(|form| form <= *place || is_mark_at(tokens, *place)));
    separator.into_iter().chain(form).chain(street).min().unwrap_or(tokens.len())
}

fn is_mark_at(tokens: &[Token], place: usize) -> bool {
    tokens.get(place).is_some_and(is_mark)
        || place.checked_sub(1).is_some_and(|last| tokens[last].text.ends_with(['·', '•', '|', ';']))
}

fn separates(token: &Token) -> bool {
    is_mark(token) || token.text.ends_with([',', '·', '•', '|', ';', '●'])
}

/// A word that is nothing but a separator.
fn is_mark(token: &Token) -> bool {
    let joins = ["&", "+"].contains(&token.text.as_str());
    token.folded.is_empty() && !joins
}

/// "Verkäufer", "Rechnungssteller", "Kontoinhaber" and the name beside or below.
fn labelled(view: &View) -> Vec<Vote<String>> {
    let mut found = Vec::new();
    let kinds = [(Kind::Seller, 0.85, "label"), (Kind::Holder, 0.6, "holder")];
    for (kind, weight, mark) in kinds {
        for sign in view.of(kind).filter(|sign| sign.firm) {
            let Some(tokens) = view.name_line(sign) else { continue };
            let end = tokens
                .iter()
                .position(|token| ["iban", "bic", "bank", "konto"].contains(&token.folded.as_str()));
            let tokens = &tokens[..end.unwrap_or(tokens.len())];
            // a line of its own is the whole name ("Rohstoff AG Nord"); what follows a comma is not
            let plain = !tokens
                .iter()
                .any(|token| separates(token) || token.text.contains(|c: char| c.is_ascii_digit()));
            let end = if plain { tokens.len() } else { name_end(tokens) };
            found.extend(candidate(&tokens[..end], weight, mark));
        }
    }
    found
}

/// The topmost words of the first page, and names above an address near the top.
fn letterhead(view: &View) -> Vec<Vote<String>> {
    let mut found = Vec::new();
    let top = view.cells.iter().filter(|cell| cell.page == 1 && cell.depth < 0.25);
    for (number, cell) in top.clone().enumerate().take(6) {
        let end = form_end(cell.tokens).unwrap_or(cell.tokens.len());
        let tokens = &cell.tokens[..end];
        let form = tokens.iter().any(is_form);
        let largest = top.clone().all(|other| other.height <= cell.height * 1.2);
        let weight = if form {
            0.6
        } else if largest {
            0.4
        } else if number == 0 {
            0.3
        } else {
            continue;
        };
        let weight = if in_window(view, cell) { 0.3 * weight } else { weight };
        found.extend(candidate(tokens, weight, "letterhead"));
    }
    found
}

/// Begins the address in the window of the envelope: a town stands below, and no telephone below that.
fn in_window(view: &View, cell: &Cell) -> bool {
    if cell.page != 1 || cell.depth < 0.11 || cell.depth > 0.36 || cell.left > 300.0 {
        return false;
    }
    let first = view.cells.partition_point(|other| other.row <= cell.row);
    let below = view.cells[first..].iter().enumerate().take_while(|(_, other)| other.row <= cell.row + 12);
    below
        .filter(|(_, other)| post_code(other.tokens).is_some_and(|place| place < 2))
        .filter(|(_, town)| !contact_below(view, town))
        .any(|(place, _)| {
            view.address_lines(first + place)
                .iter()
                .any(|line| view.cells[*line].row == cell.row && view.cells[*line].start == cell.start)
        })
}

/// Names above an address at the foot of a page, or above telephone and bank.
fn footers(view: &View) -> Vec<Vote<String>> {
    let mut found = Vec::new();
    let towns =
        view.cells.iter().enumerate().filter(|(_, cell)| post_code(cell.tokens).is_some_and(|place| place < 2));
    for (town, cell) in towns.take(60) {
        let lines = view.address_lines(town);
        let streets = lines.len().saturating_sub(4)..lines.len() - 1;
        let Some(street) = streets.rev().find(|line| is_street(view.cells[lines[*line]].tokens)) else {
            continue;
        };
        let name = &lines[street.saturating_sub(2)..street];
        let contact = contact_below(view, cell);
        let (weight, mark) = match cell.depth {
            depth if depth > 0.78 => (0.7, "footer"),
            depth if depth < 0.3 && contact && cell.page == 1 => (0.6, "letterhead"),
            _ if contact => (0.5, "footer"),
            _ => continue,
        };
        found.extend(name_lines(view, name).and_then(|tokens| candidate(&tokens, weight, mark)));
    }
    found
}

/// A name in one line, or in two where the second is the rest of it ("Druckerei Gutenberg & Cie. / GmbH").
fn name_lines(view: &View, lines: &[usize]) -> Option<Vec<Token>> {
    let last = view.cells[*lines.last()?].tokens;
    let first = lines.first().filter(|_| lines.len() == 2).map(|line| view.cells[*line].tokens);
    let Some(first) = first.filter(|first| could_be_name(first) && !is_phrase(first)) else {
        return Some(last.to_vec());
    };
    if goes_on(first, last) {
        return Some(first.iter().chain(last).cloned().collect());
    }
    let named = first.iter().any(is_form) && !last.iter().any(is_form);
    Some(if named { first } else { last }.to_vec())
}

/// The line below the complimentary close.
fn signatures(view: &View) -> Vec<Vote<String>> {
    let mut found = Vec::new();
    for (number, cell) in view.cells.iter().enumerate() {
        let joined: String = cell.tokens.iter().take(6).map(|token| token.folded.as_str()).collect();
        let closes = [
            "freundlichengrussen",
            "freundlichegrusse",
            "freundlichemgruss",
            "freundlichergruss",
            "hochachtungsvoll",
            "bestegrusse",
            "kindregards",
            "besteng",
        ]
        .iter()
        .any(|close| joined.contains(close));
        if !closes || cell.tokens.len() > 8 {
            continue;
        }
        let below = view.cells[number + 1..].iter().take(8).filter(|other| {
            other.page == cell.page
                && (other.left - cell.left).abs() < 3.0 * cell.height
                && other.level - cell.level < 9.0 * cell.height
        });
        for line in below.take(2) {
            let end = form_end(line.tokens).unwrap_or(line.tokens.len());
            let form = line.tokens.iter().any(is_form);
            found.extend(candidate(&line.tokens[..end], if form { 0.5 } else { 0.3 }, "signature"));
        }
    }
    found
}

/// A cell that holds a legal form, near the top or the bottom of a page.
fn legal_forms(view: &View) -> Vec<Vote<String>> {
    let mut found = Vec::new();
    for cell in view.cells.iter().filter(|cell| cell.depth < 0.3 || cell.depth > 0.8) {
        let mut start = 0;
        while start < cell.tokens.len() {
            let rest = &cell.tokens[start..];
            let end = rest.iter().position(is_mark).unwrap_or(rest.len());
            if let Some(form) = form_end(&rest[..end]) {
                let weight = if in_window(view, cell) { 0.1 } else { 0.35 };
                found.extend(candidate(&rest[..form], weight, "form"));
            }
            start += end + 1;
        }
    }
    found
}

/// The name in a GiroCode (EPC069-12): its sixth line.
fn beneficiary(code: &str) -> Option<Vote<String>> {
    let mut lines = code.lines().map(str::trim);
    if lines.next()? != "BCD" {
        return None;
    }
    let name = lines.nth(4)?;
    if name.len() < 3 || name.len() > 70 {
        return None;
    }
    let mut vote = Vote::new(name.to_owned(), key(name), 0.8, &[], &["code"]);
    if name.split_whitespace().any(|word| ["GmbH", "AG", "KG", "OHG", "UG", "eG", "SE", "mbB"].contains(&word))
    {
        vote.guess.evidence.marks.push("legal-form".into());
    }
    Some(vote)
}

fn candidate(tokens: &[Token], weight: f32, mark: &'static str) -> Option<Vote<String>> {
    let begin = tokens.iter().position(|token| !token.folded.is_empty())?;
    let end = tokens.iter().rposition(|token| !is_mark(token))? + 1;
    // "Hotel Adler, Inh. Karl Adler"
    let owner =
        tokens.iter().position(|token| ["inh", "inhaber", "inhaberin"].contains(&token.folded.as_str()));
    let tokens = &tokens[begin..owner.filter(|owner| *owner > begin).unwrap_or(end)];
    if is_bank(tokens) && mark != "label" && mark != "holder"
        || is_contact(tokens)
        || is_phrase(tokens)
        || is_label(tokens)
        || !could_be_name(tokens)
    {
        return None;
    }
    let form = tokens.iter().any(is_form);
    let street = !form && is_street(tokens);
    // a town bills too, but only where it clearly speaks of itself
    let own = ["sender-line", "footer", "label", "holder"].contains(&mark);
    if is_public(tokens) && !own || street || post_code(tokens).is_some() {
        return None;
    }
    let trim = |c: char| c.is_whitespace() || ",;:·•|*●".contains(c);
    let name = text(tokens).trim_matches(trim).to_owned();
    let name = despaced(tokens).unwrap_or(name);
    if name.chars().count() > 100 || name.chars().filter(|c| c.is_alphabetic()).count() < 3 {
        return None;
    }
    let key = key(&name);
    // R E C H N U N G
    if ["rechnung", "gutschrift", "invoice"].iter().any(|heading| key.ends_with(heading)) {
        return None;
    }
    let mut marks = vec![mark, reading(tokens)];
    if form {
        marks.push("legal-form");
    }
    let weight = if form { weight } else { 0.85 * weight };
    Some(Vote::new(name, key, weight, tokens, &marks))
}

/// "E l e k t r o   B r ü c k n e r": letters with gaps, words with wider ones.
fn despaced(tokens: &[Token]) -> Option<String> {
    let single = tokens.iter().filter(|token| token.text.chars().count() == 1).count();
    if tokens.len() < 5 || single * 5 < tokens.len() * 4 {
        return None;
    }
    let gap = |pair: &[Token]| pair[1].x - (pair[0].x + pair[0].width);
    let mut gaps: Vec<f32> = tokens.windows(2).map(gap).collect();
    gaps.sort_by(f32::total_cmp);
    let usual = gaps[gaps.len() / 3];
    let mut name = tokens[0].text.clone();
    for pair in tokens.windows(2) {
        if gap(pair) > 1.8 * usual.max(0.5) {
            name.push(' ');
        }
        name.push_str(&pair[1].text);
    }
    Some(name)
}
