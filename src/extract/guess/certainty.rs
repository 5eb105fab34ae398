//! How sure a value really is.
//!
//! In: an invoice whose values carry the confidence of their own reader and their marks. Out: the same with the
//! confidence that was measured for such values. Absent on purpose: changing a value; the measuring itself, which
//! `tests/corpus/fit.py` does and writes down in `rules/reading/certainty.tsv`.
//!
//! Each mark has a weight for each term, and the weights of a value add up to how sure it is. A value is *sure*
//! (0.99 and above) only where such values were counted and hardly one of them was wrong; a mark that was hardly
//! ever met makes no value sure.

mod facts;

use crate::invoice::{Evidence, Invoice, Term, bg, bt};
use facts::Facts;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

const MEASURED: &str = include_str!("../../../rules/reading/certainty.tsv");

/// From here on nobody looks at a value again.
const SURE: f32 = 0.99;
/// What a value may reach that is not sure, and what one may reach that is.
const UNSURE: f32 = 0.985;
const SUREST: f32 = 0.999;
/// A mark must have been met so often before it can help to make a value sure.
const OFTEN: u32 = 20;
/// The confidence its reader gave a value counts in these steps; each one reached has its weight.
const STEPS: [(f32, &str); 8] = [
    (0.5, "prior-50"),
    (0.6, "prior-60"),
    (0.7, "prior-70"),
    (0.8, "prior-80"),
    (0.9, "prior-90"),
    (0.95, "prior-95"),
    (0.97, "prior-97"),
    (0.985, "prior-98"),
];

/// What was measured for the values of one term.
#[derive(Debug, Default)]
struct Scale {
    start: f32,
    weights: HashMap<&'static str, (f32, u32)>,
    /// From this sum on a value is sure; none where no sum was good enough.
    sure: Option<f32>,
}

static SCALES: LazyLock<BTreeMap<&'static str, Scale>> = LazyLock::new(|| scales(MEASURED));

/// Gives every value its final confidence.
pub fn settle(invoice: &mut Invoice) {
    let facts = Facts::of(invoice);
    for (term, evidence) in &mut invoice.evidence {
        facts.mark(*term, evidence);
        judge(*term, evidence);
    }
    let mut least = SUREST;
    for row in &mut invoice.vat {
        for evidence in row.evidence.values_mut() {
            facts.mark(bg(23), evidence);
            judge(bg(23), evidence);
            least = least.min(evidence.confidence);
        }
    }
    // One wrong row makes the breakdown wrong.
    for evidence in invoice.vat.iter_mut().flat_map(|row| row.evidence.values_mut()) {
        evidence.confidence = least;
    }
    for line in &mut invoice.lines {
        for evidence in line.evidence.values_mut() {
            facts.mark(bt(131), evidence);
            judge(bt(131), evidence);
        }
    }
}

fn judge(term: Term, evidence: &mut Evidence) {
    let prior = evidence.confidence;
    if let Some((_, step)) = STEPS.iter().rfind(|(least, _)| prior >= *least) {
        evidence.marks.push((*step).into());
    }
    evidence.confidence = match SCALES.get(term.to_string().as_str()) {
        Some(scale) => confidence(scale, prior, &evidence.marks),
        None => prior.min(UNSURE),
    };
}

fn confidence(scale: &Scale, prior: f32, marks: &[std::borrow::Cow<'static, str>]) -> f32 {
    let mut sum = scale.start;
    let mut known = true;
    let steps = STEPS.iter().filter(|(least, _)| prior >= *least).map(|(_, step)| *step);
    let words = marks.iter().map(AsRef::as_ref).filter(|mark| !mark.starts_with("prior-"));
    let mut met: Vec<&str> = steps.chain(words).collect();
    met.sort_unstable();
    met.dedup();
    for mark in met {
        match scale.weights.get(mark) {
            Some((weight, often)) => {
                sum += weight;
                known &= *often >= OFTEN;
            }
            None => known = false,
        }
    }
    let share = 1.0 / (1.0 + (-sum).exp());
    if known && scale.sure.is_some_and(|sure| sum >= sure) {
        share.clamp(SURE, SUREST)
    } else {
        share.min(UNSURE)
    }
}

/// Rows of term, mark, weight, and how many values had the mark; two marks are none: `start` and `sure`.
fn scales(table: &'static str) -> BTreeMap<&'static str, Scale> {
    let mut scales: BTreeMap<&'static str, Scale> = BTreeMap::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (Some(term), Some(mark), Some(weight)) = (columns.next(), columns.next(), columns.next()) else {
            continue;
        };
        let Ok(weight) = weight.parse() else { continue };
        let often = columns.next().and_then(|often| often.parse().ok()).unwrap_or_default();
        let scale = scales.entry(term).or_default();
        match mark {
            "start" => scale.start = weight,
            "sure" => scale.sure = Some(weight),
            _ => {
                scale.weights.insert(mark, (weight, often));
            }
        }
    }
    scales
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# term\tmark\tweight\tvalues\n\
        BT-1\tstart\t-1\t900\nBT-1\tlabel\t3\t800\nBT-1\tseveral\t-2\t90\nBT-1\trare\t4\t3\n\
        BT-1\tprior-50\t0.5\t880\nBT-1\tprior-60\t1\t700\nBT-1\tsure\t3.4\t600\n";

    fn settled(prior: f32, marks: &[&'static str]) -> f32 {
        let marks: Vec<_> = marks.iter().map(|mark| (*mark).into()).collect();
        confidence(&scales(TABLE)["BT-1"], prior, &marks)
    }

    #[test]
    fn a_value_is_sure_where_such_values_were_counted() {
        assert!(settled(0.65, &["label"]) >= SURE);
        assert!(settled(0.55, &["label"]) < SURE, "its reader was less sure");
        assert!(settled(0.65, &["label", "several"]) < SURE, "something speaks against it");
    }

    #[test]
    fn a_mark_nobody_met_makes_no_value_sure() {
        assert!(settled(0.65, &["label", "new"]) <= UNSURE);
        assert!(settled(0.65, &["label", "rare"]) <= UNSURE);
        assert!(settled(0.65, &["label", "new"]) > 0.9, "but takes nothing away");
    }

    #[test]
    fn a_mark_counts_once() {
        assert_eq!(settled(0.55, &["label", "label"]).to_bits(), settled(0.55, &["label"]).to_bits());
    }

    #[test]
    fn the_surer_its_reader_the_surer_the_value() {
        for (term, scale) in SCALES.iter() {
            let mut last = 0.0;
            for prior in 0..=100 {
                let sure = confidence(scale, prior as f32 / 100.0, &[]);
                assert!(sure >= last, "{term} at {prior} %");
                last = sure;
            }
        }
    }

    #[test]
    fn every_row_of_the_table_is_read() {
        let rows = MEASURED.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
        let read = |scale: &Scale| 1 + scale.weights.len() + usize::from(scale.sure.is_some());
        assert_eq!(rows, SCALES.values().map(read).sum::<usize>());
    }

    #[test]
    fn a_value_of_an_unmeasured_term_is_never_sure() {
        let mut evidence = Evidence { confidence: 1.0, ..Evidence::default() };
        judge(bt(999), &mut evidence);
        assert!(evidence.confidence < SURE);
    }
}
