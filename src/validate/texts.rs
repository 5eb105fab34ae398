//! What the rules say, in both languages.
//!
//! In: `rules/texts/*.tsv`. Out: [`Wording`] by rule id. Absent on purpose: the rules.
//!
//! Lines: id, business terms (divided by blanks), legal class (`format`, `business-rule`, `content`), German
//! text, English text, divided by tabs. Texts say what holds in a correct invoice. An id may hold `*` for the
//! VAT categories (`BR-*-05`); `{}` in its texts then stands for the name of the category.

use super::report::LegalClass;
use crate::invoice::Term;
use crate::job::Bilingual;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Everything that is said about a rule besides what it checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    pub terms: Vec<Term>,
    pub legal_class: LegalClass,
    pub text: Bilingual,
}

const FILES: &[&str] = &[
    include_str!("../../rules/texts/en16931.tsv"),
    include_str!("../../rules/texts/en16931-cii.tsv"),
    include_str!("../../rules/texts/en16931-codes.tsv"),
    include_str!("../../rules/texts/en16931-syntax.tsv"),
    include_str!("../../rules/texts/en16931-syntax-cii.tsv"),
    include_str!("../../rules/texts/xrechnung.tsv"),
    include_str!("../../rules/texts/peppol.tsv"),
    include_str!("../../rules/texts/facturx.tsv"),
    include_str!("../../rules/texts/laufmappe.tsv"),
];

/// VAT categories as the ids name them, and as people do.
const CATEGORIES: &[(&str, &str, &str)] = &[
    ("S", "Regelsteuersatz", "standard rated"),
    ("Z", "Nullsatz", "zero rated"),
    ("E", "steuerbefreit", "exempt from VAT"),
    ("AE", "Steuerschuld des Empfängers", "reverse charge"),
    ("IC", "innergemeinschaftliche Lieferung", "intra-community supply"),
    ("G", "Ausfuhr aus der EU", "export outside the EU"),
    ("O", "nicht steuerbar", "not subject to VAT"),
    ("AF", "IGIC (Kanarische Inseln)", "IGIC (Canary Islands)"),
    ("AG", "IPSI (Ceuta und Melilla)", "IPSI (Ceuta and Melilla)"),
];

static WORDINGS: LazyLock<HashMap<String, Wording>> = LazyLock::new(|| {
    let lines = FILES.iter().flat_map(|file| file.lines());
    lines.filter(|line| !line.starts_with('#') && !line.is_empty()).flat_map(read).collect()
});

/// What is said about a rule; none for an id without an entry.
pub fn wording(id: &str) -> Option<&'static Wording> {
    WORDINGS.get(id)
}

fn read(line: &str) -> Vec<(String, Wording)> {
    let mut columns = line.split('\t');
    let mut column = || columns.next().unwrap_or_default();
    let (id, terms, class, de, en) = (column(), column(), column(), column(), column());
    let legal_class = match class {
        "format" => LegalClass::Format,
        "content" => LegalClass::Content,
        _ => LegalClass::BusinessRule,
    };
    let terms: Vec<Term> = terms.split_whitespace().filter_map(|term| term.parse().ok()).collect();
    if !id.contains('*') {
        return vec![(id.to_owned(), Wording { terms, legal_class, text: Bilingual::new(de, en) })];
    }
    let of_category = |(code, name_de, name_en): &(&str, &str, &str)| {
        let text = Bilingual::new(de.replace("{}", name_de), en.replace("{}", name_en));
        (id.replace('*', code), Wording { terms: terms.clone(), legal_class, text })
    };
    CATEGORIES.iter().map(of_category).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_its_five_columns() {
        for line in FILES.iter().flat_map(|file| file.lines()) {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 5, "{line}");
            assert!(matches!(columns[2], "format" | "business-rule" | "content"), "{line}");
            assert!(columns[1].split_whitespace().all(|term| term.parse::<Term>().is_ok()), "{line}");
            assert!(!columns[3].is_empty() && !columns[4].is_empty(), "{line}");
        }
    }

    #[test]
    fn no_id_is_worded_twice() {
        let mut seen = std::collections::HashSet::new();
        for line in FILES.iter().flat_map(|file| file.lines()) {
            if !line.starts_with('#') && !line.is_empty() {
                assert!(seen.insert(line.split('\t').next()), "{line}");
            }
        }
    }
}
