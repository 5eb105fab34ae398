//! The help pages in German. The English ones stand beside the arguments in `cli/mod.rs`.

use clap::Command;

/// Path of a command and its argument (empty: the command itself), and what it says in German.
#[rustfmt::skip]
const GERMAN: &[(&str, &str, &str)] = &[
    ("laufmappe", "", "Liest, prüft, verteilt und legt ab, was im Rathaus eingeht"),
    ("laufmappe", "settings", "Datei mit den Einstellungen (sonst laufmappe.toml, wenn vorhanden)"),
    ("laufmappe", "data", "Datenordner: Originale, Journal, Index [env: LAUFMAPPE_DATA]"),
    ("laufmappe", "queue", "amqp://… oder amqps://…; sonst die Warteschlange im Datenordner [env: LAUFMAPPE_QUEUE]"),
    ("laufmappe", "ledger", "postgres://…; sonst das Journal im Datenordner [env: LAUFMAPPE_LEDGER]"),
    ("laufmappe", "tenant", "Mandant; nur nötig, wenn es mehrere gibt"),
    ("laufmappe", "language", "Sprache der Texte für Menschen"),
    ("run", "", "Dateien und Ordner annehmen ('-' für die Standardeingabe), alles abarbeiten, das Ergebnis zeigen"),
    ("run", "paths", "Dateien, Ordner oder '-'"),
    ("run", "batch", "Name des Stapels"),
    ("run", "priority", "Wie eilig (sonst normal; E-Rechnungen, deren Skonto bald endet, sind von selbst eilig)"),
    ("run", "operator", "Wer gescannt hat (Name oder Kürzel); steht im Transfervermerk"),
    ("run", "device", "Der Scanner; steht im Transfervermerk"),
    ("run", "sheets", "Vor dem Scannen gezählte Blätter; bei Abweichung hält der Stapel an"),
    ("run", "format", "Ausgabe als Tabelle oder JSON"),
    ("run", "concurrency", "So viele Dokumente zugleich (sonst eines je Kern)"),
    ("submit", "", "Dateien und Ordner für die Worker annehmen; endet, wenn alles sicher verwahrt ist"),
    ("submit", "paths", "Dateien, Ordner oder '-'"),
    ("submit", "batch", "Name des Stapels"),
    ("submit", "priority", "Wie eilig (sonst normal; E-Rechnungen, deren Skonto bald endet, sind von selbst eilig)"),
    ("submit", "operator", "Wer gescannt hat (Name oder Kürzel); steht im Transfervermerk"),
    ("submit", "device", "Der Scanner; steht im Transfervermerk"),
    ("submit", "sheets", "Vor dem Scannen gezählte Blätter; bei Abweichung hält der Stapel an"),
    ("submit", "format", "Ausgabe als Text oder JSON"),
    ("worker", "", "Abarbeiten, was angenommen wurde, bis zum Stopp (SIGTERM: Angefangenes wird fertig)"),
    ("worker", "concurrency", "So viele Dokumente zugleich (sonst eines je Kern)"),
    ("worker", "until_empty", "Enden, wenn nichts mehr zu tun ist"),
    ("worker", "name", "Name dieses Workers in Journal und Logs (sonst Rechner und Prozess)"),
    ("worker", "listen", "Auf dieser Adresse /healthz, /readyz, /metrics und /status beantworten"),
    ("validate", "", "E-Rechnungen (XML, ZUGFeRD-PDF) nach den amtlichen Regeln prüfen; nichts wird verwahrt oder abgelegt"),
    ("validate", "paths", "Dateien und Ordner oder '-' für die Standardeingabe; jede Datei ist ein Dokument"),
    ("validate", "format", "Text, JSON, eine JSON-Zeile je Dokument, eine Seite zum Drucken oder das amtliche Berichtsformat"),
    ("validate", "date", "Tag des Eingangs (2026-11-02); er bestimmt die Fassung der Regeln (sonst heute)"),
    ("validate", "profile", "Nach diesem Profil prüfen, was immer die Rechnung nennt („Factur-X EN 16931“)"),
    ("validate", "reply", "Stattdessen je abgelehnter Rechnung eine Antwort an den Lieferanten"),
    ("validate", "posted", "In der Antwort steht, dass die Rechnung schon gebucht ist"),
    ("read", "", "Dateien mit Seiten lesen (PDF, TIFF, JPEG, PNG): Dokumente, Arten, Angaben; nichts wird verwahrt oder abgelegt"),
    ("read", "paths", "Dateien und Ordner oder '-' für die Standardeingabe"),
    ("read", "format", "Text, JSON oder eine JSON-Zeile je Dokument"),
    ("learn", "", "Richtige Angaben einer gelesenen Rechnung lehren: die nächste dieses Lieferanten wird besser gelesen"),
    ("learn", "file", "Die Datei mit den Seiten"),
    ("learn", "corrections", "Richtige Angaben, wie sie gedruckt sind: BT-1=4711 BT-9=2026-12-01"),
    ("learn", "by", "Wer das sagt; steht im Buch der Lektionen"),
    ("learn list", "", "Die Lektionen, die gelten"),
    ("forget", "", "Eine Lektion zurücknehmen"),
    ("forget", "lesson", "Die Lektion, wie list sie zeigt"),
    ("forget", "by", "Wer das sagt; steht im Buch der Lektionen"),
    ("searchable", "", "Eine durchsuchbare PDF-Kopie einer Datei mit Seiten schreiben (PDF, TIFF, JPEG, PNG); die Datei bleibt, wie sie ist"),
    ("searchable", "path", "Die Datei, oder '-' für die Standardeingabe"),
    ("searchable", "output", "Zu schreibendes PDF; es darf es noch nicht geben"),
    ("searchable", "force", "Ein vorhandenes PDF überschreiben"),
    ("serve", "", "E-Rechnungen über HTTP prüfen: wie der amtliche Prüfdienst, und als JSON"),
    ("serve", "listen", "Adresse, auf der gelauscht wird"),
    ("rules", "", "Die Regeln, nach denen E-Rechnungen geprüft werden"),
    ("list", "", "Alle Regeln: Kennung, Buch, Schwere, Fassung, Angaben und Text, durch Tabulatoren getrennt"),
    ("list", "markdown", "Eine Seite in Markdown mit den Texten in beiden Sprachen"),
    ("list", "output", "Zu schreibende Datei statt der Standardausgabe"),
    ("status", "", "Was aus jedem Dokument geworden ist und wie es im Haus steht"),
    ("status", "format", "Ausgabe als Tabelle oder JSON"),
    ("status", "summary", "Die Übersicht ohne die Tabelle"),
    ("forecast", "", "Wie lange der Rückstand dauert und wie viele Worker ihn rechtzeitig schaffen, aus gemessenen Zahlen"),
    ("forecast", "until", "Uhrzeit (deutsche Zeit), zu der der Rückstand erledigt sein soll"),
    ("forecast", "workers", "Mit so vielen Workern rechnen (sonst mit den gemessenen)"),
    ("forecast", "format", "Ausgabe als Text oder JSON"),
    ("retry", "", "Dokumente aus der Klärung zurückgeben, sobald bewiesen ist, dass die Ursache behoben ist"),
    ("retry", "documents", "Kennungen der Dokumente, wie status sie zeigt"),
    ("retry", "by", "Wer das sagt; steht im Journal"),
    ("retry", "wait", "So viele Sekunden auf das Ergebnis warten"),
    ("retry", "found_filed", "Ich habe nachgesehen: Es liegt im DMS, unter diesem Namen oder dieser Nummer"),
    ("retry", "not_found", "Ich habe nachgesehen: Es liegt nicht im DMS; es darf noch einmal abgelegt werden"),
    ("requeue", "", "Für jeden offenen Vorgang läuten, den niemand hat; nach dem Leeren der Warteschlange füllt sie sich so wieder"),
    ("requeue", "parked", "Auch für die, die auf ein Ablageziel warten"),
    ("drain", "", "Wartungspause: Worker beenden Angefangenes und nehmen nichts Neues; angenommen wird weiter"),
    ("drain", "by", "Wer das sagt"),
    ("drain", "wait", "So viele Sekunden warten, bis niemand mehr arbeitet"),
    ("drain", "end", "Die Pause beenden"),
    ("backup", "", "Journal, Inhalte und Lektionen sichern; Worker dürfen dabei weiterarbeiten"),
    ("backup", "folder", "Wohin; ein Ordner mit einer Sicherung bekommt nur, was neu ist"),
    ("restore", "", "Eine Sicherung in einen leeren Datenordner und ein leeres Journal zurückspielen, jeder Inhalt mit seiner Prüfsumme verglichen"),
    ("restore", "folder", "Der Ordner der Sicherung"),
    ("doctor", "", "Was eingerichtet ist, was fehlt und was zu tun ist"),
    ("doctor", "format", "Ausgabe als Text oder JSON"),
    ("health", "", "Einen laufenden Worker fragen, ob es ihm gut geht (für Container)"),
    ("health", "listen", "Wo der Worker lauscht"),
    (
        "health",
        "ready",
        "Fragen, ob er arbeiten kann (Warteschlange, Journal, Platte, keine Pause), nicht nur, ob er lebt",
    ),
    ("ledger", "", "Das Journal prüfen, zeigen und ausgeben"),
    ("verify", "", "Prüfsummen, Kette und Nummern prüfen: von Dateien oder vom Journal in Gebrauch"),
    ("verify", "files", "Journal- oder Exportdateien; sie brauchen weder Einstellungen noch Datenbank"),
    ("verify", "head", "Ein früher notierter Kopf, MANDANT:NUMMER:HASH: Er muss in der Kette stehen; so fällt ein abgeschnittenes Ende auf (mehrfach möglich)"),
    ("show", "", "Alle Einträge eines Dokuments"),
    ("show", "document", "Kennung des Dokuments, wie status sie zeigt"),
    ("export", "", "Die Einträge eines Mandanten als Journalzeilen schreiben"),
    ("export", "output", "Zu schreibende Datei; es darf sie noch nicht geben"),
    ("separator", "", "Ein Trennblatt (PDF) drucken; sein Code nennt Mandant, Amt und Art"),
    ("separator", "office", "Amt, das die Belege hinter dem Blatt bekommt"),
    ("separator", "class", "Art der Belege hinter dem Blatt"),
    ("separator", "copies", "Zahl der Blätter"),
    ("separator", "both_sides", "Derselbe Code auch auf der Rückseite, für beidseitiges Scannen"),
    ("separator", "output", "Zieldatei (sonst Standardausgabe)"),
    ("rebuild", "", "Den Index aus dem Journal neu bauen"),
];

/// The same command line with German help.
pub fn german(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let mut command = match text(&name, "") {
        Some(about) => command.about(about),
        None => command,
    };
    command = command.mut_args(|argument| match text(&name, argument.get_id().as_str()) {
        Some(help) => argument.help(help),
        None => argument,
    });
    command = command.mut_subcommands(german);
    match text("learn list", "") {
        // Rules and lessons both have a `list`.
        Some(about) if name == "learn" => command.mut_subcommand("list", |list| list.about(about)),
        _ => command,
    }
}

fn text(command: &str, argument: &str) -> Option<&'static str> {
    GERMAN.iter().find(|row| row.0 == command && row.1 == argument).map(|row| row.2)
}

/// Commands and arguments that people see and that have no German text.
#[cfg(test)]
pub fn missing(command: &Command) -> Vec<String> {
    if command.is_hide_set() {
        return Vec::new();
    }
    let name = command.get_name();
    let mut missing = Vec::new();
    if text(name, "").is_none() {
        missing.push(name.to_owned());
    }
    for argument in command.get_arguments() {
        let id = argument.get_id().as_str();
        if text(name, id).is_none() && !["help", "version"].contains(&id) {
            missing.push(format!("{name} {id}"));
        }
    }
    missing.extend(command.get_subcommands().flat_map(self::missing));
    missing
}
