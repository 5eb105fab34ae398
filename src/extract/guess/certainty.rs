//! How sure a value really is.
//!
//! In: an invoice whose values carry the confidence of their own reader and their marks, and the text they were read
//! from. Out: the same with the confidence that was measured for such values. Absent on purpose: changing a value;
//! the measuring itself, which `tests/corpus/fit.py` does and writes down in `rules/reading/certainty.tsv`.
//!
//! Each mark has a weight for each term, and the weights of a value add up to how sure it is. A value is *sure*
//! (0.99 and above) only where such values were counted and hardly one of them was wrong; a mark that was hardly
//! ever met makes no value sure.

mod facts;
mod print;

use crate::invoice::{Evidence, Invoice, Line, Term, bg, bt};
use crate::recognise::Text;
use facts::Facts;
use print::Print;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

const MEASURED: &str = include_str!("../../../rules/reading/certainty.tsv");

/// From here on nobody looks at a value again.
const SURE: f32 = 0.99;
/// What a value may reach that is not sure, and what one may reach that is.
const UNSURE: f32 = 0.985;
const SUREST: f32 = 0.999;
/// Independent proofs: a code on the page says the same. They are rare, and none the worse for it.
const PROOFS: [&str; 2] = ["giro", "code"];
/// Another source says something else; a value that is contested is at most this sure.
const CONTESTED: (&str, f32) = ("contradiction", 0.4);
/// A mark must have been met so often before it can help to make a value sure.
const OFTEN: u32 = 20;
/// Marks of degree: one that is reached stands for all below it, and each has its weight.
const LADDERS: [&[&str]; 3] = [
    &["prior-50", "prior-60", "prior-70", "prior-80", "prior-90", "prior-95", "prior-97", "prior-98"],
    &["word-60", "word-75", "word-85", "word-90", "word-93", "word-95", "word-96"],
    &["page-75", "page-85", "page-90", "page-93", "page-95"],
];

/// What was measured for the values of one term.
#[derive(Debug, Default)]
struct Scale {
    start: f32,
    weights: HashMap<&'static str, (f32, u32)>,
    /// From this sum on a value is sure; none where no sum was good enough. The first is for text layers, the
    /// second for scans.
    sure: [Option<f32>; 2],
}

static SCALES: LazyLock<BTreeMap<&'static str, Scale>> = LazyLock::new(|| scales(MEASURED));

/// Gives every value its final confidence.
pub fn settle(invoice: &mut Invoice, text: &Text) {
    let facts = Facts::of(invoice);
    let print = Print::of(text);
    let written = facts::written(invoice);
    for (term, evidence) in &mut invoice.evidence {
        facts.mark(*term, evidence);
        print.mark(evidence, written.get(term));
        judge(*term, evidence);
    }
    let mut least = SUREST;
    for row in &mut invoice.vat {
        for evidence in row.evidence.values_mut() {
            facts.mark(bg(23), evidence);
            print.mark(evidence, None);
            judge(bg(23), evidence);
            least = least.min(evidence.confidence);
        }
    }
    // One wrong row makes the breakdown wrong.
    for evidence in invoice.vat.iter_mut().flat_map(|row| row.evidence.values_mut()) {
        evidence.confidence = least;
    }
    for line in &mut invoice.lines {
        settle_line(line, &facts, &print);
    }
}

/// The values of a line mostly have one place and one reason; such a one is looked at once.
fn settle_line(line: &mut Line, facts: &Facts, print: &Print) {
    let mut last: Option<(Evidence, Evidence)> = None;
    for evidence in line.evidence.values_mut() {
        if let Some((_, settled)) = last.as_ref().filter(|(before, _)| before == evidence) {
            *evidence = settled.clone();
            continue;
        }
        let before = evidence.clone();
        facts.mark(bt(131), evidence);
        print.mark(evidence, None);
        judge(bt(131), evidence);
        last = Some((before, evidence.clone()));
    }
}

fn judge(term: Term, evidence: &mut Evidence) {
    let prior = evidence.confidence;
    if let Some(step) = reached(LADDERS[0], prior) {
        evidence.marks.push(step.into());
    }
    evidence.confidence = match SCALES.get(term.to_string().as_str()) {
        Some(scale) => confidence(scale, &evidence.marks),
        None => prior.min(UNSURE),
    };
}

/// The highest step of a ladder a degree (0 to 1) reaches.
fn reached(ladder: &[&'static str], degree: f32) -> Option<&'static str> {
    let least = |step: &&&str| step.rsplit('-').next().and_then(|hundredths| hundredths.parse::<f32>().ok());
    ladder.iter().rfind(|step| least(step).is_some_and(|least| degree * 100.0 + 1e-3 >= least)).copied()
}

fn confidence(scale: &Scale, marks: &[Cow<'static, str>]) -> f32 {
    let mut met: Vec<&str> = Vec::new();
    for mark in marks {
        let ladder = LADDERS
            .iter()
            .find_map(|ladder| ladder.iter().position(|step| step == mark).map(|top| &ladder[..=top]));
        match ladder {
            Some(steps) => met.extend(steps),
            None => met.push(mark),
        }
    }
    met.sort_unstable();
    met.dedup();
    if met.contains(&CONTESTED.0) {
        return CONTESTED.1;
    }
    let often = |mark: &&str| scale.weights.get(mark).is_some_and(|(_, often)| *often >= OFTEN);
    let known = met.iter().all(|mark| PROOFS.contains(mark) || often(mark));
    let weights = met.iter().filter_map(|mark| scale.weights.get(mark)).map(|(weight, _)| weight);
    let sum = scale.start + weights.sum::<f32>();
    let share = 1.0 / (1.0 + (-sum).exp());
    let from = scale.sure[usize::from(!met.contains(&print::LAYER))];
    if known && from.is_some_and(|sure| sum >= sure) { share.clamp(SURE, SUREST) } else { share.min(UNSURE) }
}

/// Rows of term, mark, weight, and how many values had the mark; three marks are none: `start`, `sure-layer`, `sure-scan`.
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
            "sure-layer" => scale.sure[0] = Some(weight),
            "sure-scan" => scale.sure[1] = Some(weight),
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
        BT-1\tstart\t-1\t900\nBT-1\tlabel\t3\t800\nBT-1\tseveral\t-2\t90\nBT-1\trare\t4\t3\nBT-1\tlayer\t0\t99\n\
        BT-1\tprior-50\t0.5\t880\nBT-1\tprior-60\t1\t700\nBT-1\tsure-scan\t3.4\t600\n";

    fn settled(marks: &[&'static str]) -> f32 {
        let marks: Vec<_> = marks.iter().map(|mark| (*mark).into()).collect();
        confidence(&scales(TABLE)["BT-1"], &marks)
    }

    #[test]
    fn a_value_is_sure_where_such_values_were_counted() {
        assert!(settled(&["label", "prior-60"]) >= SURE);
        assert!(settled(&["label", "prior-50"]) < SURE, "its reader was less sure");
        assert!(settled(&["label", "prior-60", "several"]) < SURE, "something speaks against it");
        assert!(settled(&["label", "prior-60", "layer"]) < SURE, "only scans were counted");
    }

    #[test]
    fn a_mark_nobody_met_makes_no_value_sure() {
        assert!(settled(&["label", "prior-60", "new"]) <= UNSURE);
        assert!(settled(&["label", "prior-60", "rare"]) <= UNSURE);
        assert!(settled(&["label", "prior-60", "new"]) > 0.9, "but takes nothing away");
    }

    #[test]
    fn a_mark_counts_once() {
        assert_eq!(settled(&["label", "label"]).to_bits(), settled(&["label"]).to_bits());
    }

    #[test]
    fn higher_steps_of_a_ladder_never_take_away() {
        for (term, scale) in SCALES.iter() {
            for ladder in LADDERS {
                let mut last = confidence(scale, &[]);
                for step in ladder {
                    let now = confidence(scale, &[Cow::Borrowed(*step)]);
                    assert!(now >= last, "{term} {step}");
                    last = now;
                }
            }
        }
    }

    #[test]
    fn a_degree_reaches_its_step() {
        let cases = [(0.49, None), (0.5, Some("prior-50")), (0.899, Some("prior-80")), (1.0, Some("prior-98"))];
        for (degree, step) in cases {
            assert_eq!(reached(LADDERS[0], degree), step, "{degree}");
        }
    }

    #[test]
    fn every_row_of_the_table_is_read() {
        let rows = MEASURED.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
        let read = |scale: &Scale| 1 + scale.weights.len() + scale.sure.iter().flatten().count();
        assert_eq!(rows, SCALES.values().map(read).sum::<usize>());
    }

    #[test]
    fn a_value_of_an_unmeasured_term_is_never_sure() {
        let mut evidence = Evidence { confidence: 1.0, ..Evidence::default() };
        judge(bt(999), &mut evidence);
        assert!(evidence.confidence < SURE);
    }
}
