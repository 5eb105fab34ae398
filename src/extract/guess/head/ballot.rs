//! Which of several findings is the value.
//!
//! In: findings, each with its own weight. Out: the value most of them name, with marks that say why. Absent on
//! purpose: where findings come from.

use super::sheet::{Guess, Token};
use super::written::folded;

/// One finding of a value.
#[derive(Debug, Clone)]
pub struct Vote<T> {
    /// Findings with the same key name the same value.
    pub key: String,
    pub guess: Guess<T>,
    /// Where it stood: one place has one vote.
    place: (u32, i32, i32),
}

impl<T> Vote<T> {
    /// `weight` is what the finding is worth when every word was read perfectly.
    pub fn new(value: T, key: String, weight: f32, tokens: &[Token], marks: &[&'static str]) -> Self {
        let mut guess = Guess::new(value, weight, tokens);
        guess.evidence.marks.extend(marks.iter().map(|mark| (*mark).into()));
        let [left, top, ..] = guess.evidence.area;
        let place = (guess.evidence.page, left.round() as i32, top.round() as i32);
        Self { key, guess, place }
    }
}

/// Letters and digits: what an identifier or a name is compared by.
pub fn key(text: &str) -> String {
    folded(text)
}

/// The words were read so surely.
pub fn reading(tokens: &[Token]) -> &'static str {
    let worst = tokens.iter().map(|token| token.confidence).fold(1.0, f32::min);
    if worst >= 0.9 {
        "read-well"
    } else if worst >= 0.6 {
        "read-fairly"
    } else {
        "read-badly"
    }
}

/// The value with most weight. Votes from different places add up.
pub fn elect<T: Clone>(votes: &[Vote<T>]) -> Option<Guess<T>> {
    let mut groups: Vec<(f32, Vec<&Vote<T>>)> = Vec::new();
    for vote in votes.iter().take(MOST_VOTES) {
        match groups.iter_mut().find(|(_, group)| group[0].key == vote.key) {
            Some((_, group)) if group.iter().any(|known| known.place == vote.place) => {
                let known = group.iter_mut().find(|known| known.place == vote.place);
                if let Some(known) = known.filter(|known| weight(known) < weight(vote)) {
                    *known = vote;
                }
            }
            Some((_, group)) => group.push(vote),
            None => groups.push((0.0, vec![vote])),
        }
    }
    for (together, group) in &mut groups {
        *together = 1.0 - group.iter().map(|vote| 1.0 - weight(vote)).product::<f32>();
    }
    let best = best_of(&groups)?;
    let (together, group) = &groups[best];
    let strongest = group.iter().copied().reduce(|a, b| if weight(b) > weight(a) { b } else { a })?;
    let mut guess = strongest.guess.clone();
    let rival =
        groups.iter().enumerate().filter(|(place, _)| *place != best).map(|(_, (w, _))| *w).fold(0.0, f32::max);
    guess.evidence.confidence = together.min(0.999);
    if group.len() > 1 {
        guess.evidence.marks.push("again".into());
    }
    if rival >= 0.8 * together {
        guess.evidence.marks.push("several".into());
        guess.evidence.confidence *= 0.6;
    } else if rival < 0.3 * together {
        guess.evidence.marks.push("alone".into());
    }
    Some(guess)
}

/// Votes that are counted.
const MOST_VOTES: usize = 400;

fn weight<T>(vote: &Vote<T>) -> f32 {
    vote.guess.evidence.confidence.clamp(0.0, 0.99)
}

/// The first of the heaviest.
fn best_of<T>(groups: &[(f32, Vec<&Vote<T>>)]) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (place, (together, _)) in groups.iter().enumerate() {
        if best.is_none_or(|best| *together > groups[best].0 + 1e-4) {
            best = Some(place);
        }
    }
    best
}
