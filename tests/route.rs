//! The clerk: the shipped frame, layers, and what a rule author gets told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use laufmappe::error::Kind;
use laufmappe::extract::class::{Class, Classified};
use laufmappe::extract::{Content, Letter};
use laufmappe::invoice::{Evidence, Invoice, Syntax, bt};
use laufmappe::job::{
    Arrival, Bilingual, Channel, ContentHash, Document, DocumentId, Kind as Format, PartOf, Priority, Tenant,
};
use laufmappe::route::{Decision, Facts, Outcome, Routing, decide};
use laufmappe::validate::{Finding, Recommendation, Report, Severity};

const FRAME: &str = include_str!("../rules/routing.toml");

fn document(tenant: &str) -> Document {
    let tenant: Tenant = tenant.parse().unwrap();
    let content = ContentHash::of(b"bytes");
    Document {
        id: DocumentId::of_arrival(&tenant, Channel::Folder, "eingang/a.xml", &content),
        tenant,
        content,
        size: 5,
        kind: Format::UblInvoice,
        name: "a.xml".into(),
        arrival: Arrival {
            channel: Channel::Folder,
            source: "eingang/a.xml".into(),
            at: "2026-12-31T23:30:00Z".parse().unwrap(),
            batch: None,
            scan: None,
            priority: Priority::Normal,
        },
        part_of: None,
        annexes: Vec::new(),
        repeats: None,
    }
}

fn invoice() -> Invoice {
    let mut invoice = Invoice { syntax: Some(Syntax::UblInvoice), ..Invoice::default() };
    invoice.number = Some("4711".into());
    invoice.issue_date = Some("2026-03-01".parse().unwrap());
    invoice.type_code = Some("380".into());
    invoice.currency = Some("EUR".into());
    invoice.buyer_reference = Some("05999-2010-31".into());
    invoice.seller.name = Some("Tiefbau Nord / Süd GmbH".into());
    invoice.totals.due = Some("119.00".parse().unwrap());
    invoice
}

/// The same invoice as it would be read from a page.
fn guessed() -> Invoice {
    let mut invoice = Invoice { syntax: None, ..invoice() };
    for number in [1, 2, 27, 115] {
        let evidence = Evidence { confidence: 0.9, page: 1, ..Evidence::default() };
        invoice.evidence.insert(bt(number), evidence);
    }
    invoice
}

fn report() -> Report {
    Report {
        syntax: None,
        profile: None,
        rule_sets: Vec::new(),
        schema_valid: None,
        findings: Vec::new(),
        recommendation: Recommendation::Accept,
    }
}

fn fatal() -> Report {
    let text = Bilingual::new("Es gibt eine Rechnungsnummer.", "There is an invoice number.");
    let finding = Finding {
        id: "BR-02".into(),
        severity: Severity::Fatal,
        location: "/ubl:Invoice[1]".into(),
        terms: vec![bt(1)],
        legal_class: None,
        text,
        expected: None,
        found: None,
    };
    Report { findings: vec![finding], recommendation: Recommendation::Reject, ..report() }
}

fn on(invoice: Invoice) -> Content {
    Content::Invoice(Box::new(invoice))
}

fn letter(title: Option<&str>, words: usize) -> Content {
    Content::Letter(Letter { class: Classified::plain_text(), title: title.map(str::to_owned), words })
}

/// A letter told from its pages.
fn paper(class: Class, confidence: f32) -> Content {
    let because = vec!["„Mahngebühr“ (verlangt Kosten einer Mahnung)".to_owned()];
    let class = Classified { class, confidence, because };
    Content::Letter(Letter { class, title: Some("Betreff".to_owned()), words: 40 })
}

fn sentences(decision: &Decision) -> Vec<&str> {
    decision.because.iter().map(|because| because.de.as_str()).collect()
}

#[test]
fn the_frame_has_its_rules_in_order_and_every_example_holds() {
    let routing = Routing::built_in().unwrap();
    assert_eq!(routing.examples(), []);
    let names: Vec<&str> = FRAME.lines().filter_map(|line| line.strip_prefix("name = ")).collect();
    assert_eq!(
        names,
        [
            "\"doppelter-eingang\"",
            "\"rechnung-fehlerhaft\"",
            "\"rechnung-unsicher\"",
            "\"art-unsicher\"",
            "\"bauamt\"",
            "\"gutschriften\"",
            "\"rechnungseingang\"",
            "\"mahnungen\"",
            "\"bescheide\"",
            "\"antraege\"",
            "\"lieferscheine\"",
            "\"bestellungen\"",
            "\"posteingang\"",
            "\"unbekannt\""
        ]
    );
}

type Change = fn(&mut Document, &mut Invoice);

#[test]
fn invoices_find_their_way() {
    #[rustfmt::skip]
    let rows: &[(&str, Invoice, Report, Change)] = &[
        ("rechnungseingang", invoice(), report(), |_, _| ()),
        ("rechnung-fehlerhaft", invoice(), fatal(), |_, _| ()),
        ("rechnung-fehlerhaft", invoice(), Report { recommendation: Recommendation::Reject, ..report() }, |_, _| ()),
        ("doppelter-eingang", invoice(), fatal(), |d, _| d.repeats = Some(d.id.clone())),
        ("bauamt", invoice(), report(), |_, i| i.buyer_reference = Some(" 05999-6012-44 ".into())),
        ("rechnungseingang", invoice(), report(), |_, i| i.buyer_reference = Some("05999-0160-44".into())),
        ("gutschriften", invoice(), report(), |_, i| i.type_code = Some("381".into())),
        ("rechnungseingang", guessed(), report(), |_, _| ()),
        ("rechnung-unsicher", guessed(), fatal(), |_, _| ()),
        ("rechnung-unsicher", guessed(), report(), |_, i| i.number = None),
        ("rechnung-unsicher", guessed(), report(), |_, i| i.number = Some("  ".into())),
        ("rechnung-unsicher", guessed(), report(), |_, i| i.issue_date = None),
        ("rechnung-unsicher", guessed(), report(), |_, i| i.seller.name = None),
        ("rechnung-unsicher", guessed(), report(), |_, i| i.totals.due = None),
        // The total with VAT stands in for the amount due, but it needs evidence of its own.
        ("rechnung-unsicher", guessed(), report(), |_, i| i.totals.with_vat = i.totals.due.take()),
        ("rechnungseingang", guessed(), report(), |_, i| {
            i.totals.with_vat = i.totals.due.take();
            let evidence = i.evidence.remove(&bt(115)).unwrap();
            i.evidence.insert(bt(112), evidence);
        }),
        ("rechnung-unsicher", guessed(), report(), |_, i| { i.evidence.remove(&bt(27)); }),
        ("rechnung-unsicher", guessed(), report(), |_, i| i.evidence.get_mut(&bt(2)).unwrap().confidence = 0.599),
        ("rechnungseingang", guessed(), report(), |_, i| i.evidence.get_mut(&bt(2)).unwrap().confidence = 0.6),
        ("rechnung-unsicher", guessed(), report(), |_, i| i.evidence.get_mut(&bt(1)).unwrap().confidence = f32::NAN),
    ];
    let routing = Routing::built_in().unwrap();
    for (number, (expected, invoice, report, change)) in rows.iter().enumerate() {
        let (mut document, mut invoice) = (document("musterstadt"), invoice.clone());
        change(&mut document, &mut invoice);
        let decision = decide(&document, &on(invoice), report, &routing);
        assert_eq!(decision.rule, *expected, "row {number}: {:?}", sentences(&decision));
        assert!(!decision.because.is_empty());
    }
}

#[test]
fn letters_go_to_the_post_and_what_nobody_can_read_to_a_person() {
    let routing = Routing::built_in().unwrap();
    for (expected, content) in [
        ("posteingang", letter(Some("Antrag"), 40)),
        ("posteingang", letter(None, 1)),
        ("unbekannt", letter(None, 0)),
        ("unbekannt", letter(Some("  "), 0)),
    ] {
        assert_eq!(decide(&document("musterstadt"), &content, &report(), &routing).rule, expected);
    }
}

#[test]
fn papers_go_where_their_class_belongs_and_doubtful_ones_to_a_person() {
    let routing = Routing::built_in().unwrap();
    let doubtful_invoice = |confidence| {
        let mut invoice = guessed();
        invoice.evidence.insert(bt(3), Evidence { confidence, page: 1, ..Evidence::default() });
        on(invoice)
    };
    for (expected, content) in [
        ("mahnungen", paper(Class::Reminder, 0.95)),
        ("art-unsicher", paper(Class::Reminder, 0.699)),
        ("mahnungen", paper(Class::Reminder, 0.7)),
        ("art-unsicher", paper(Class::Reminder, f32::NAN)),
        ("bescheide", paper(Class::Notice, 0.99)),
        ("art-unsicher", paper(Class::Notice, 0.5)),
        ("antraege", paper(Class::Application, 0.5)),
        ("lieferscheine", paper(Class::DeliveryNote, 0.8)),
        ("bestellungen", paper(Class::OrderConfirmation, 0.8)),
        ("bestellungen", paper(Class::Offer, 0.8)),
        ("posteingang", paper(Class::Letter, 0.3)),
        ("posteingang", paper(Class::Other, 0.3)),
        ("rechnungseingang", doubtful_invoice(0.6)),
        ("art-unsicher", doubtful_invoice(0.59)),
    ] {
        let decision = decide(&document("musterstadt"), &content, &report(), &routing);
        assert_eq!(decision.rule, expected, "{:?}", sentences(&decision));
    }
    let decision = decide(&document("musterstadt"), &paper(Class::Reminder, 0.95), &report(), &routing);
    let Outcome::File(shelf) = &decision.outcome else { panic!("not filed") };
    assert_eq!(shelf.title, "Mahnung, bitte die Rechnung dazu suchen: Betreff");
    let said = "Die Dokumentart ist Mahnung, entschieden durch: „Mahngebühr“ (verlangt Kosten einer Mahnung).";
    assert!(sentences(&decision).contains(&said), "{:?}", sentences(&decision));
}

#[test]
fn an_e_invoice_says_its_class_itself() {
    let facts = |invoice: Invoice| Facts::of(&document("a"), &on(invoice), &report());
    assert_eq!((facts(invoice()).class, facts(invoice()).class_confidence), (Some(Class::Invoice), None));
    let credit = Invoice { type_code: Some("381".into()), ..invoice() };
    assert_eq!(facts(credit).class, Some(Class::CreditNote));
}

#[test]
fn labels_name_what_is_missing_and_take_no_levels_from_the_document() {
    let layer = r#"
        [[rule]]
        name = "je-lieferant"
        [rule.ablage]
        targets = ["akte", "archiv"]
        akte = "20/{BT-27}/{jahr}"
        vorgang = "{BT-1} {BT-13}"
        titel = "{document}"
        amt = "20"
        [[example]]
        rule = "je-lieferant"
        kind = "e-rechnung"
    "#;
    let routing = Routing::load(&[("routing.toml", FRAME), ("amt.toml", layer)]).unwrap();
    let document = document("musterstadt");
    let Outcome::File(shelf) = decide(&document, &on(invoice()), &report(), &routing).outcome else {
        panic!("not filed");
    };
    assert_eq!(shelf.file, "20/Tiefbau Nord - Süd GmbH/2026");
    assert_eq!(shelf.case, "4711 ohne Bestellnummer");
    assert_eq!(shelf.title, document.id.as_str());
    assert_eq!(shelf.targets, ["akte", "archiv"]);
    // Without an invoice date the year of receipt counts: 31 December 23:30 UTC is next year in Germany.
    let undated = Invoice { issue_date: None, ..invoice() };
    let Outcome::File(shelf) = decide(&document, &on(undated), &report(), &routing).outcome else {
        panic!("not filed");
    };
    assert_eq!(shelf.file, "20/Tiefbau Nord - Süd GmbH/2027");
}

const LAYER: &str = r#"
    tenant = "musterstadt"
    targets = ["akte"]
    [[rule]]
    name = "alles-zu-mir"
    [rule.ablage]
    akte = "99"
    vorgang = "v"
    titel = "t"
    amt = "99"
    [[example]]
    rule = "alles-zu-mir"
    kind = "e-rechnung"
"#;

#[test]
fn a_tenant_adds_rules_but_never_weakens_what_the_frame_pins() {
    let routing = Routing::load(&[("routing.toml", FRAME), ("musterstadt.toml", LAYER)]).unwrap();
    let rule = |tenant: &str, report: &Report| decide(&document(tenant), &on(invoice()), report, &routing).rule;
    assert_eq!(rule("musterstadt", &report()), "alles-zu-mir");
    assert_eq!(rule("musterstadt", &fatal()), "rechnung-fehlerhaft");
    assert_eq!(rule("nachbarstadt", &report()), "rechnungseingang");
}

#[test]
fn the_lowest_layer_comes_first_after_everything_pinned_above_it() {
    let rule = |name: &str, pinned: bool| {
        format!(
            "[[rule]]\nname = \"{name}\"\npinned = {pinned}\n[rule.when]\nkind = \"schreiben\"\n[rule.ablage]\n\
             targets = [\"akte\"]\nakte = \"a\"\nvorgang = \"v\"\ntitel = \"t\"\namt = \"x\"\n\
             [[example]]\nrule = \"{name}\"\nkind = \"schreiben\"\n"
        )
    };
    let decided = |middle: &str, low: &str| {
        let routing = Routing::load(&[("frame", FRAME), ("middle", middle), ("low", low)]).map_err(|e| e.text);
        routing.map(|routing| decide(&document("musterstadt"), &letter(None, 9), &report(), &routing).rule)
    };
    assert_eq!(decided(&rule("mitte", false), &rule("unten", false)).unwrap(), "unten");
    // What the middle pins cannot be reached from below: the example of the lower rule shows it.
    let error = decided(&rule("mitte", true), &rule("unten", false)).unwrap_err();
    assert!(error.contains("low, example for \"unten\": the rules give \"mitte\""), "{error}");
}

#[test]
fn the_example_of_the_readme_holds() {
    let readme = include_str!("../rules/README.md");
    let (_, example) = readme.split_once("```toml\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    Routing::load(&[("routing.toml", FRAME), ("musterstadt.toml", example)]).unwrap();
}

/// A frame of one rule (with these conditions) and a default.
fn frame(when: &str) -> String {
    format!(
        r#"
        [[rule]]
        name = "eine"
        [rule.when]
        {when}
        [rule.klaerung]
        owner = "Amt"
        text = {{ de = "d", en = "e" }}
        next = {{ de = "d", en = "e" }}
        [[rule]]
        name = "sonst"
        [rule.klaerung]
        owner = "Amt"
        text = {{ de = "d", en = "e" }}
        next = {{ de = "d", en = "e" }}
        "#
    )
}

#[test]
fn conditions_hold_and_say_so() {
    #[rustfmt::skip]
    let rows: &[(&str, &str, &str, &str)] = &[
        // condition, facts that fit, facts that do not, sentence
        ("tenant = \"a\"", "tenant = \"a\"", "tenant = \"b\"", "Der Mandant ist „a“."),
        ("kind = \"geraten\"", "kind = \"geraten\"", "kind = \"schreiben\"", "Es ist eine Rechnung, deren Angaben von der Seite abgelesen wurden."),
        ("syntax = [\"cii\", \"ubl-invoice\"]", "syntax = \"cii\"", "syntax = \"ubl-creditnote\"", "Die Rechnung ist im Format cii geschrieben."),
        ("doppelt = false", "doppelt = false", "doppelt = true", "Das Dokument ist zum ersten Mal eingegangen."),
        ("fatal = true", "fatal = true", "fatal = false", "Die Prüfung hat schwere Fehler gefunden."),
        ("leitweg-id = \"05999*\"", "BT-10 = \"05999-1-2\"", "BT-10 = \"5999-1-2\"", "Leitweg-ID (BT-10) beginnt mit „05999“: „05999-1-2“."),
        ("leitweg-id = [\"1\", \"2\"]", "BT-10 = \"2\"", "BT-10 = \"3\"", "Leitweg-ID (BT-10) ist „2“."),
        ("leitweg-id = \"*-60*\"", "BT-10 = \"1-60\"", "kind = \"schreiben\"", "Leitweg-ID (BT-10) passt zum Muster „*-60*“: „1-60“."),
        ("lieferant-ust-id = \"DE1\"", "BT-31 = \"DE1\"", "BT-31 = \"DE2\"", "USt-IdNr. des Lieferanten (BT-31) ist „DE1“."),
        ("betrag-ueber = \"5000.00\"", "BT-115 = \"5000.01\"", "BT-115 = \"5000.000\"", "Der Betrag (BT-115) 5000.01 liegt über 5000.00."),
        ("betrag-ueber = 5000", "BT-112 = \"5001\"\nBT-5 = \"EUR\"", "BT-112 = \"9000\"\nBT-115 = \"1\"", "Der Betrag (BT-112) 5001 EUR liegt über 5000."),
        ("betrag-unter = \"0.3\"", "BT-115 = \"0.29999999999999999999\"", "BT-115 = \"0.30\"", "Der Betrag (BT-115) 0.29999999999999999999 liegt unter 0.3."),
        ("waehrung = \"CHF\"", "BT-5 = \"CHF\"", "BT-5 = \"EUR\"", "Währung (BT-5) ist „CHF“."),
        ("rechnungsart = \"384\"", "BT-3 = \"384\"", "BT-3 = \"380\"", "Rechnungsart (BT-3) ist „384“."),
        ("bestellnummer = \"4500*\"", "BT-13 = \"4500 7\"", "BT-13 = \"450\"", "Bestellnummer (BT-13) beginnt mit „4500“: „4500 7“."),
        ("trennblatt.office = \"60\"", "trennblatt.office = \"60\"", "trennblatt.office = \"20\"", "Das Trennblatt nennt das Amt „60“."),
        ("trennblatt.class = \"Bescheid\"", "trennblatt.class = \"Bescheid\"", "trennblatt.office = \"Bescheid\"", "Das Trennblatt nennt die Dokumentart „Bescheid“."),
        ("sicherheit-unter = \"0.80\"", "sicherheit = \"0.799\"", "sicherheit = \"0.8\"", "Die unsicherste Pflichtangabe wurde mit Sicherheit 0.799 gelesen, verlangt ist 0.80."),
        ("art = \"mahnung\"", "art = \"mahnung\"", "art = \"bescheid\"", "Die Dokumentart ist Mahnung."),
        ("art-sicherheit-unter = \"0.70\"", "art-sicherheit = \"0.699\"", "art-sicherheit = \"0.70\"", "Die Dokumentart wurde mit Sicherheit 0.699 erkannt, verlangt ist 0.70."),
        ("fehlt = [\"BT-1\", \"BT-115/BT-112\"]", "BT-1 = \"7\"", "BT-1 = \"7\"\nBT-112 = \"1\"", "Es fehlt: Zahlbetrag (BT-115/BT-112)."),
    ];
    for (when, fitting, other, sentence) in rows {
        let example = |rule: &str, facts: &str| {
            let kind = if facts.contains("kind =") { "" } else { "kind = \"e-rechnung\"" };
            format!("[[example]]\nrule = \"{rule}\"\n{kind}\n{facts}\n")
        };
        let text = frame(when) + &example("eine", fitting) + &example("sonst", other);
        let routing = Routing::load(&[("frame.toml", &text)]);
        let routing = routing.unwrap_or_else(|error| panic!("{when}: {error}"));
        let decision = routing.decide(&facts_of(fitting));
        assert_eq!(sentences(&decision), [*sentence], "{when}");
        assert!(decision.because.iter().all(|because| !because.en.is_empty()));
    }
}

/// The facts of an example's text, built the way a stored decision would bring them back.
fn facts_of(text: &str) -> Facts {
    let table: toml::Table = toml::from_str(text).unwrap();
    let mut facts = Facts::of(&document("musterstadt"), &letter(None, 0), &report());
    facts.sort = laufmappe::route::Sort::ERechnung;
    for (key, value) in &table {
        let word = value.as_str().unwrap_or_default();
        match key.as_str() {
            "tenant" => facts.tenant = word.parse().unwrap(),
            "kind" => facts.sort = laufmappe::route::Sort::Geraten,
            "syntax" => facts.syntax = Some(Syntax::Cii),
            "doppelt" => facts.repeats = None,
            "fatal" => facts.fatal = true,
            "art" => facts.class = Some(Class::Reminder),
            "art-sicherheit" => facts.class_confidence = Some(word.parse().unwrap()),
            "sicherheit" => facts.confidence = Some(word.parse().unwrap()),
            "trennblatt" => {
                let said = value.as_table().unwrap();
                facts.separator =
                    said.iter().map(|(key, word)| (key.clone(), word.as_str().unwrap().to_owned())).collect();
            }
            term => {
                facts.values.insert(term.to_owned(), word.to_owned());
            }
        }
    }
    facts
}

#[test]
fn a_mistake_names_file_rule_key_and_the_allowed_words() {
    #[rustfmt::skip]
    let rows: &[(&str, &[&str])] = &[
        ("leitwegid = \"05*\"", &["frame.toml, rule 1 (\"eine\"), when 1: leitwegid is not known here", "leitweg-id"]),
        ("kind = \"rechnung\"", &["when 1: kind = \"rechnung\" is not known", "e-rechnung, geraten, schreiben, unlesbar"]),
        ("syntax = \"ubl\"", &["syntax = \"ubl\"", "ubl-creditnote"]),
        ("doppelt = \"yes\"", &["doppelt must be true or false, not a text"]),
        ("betrag-ueber = 5000.5", &["betrag-ueber must be an exact number", "in quotes"]),
        ("betrag-ueber = \"5.000,00\"", &["betrag-ueber = \"5.000,00\" is not a number", "5000.00"]),
        ("leitweg-id = \"05 999*\"", &["leitweg-id = \"05 999*\" can never fit"]),
        ("waehrung = \"Euro\"", &["waehrung = \"Euro\" can never fit", "EUR"]),
        ("rechnungsart = 381", &["rechnungsart must be a text"]),
        ("sicherheit-unter = \"80\"", &["between 0 and 1"]),
        ("fehlt = [\"BT-1\", \"BT1\"]", &["fehlt = \"BT1\" is not known", "BT-112"]),
        ("fehlt = []", &["fehlt is an empty list"]),
        ("tenant = \"Musterstadt\"", &["tenant name \"Musterstadt\" is not allowed"]),
        ("trennblatt.amt = \"60\"", &["trennblatt: amt is not known here", "office, class"]),
        ("", &["this list of conditions is empty"]),
        ("kind =", &["frame.toml, line 5"]),
    ];
    for (when, expected) in rows {
        let error = Routing::load(&[("frame.toml", &frame(when))]).unwrap_err();
        assert_eq!(error.kind, Kind::Settings);
        for part in *expected {
            assert!(error.to_string().contains(part), "{when}: {error}");
        }
    }
}

#[test]
fn a_rule_file_is_refused_as_a_whole_when_one_piece_is_wrong() {
    let changed = |from: &str, to: &str| {
        assert!(FRAME.contains(from), "{from}");
        FRAME.replacen(from, to, 1)
    };
    #[rustfmt::skip]
    let rows: &[(String, &str)] = &[
        (String::new(), "has no default"),
        (changed("name = \"bauamt\"", "name = \"rechnungseingang\""), "this name is taken"),
        (changed("name = \"bauamt\"", "name = \"Bauamt\""), "this name is not allowed"),
        (changed("name = \"unbekannt\"", "name = \"unbekannt\"\npinned = true"), "cannot be pinned"),
        (changed("[rule.when]\ndoppelt = true\n", ""), "hides all that follow"),
        (changed("rule = \"bauamt\"", "rule = \"rechnungseingang\""), "there is no example"),
        (changed("leitweg-id = \"*-60*-*\"", "leitweg-id = \"*-61*-*\""), "example for \"bauamt\": the rules give \"rechnungseingang\""),
        (changed("akte = \"60 Bauamt/Rechnungen {jahr}\"", "akte = \"60 Bauamt\""), "the Akte \"60 Bauamt\""),
        (changed("vorgang = \"{betreff}\"", "vorgang = \"{beterff}\""), "vorgang = \"beterff\" is not known"),
        (changed("vorgang = \"{betreff}\"", "vorgang = \"{betreff\""), "a brace is opened and not closed"),
        (changed("schwere Fehler;", "Fehler von {BT-27};"), "may name ids only"),
        (changed("amt = \"60 Bauamt\"\n", ""), "ablage: amt is missing"),
        (changed("targets = [\"akte\"]", ""), "targets is missing"),
        (changed("owner = \"Poststelle\"", "ower = \"Poststelle\""), "klaerung: owner is missing"),
        (changed("text.en = \"No way", "text.fr = \"No way"), "en is missing"),
        (changed("targets =", "tenant = \"x\"\ntargets ="), "applies to every tenant"),
    ];
    for (text, expected) in rows {
        let error = Routing::load(&[("routing.toml", text)]).unwrap_err();
        assert_eq!(error.kind, Kind::Settings);
        assert!(error.to_string().contains(expected), "{expected}: {error}");
    }
}

#[test]
fn a_decision_is_replayed_from_its_facts_and_names_the_rules_in_force() {
    let routing = Routing::built_in().unwrap();
    let mut document = document("musterstadt");
    document.part_of = Some(PartOf {
        reading: None,
        whole: document.id.clone(),
        content: document.content,
        number: 2,
        pages: Some((3, 4)),
        separator: Some("LAUFMAPPE:1;tenant=musterstadt;office=60;class=Rechnung".into()),
    });
    let facts = Facts::of(&document, &on(guessed()), &report());
    assert_eq!(facts.separator.get("office").map(String::as_str), Some("60"));
    let stored = serde_json::to_string(&facts).unwrap();
    let again: Facts = serde_json::from_str(&stored).unwrap();
    assert_eq!(again, facts);
    let decision = decide(&document, &on(guessed()), &report(), &routing);
    assert_eq!(routing.decide(&again), decision);
    assert_eq!(decision.rules_version, routing.version());
    let commented = format!("{FRAME}\n# a word more\n");
    assert_ne!(Routing::load(&[("routing.toml", &commented)]).unwrap().version(), routing.version());
}

#[test]
fn hostile_values_stay_short_labels() {
    let routing = Routing::built_in().unwrap();
    let mut hostile = invoice();
    hostile.number = Some("../../etc/passwd\u{0}\n".repeat(1_000));
    hostile.seller.name = Some("{BT-1}{jahr}".into());
    let decision = decide(&document("musterstadt"), &on(hostile), &report(), &routing);
    let Outcome::File(shelf) = decision.outcome else { panic!("not filed") };
    assert!(shelf.case.chars().count() < 250 && !shelf.case.contains(['\n', '\u{0}']));
    assert!(shelf.case.starts_with("{BT-1}{jahr} "), "a value is never a template");
    assert_eq!(shelf.file, "20 Kämmerei/Eingangsrechnungen 2026");
}
