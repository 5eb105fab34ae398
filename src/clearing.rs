//! Klärfälle: for every kind of failure that ends with a person, who that is, what happened and the next
//! step, in words for people who do not program.
//!
//! In: an [`Error`]. Out: a [`Clearing`]. Absent on purpose: deciding; the worker and the routing rules do.

use crate::error::{Error, Kind};
use crate::job::{Bilingual, Clearing};

const SCAN_OFFICE: &str = "Scanstelle";
const POST_OFFICE: &str = "Poststelle";
const OPERATIONS: &str = "IT-Betrieb";

/// The clearing case for a document that failed with this error.
pub fn of(error: &Error) -> Clearing {
    let (owner, text, next) = words(error.kind);
    Clearing {
        reason: error.kind.slug().to_owned(),
        text: match &error.particular {
            Some(particular) => {
                Bilingual::new(format!("{} {}", text.0, particular.de), format!("{} {}", text.1, particular.en))
            }
            None => Bilingual::new(text.0, text.1),
        },
        owner: owner.to_owned(),
        next: Bilingual::new(next.0, next.1),
        detail: Some(error.text.clone()),
    }
}

type Words = (&'static str, (&'static str, &'static str), (&'static str, &'static str));

#[rustfmt::skip]
fn words(kind: Kind) -> Words {
    match kind {
        Kind::Empty => (SCAN_OFFICE,
            ("Die Datei ist leer.", "The file is empty."),
            ("Bitte beim Absender erneut anfordern oder neu scannen.", "Ask the sender again, or scan again.")),
        Kind::Unsupported => (POST_OFFICE,
            ("Dieses Dateiformat können wir nicht lesen.", "We cannot read this file format."),
            ("Bitte als PDF, TIFF, JPEG, PNG oder als E-Rechnung (XML) anfordern.", "Ask for PDF, TIFF, JPEG, PNG or an e-invoice (XML).")),
        Kind::Damaged => (POST_OFFICE,
            ("Die Datei ist beschädigt oder unvollständig.", "The file is damaged or incomplete."),
            ("Bitte die Datei beim Absender erneut anfordern oder neu scannen.", "Ask the sender for the file again, or scan again.")),
        Kind::Encrypted => (POST_OFFICE,
            ("Die Datei ist mit einem Passwort geschützt.", "The file is protected by a password."),
            ("Bitte ohne Passwort anfordern, oder das Passwort bei der IT hinterlegen lassen.", "Ask for it without a password, or have IT store the password.")),
        Kind::NoPages => (SCAN_OFFICE,
            ("Das Dokument hat keine Seite.", "The document has no page."),
            ("Bitte neu scannen oder beim Absender erneut anfordern.", "Scan again, or ask the sender again.")),
        Kind::TooLarge => (SCAN_OFFICE,
            ("Das Dokument ist zu groß.", "The document is too large."),
            ("Bitte mit 300 dpi scannen oder in kleinere Teile aufteilen.", "Scan at 300 dpi, or split it into smaller parts.")),
        Kind::Forbidden => (OPERATIONS,
            ("Die Datei enthält etwas, das aus Sicherheitsgründen nicht geöffnet wird.", "The file holds something that is not opened for safety."),
            ("Nicht öffnen. Bitte an die IT-Sicherheit geben; beim Absender eine einfache Datei anfordern.", "Do not open it. Hand it to IT security; ask the sender for a plain file.")),
        Kind::Ambiguous => (POST_OFFICE,
            ("In der Datei stecken mehrere verschiedene Rechnungen.", "The file holds several different invoices."),
            ("Bitte ansehen, welche gilt, und beim Absender eine eindeutige Rechnung anfordern.", "See which one counts, and ask the sender for one unambiguous invoice.")),
        Kind::Unbalanced => (SCAN_OFFICE,
            ("Der Stapel wurde angehalten; es wurde nichts abgelegt.", "The batch was stopped; nothing was filed."),
            ("Bitte die genannten Blätter mit dem Papier vergleichen, das Trennblatt ersetzen oder das Blatt einzeln einlegen, und den Stapel neu scannen.", "Compare the sheets named with the paper, replace the separator sheet or feed the sheet singly, and scan the batch again.")),
        Kind::Crashed => (OPERATIONS,
            ("Beim Lesen der Datei ist das Leseprogramm mehrmals abgestürzt.", "The reader crashed several times on this file."),
            ("Bitte neu scannen oder ein anderes Format anfordern; die IT sieht sich die Datei an.", "Scan again or ask for another format; IT looks at the file.")),
        Kind::Overtime => (OPERATIONS,
            ("Das Lesen der Datei hat zu lange gedauert.", "Reading the file took too long."),
            ("Bitte in kleinere Teile aufteilen oder mit 300 dpi neu scannen.", "Split it into smaller parts, or scan again at 300 dpi.")),
        Kind::Refused => (OPERATIONS,
            ("Das Ablageziel hat das Dokument abgelehnt.", "The filing target refused the document."),
            ("Bitte Berechtigung und Speicherplatz im DMS prüfen, dann erneut ablegen lassen.", "Check permission and quota in the DMS, then file it again.")),
        Kind::Conflict => (OPERATIONS,
            ("Im Ablageziel liegt unter diesem Namen schon etwas anderes.", "Something else already lies in the target under this name."),
            ("Bitte das vorhandene Dokument im DMS ansehen; nichts löschen, bevor es geklärt ist.", "Look at what lies in the DMS; delete nothing before it is clear.")),
        Kind::Unclear => (OPERATIONS,
            ("Ob das Dokument schon im Ablageziel liegt, lässt sich nicht feststellen: Eine frühere Ablage blieb ohne Quittung, und dieses Ziel kann nicht gefragt werden. Es wurde nichts ein zweites Mal abgelegt.",
             "Whether the document already lies in the target cannot be told: an earlier filing stayed without a receipt, and this target cannot be asked. Nothing was filed a second time."),
            ("Bitte im DMS nach dem Dokument suchen. Liegt es dort, ist nichts weiter zu tun; fehlt es, bitte von Hand ablegen.",
             "Look for the document in the DMS. If it lies there, nothing more is to be done; if it is missing, file it by hand.")),
        Kind::Unavailable | Kind::Unknown => (OPERATIONS,
            ("Ein benötigter Dienst (DMS, Warteschlange oder Datenbank) ist gerade nicht erreichbar.", "A service we need (DMS, queue or database) cannot be reached now."),
            ("Nichts ist verloren. Bitte später noch einmal versuchen; bleibt es dabei, die IT rufen.", "Nothing is lost. Try again later; call IT if it stays so.")),
        Kind::Full => (OPERATIONS,
            ("Der Datenträger ist voll; es wurde nichts angenommen und nichts abgelegt.", "The disk is full; nothing was taken in and nothing filed."),
            ("Bitte die IT rufen: Platz im Datenordner schaffen. Danach geht es von selbst weiter.", "Call IT: make room in the data folder. Then it goes on by itself.")),
        Kind::Storage => (OPERATIONS,
            ("Der Datenordner kann nicht gelesen oder beschrieben werden.", "The data folder cannot be read or written."),
            ("Bitte die IT rufen: freien Speicherplatz und Berechtigungen prüfen.", "Call IT: check free space and permissions.")),
        Kind::Altered | Kind::ContentAltered => (OPERATIONS,
            ("Aufbewahrte Daten wurden verändert; es wurde nichts abgelegt.", "Stored data were altered; nothing was filed."),
            ("Bitte die IT rufen und nichts löschen: Die Sicherung wird gebraucht.", "Call IT and delete nothing: the backup is needed.")),
        Kind::Version => (OPERATIONS,
            ("Die Daten stammen von einer neueren Version des Programms.", "The data come from a newer version of the program."),
            ("Bitte die IT rufen: Das Programm muss aktualisiert werden.", "Call IT: the program has to be updated.")),
        Kind::Usage => (OPERATIONS,
            ("So kann der Befehl nicht ausgeführt werden.", "The command cannot be carried out like this."),
            ("Bitte den Befehl prüfen; --help zeigt, wie er geht.", "Check the command; --help shows how it goes.")),
        Kind::Settings => (OPERATIONS,
            ("In den Einstellungen oder Regeln ist etwas falsch.", "Something in the settings or rules is wrong."),
            ("Bitte die genannte Stelle berichtigen; bis dahin wird nichts gestartet.", "Correct the place that is named; nothing starts before.")),
        Kind::LeaseLost | Kind::Internal => (OPERATIONS,
            ("Das Dokument konnte nicht verarbeitet werden.", "The document could not be processed."),
            ("Bitte an die IT geben; das Original ist sicher aufbewahrt.", "Hand it to IT; the original is kept safe.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_in_particular_follows_the_kind() {
        let error =
            Error::new(Kind::Unbalanced, "page 7").in_particular("Seite 7 fehlt.", "Page 7 is missing.");
        let text = of(&error).text;
        assert!(text.de.ends_with("abgelegt. Seite 7 fehlt.") && text.en.ends_with("Page 7 is missing."));
    }

    #[test]
    fn every_kind_has_an_owner_a_reason_and_a_next_step_in_both_languages() {
        for kind in Kind::ALL {
            let clearing = of(&Error::new(*kind, "probe"));
            assert!(!clearing.owner.is_empty() && clearing.reason == kind.slug());
            for text in [&clearing.text.de, &clearing.text.en, &clearing.next.de, &clearing.next.en] {
                assert!(text.len() > 10, "{kind:?}: {text}");
            }
        }
    }
}
