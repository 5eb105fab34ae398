//! What a fault means in law: the three classes of the BMF letter of 15 October 2025 in plain German.
//!
//! No legal advice: the words say what usually follows, and whom to ask.

use crate::job::Language;
use crate::validate::LegalClass;

/// The words of a class.
#[derive(Debug)]
pub struct Words {
    pub de: &'static str,
    pub en: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// What follows for the town.
    pub consequence: &'static str,
    /// What the clerk does next.
    pub next: &'static str,
    /// What is asked of the supplier.
    pub request: &'static str,
}

impl Words {
    pub fn name(&self, language: Language) -> &'static str {
        match language {
            Language::De => self.de,
            Language::En => self.en,
        }
    }
}

pub fn words(class: LegalClass) -> &'static Words {
    match class {
        LegalClass::Format => &FORMAT,
        LegalClass::BusinessRule => &BUSINESS_RULE,
        LegalClass::Content => &CONTENT,
    }
}

const FORMAT: Words = Words {
    de: "Formatfehler",
    en: "format error",
    meaning: "Die Datei hat nicht den Aufbau, den die Norm EN 16931 für E-Rechnungen vorschreibt.",
    consequence: "Sie gilt damit nicht als E-Rechnung, sondern als „sonstige Rechnung“. Wo eine E-Rechnung Pflicht \
                  ist, liegt keine ordnungsmäßige Rechnung vor; ein Vorsteuerabzug ist dann grundsätzlich erst mit \
                  einer richtigen E-Rechnung möglich.",
    next: "Eine neue E-Rechnung anfordern und diese Datei nicht buchen. Bei Fragen zur Steuer: die Kämmerei.",
    request: "Bitte erzeugen Sie die E-Rechnung neu und prüfen Sie, ob Ihr Programm den vorgeschriebenen Aufbau \
              (UBL 2.1 oder UN/CEFACT CII) einhält.",
};

const CONTENT: Words = Words {
    de: "Inhaltsfehler",
    en: "content error",
    meaning: "Eine Angabe, die § 14 oder § 14a UStG verlangt, fehlt, ist falsch oder passt nicht zu den anderen.",
    consequence: "Die Rechnung ist so nicht ordnungsmäßig. Ein Vorsteuerabzug ist grundsätzlich erst mit einer \
                  berichtigten Rechnung möglich.",
    next: "Eine berichtigte Rechnung anfordern und diese nicht buchen.",
    request: "Bitte berichtigen Sie die genannten Angaben und senden Sie uns die berichtigte Rechnung.",
};

const BUSINESS_RULE: Words = Words {
    de: "Geschäftsregelfehler",
    en: "business rule error",
    meaning: "Der Aufbau stimmt; die Rechnung hält aber eine Regel der Norm EN 16931 oder der XRechnung nicht ein.",
    consequence: "Steuerlich zählt das nur, wenn dadurch zugleich eine Pflichtangabe nach § 14 oder § 14a UStG \
                  fehlt oder falsch ist. Als XRechnung darf sie zurückgewiesen werden.",
    next: "Eine berichtigte Rechnung anfordern. Nach Warnungen und Hinweisen allein darf angenommen werden.",
    request: "Bitte passen Sie die genannten Angaben an die Regeln der XRechnung an und senden Sie uns die \
              berichtigte Rechnung.",
};

/// Stands below every protocol: a machine's check is only half of it.
pub const REMINDER: &str = "Die maschinelle Prüfung ersetzt nicht die sachliche und rechnerische Prüfung. Die \
    Einordnung folgt dem BMF-Schreiben vom 15. Oktober 2025 und ist keine Rechtsberatung.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::told::CLASSES;

    #[test]
    fn every_class_says_what_it_is_what_follows_and_what_to_do() {
        for class in CLASSES {
            let words = words(class);
            for text in [words.meaning, words.consequence, words.next, words.request] {
                assert!(text.len() > 40 && text.ends_with('.') && !text.contains("  "), "{class:?}: {text}");
            }
        }
        assert!(words(LegalClass::Format).consequence.contains("sonstige Rechnung"));
        assert!(!REMINDER.contains("  "));
    }
}
