use super::*;
use crate::invoice::{Syntax, Tree, cac, cbc};
use crate::validate::element::Doc;
use crate::validate::engine::{self, Book, fatal};

const XML: &str = r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" languageID="de">
    <b:ID schemeID="x" schemeName="y">7</b:ID><b:Note/><b:Note listID="z"/>
    <a:TaxTotal><b:TaxAmount currencyID="EUR">1</b:TaxAmount>
      <a:TaxSubtotal><a:TaxCategory><b:ID>S</b:ID><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:TaxCategory></a:TaxSubtotal>
      <a:TaxSubtotal><a:TaxCategory><b:ID>E</b:ID></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>
    <a:Delivery><a:DeliveryAddress><b:ID/></a:DeliveryAddress></a:Delivery>
    </Invoice>"#;

/// What the file finds in the document: ids, and what was found.
fn found(file: &'static str) -> Vec<(&'static str, Option<String>)> {
    let (contexts, faults) = build(file, SPECIALS, GUARDS);
    assert!(faults.is_empty(), "{faults:?}");
    let pattern: Pattern = Box::leak(contexts.into_boxed_slice());
    PATTERN.set(pattern);
    let book = Book::of(|| vec![PATTERN.get()]);
    let tree = Tree::parse(XML).unwrap();
    let doc = Doc::of(&tree, Syntax::UblInvoice, Edition::LATEST);
    let mut found = Vec::new();
    engine::examine(&[&book], &doc, &mut |id, _, _, broken| found.push((id, broken.unwrap().found)));
    found
}

thread_local! {
    static PATTERN: std::cell::Cell<Pattern> = const { std::cell::Cell::new(&[]) };
}

const SPECIALS: &[(&str, Rule)] = &[("S-1", fatal("S-1", |e| !e.has(&[cbc::Note])))];
const GUARDS: &[(&str, Guard)] = &[("exempt", |e| e.equals(&[cbc::ID], "E"))];

/// Ids that break when a row with this test and path stands at the root.
fn breaks(test: &str, path: &str) -> bool {
    let file = format!("@ /ubl:Invoice\nX\tfatal\t{test}\t{path}\n");
    !found(Box::leak(file.into_boxed_str())).is_empty()
}

#[test]
fn every_kind_of_path_finds_what_is_there_and_only_that() {
    for path in [
        "cbc:Note",
        "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID",
        "cac:TaxTotal//cbc:ID",
        "//cac:TaxScheme",
        "//cac:TaxScheme/cbc:ID",
        "//cbc:ID/@schemeID",
        "cbc:ID/@schemeID",
        "@languageID",
        "//@languageID",
        "//@currencyID",
        "cac:TaxTotal//@currencyID",
        "cac:TaxTotal/(cbc:TaxAmount|cbc:RoundingAmount)",
        "(cbc:UUID|cbc:ID)/@schemeName",
        "cbc:ID/(@listID|@schemeID)",
        "cac:Delivery/*/cbc:ID",
        "cbc:UUID | cac:Delivery/cac:DeliveryAddress",
    ] {
        assert!(breaks("absent", path), "{path}");
    }
    for path in [
        "cbc:UUID",
        "cac:TaxTotal/cac:TaxCategory",
        "cac:Delivery//cac:TaxScheme",
        "//cac:DeliveryLocation",
        "//cac:TaxTotal/cbc:ID",
        "cbc:Note/@schemeID",
        "@schemeID",
        "//@unitCode",
        "cac:Delivery//@currencyID",
        "cac:Delivery/(cbc:TaxAmount|cbc:RoundingAmount)",
        "cbc:ID/(@listID|@schemeURI)",
        "*/*/*/*/*/cbc:ID",
    ] {
        assert!(!breaks("absent", path), "{path}");
    }
}

#[test]
fn tests_count() {
    for (path, count) in [
        ("cbc:UUID", 0),
        ("cbc:ID", 1),
        ("cbc:Note", 2),
        ("cac:TaxTotal/cac:TaxSubtotal", 2),
        ("//cac:TaxCategory/cbc:ID", 2),
        ("cac:TaxTotal//cac:TaxScheme", 1),
    ] {
        assert_eq!(breaks("absent", path), count > 0, "{path}");
        assert_eq!(breaks("once", path), count > 1, "{path}");
        assert_eq!(breaks("present", path), count < 1, "{path}");
        assert_eq!(breaks("single", path), count != 1, "{path}");
        assert!(!breaks("never", path), "{path}");
    }
}

#[test]
fn a_row_is_told_once_and_shows_what_is_too_much() {
    let file = "@ /ubl:Invoice\nA\tfatal\tabsent\t//cbc:ID\nB\tfatal\tonce\tcbc:Note\nC\tfatal\tabsent\tcbc:ID/@schemeID\nD\tfatal\tpresent\tcbc:UUID\n";
    let shown = found(file);
    let shown: Vec<(&str, &str)> =
        shown.iter().map(|(id, found)| (*id, found.as_deref().unwrap_or("-"))).collect();
    assert_eq!(
        shown,
        [
            ("A", "/ubl:Invoice[1]/cbc:ID[1]"),
            ("B", "/ubl:Invoice[1]/cbc:Note[2]"),
            ("C", "/ubl:Invoice[1]/cbc:ID[1]/@schemeID"),
            ("D", "-"),
        ]
    );
}

#[test]
fn the_first_context_of_an_element_examines_it() {
    let file = "@ cac:TaxCategory ? exempt\nA\tfatal\tabsent\tcbc:ID\n@ cac:TaxSubtotal/cac:TaxCategory\nB\tfatal\tabsent\tcbc:ID\n@ cac:TaxCategory\nC\tfatal\tabsent\tcbc:ID\n";
    assert_eq!(found(file).iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["B", "A"]);
    let all = "@ *Amount\nA\tfatal\tpresent\t@unitCode\n@ *\nB\tfatal\tpresent\tcac:TaxAmount | cac:Delivery\n";
    assert!(Sheet::read(all).faults.is_empty());
    assert_eq!(
        found(all.replace(":TaxAmount", ":Party").leak()).iter().filter(|(id, _)| *id == "A").count(),
        1
    );
}

#[test]
fn an_edition_has_rows_and_contexts_of_its_own() {
    let file = "@ /ubl:Invoice\nA\tfatal\tabsent\tcbc:ID\t2026-01-31\nB\tfatal\tabsent\tcbc:ID\t2026-08-31\n@ cac:Delivery\t2026-01-31\nC\tfatal\tabsent\t*\n@ cac:Delivery\nD\tfatal\tabsent\t*\n";
    assert_eq!(found(file).iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["B", "D"]);
}

#[test]
fn a_special_row_stands_in_code() {
    assert_eq!(found("@ /ubl:Invoice\nS-1\tfatal\tspecial\n").len(), 1);
    assert_eq!(found("@ /ubl:Invoice\nS-1\tfatal\tspecial\tS-1\t2026-01-31\n").len(), 0);
}

#[test]
fn what_cannot_be_read_is_told() {
    for line in [
        "A\tfatal\tabsent\tcbc:Quatsch",
        "A\tfatal\tabsent\tcbc:ID/@quatsch",
        "A\tfatal\tabsent\t/cbc:ID",
        "A\tfatal\tabsent\t//cac:Item//cbc:ID",
        "A\tfatal\tabsent\t@schemeID/cbc:ID",
        "A\tfatal\tabsent\t(cbc:ID",
        "A\tfatal\tabsent\t//*",
        "A\tfatal\tabsent\t",
        "A\tfatal\tabsent",
        "A\tfatal\tabsently\tcbc:ID",
        "A\tfatality\tabsent\tcbc:ID",
        "A\tfatal\tabsent\tcbc:ID\t2020-01-01",
        "A\tfatal\tabsent\tcbc:ID\t2026-08-31\t",
        "A fatal absent cbc:ID",
        "S-2\tfatal\tspecial",
        "S-1\twarning\tspecial",
        "@ cac:Quatsch",
        "@ cac:Party ? quatsch",
        "@ ",
        "Quatsch",
    ] {
        let file = format!("@ /ubl:Invoice\n{line}\n");
        let (_, faults) = build(Box::leak(file.into_boxed_str()), SPECIALS, GUARDS);
        assert_eq!(faults.len(), 1, "{line}");
    }
    assert_eq!(Sheet::read("A\tfatal\tabsent\tcbc:ID\n").faults.len(), 1);
}

#[test]
fn every_line_of_the_files_can_be_read() {
    for (_, file) in FILES {
        let Sheet { contexts, mut faults } = Sheet::read(file);
        contexts.into_iter().for_each(|lines| drop(Table::of(lines.context, lines.rows, &mut faults)));
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

#[test]
fn the_texts_name_the_place() {
    let row = |test, path| Row { id: "A", severity: Severity::Fatal, test, path, only: None };
    for (context, path, de) in [
        (
            "/ubl:Invoice | /cn:CreditNote",
            "cbc:UBLVersionID",
            "Das Element cbc:UBLVersionID kommt in einer Rechnung nach EN 16931 nicht vor.",
        ),
        ("/ubl:Invoice", "//@uri", "Das Attribut uri kommt in einer Rechnung nach EN 16931 nicht vor."),
        (
            "cac:Party | //cac:PayeeParty ? guard",
            "cac:A/cbc:B",
            "Das Element cbc:B kommt in einer Rechnung nach EN 16931 unter (cac:Party oder cac:PayeeParty)/cac:A nicht vor.",
        ),
        (
            "/rsm:CrossIndustryInvoice/rsm:ExchangedDocument",
            "ram:Name",
            "Das Element ram:Name kommt in einer Rechnung nach EN 16931 unter rsm:ExchangedDocument nicht vor.",
        ),
        (
            "*Amount ? guard",
            "@currencyID",
            "Das Attribut currencyID kommt in einer Rechnung nach EN 16931 an …Amount nicht vor.",
        ),
        (
            "/rsm:CrossIndustryInvoice/rsm:ExchangedDocument",
            "ram:Name",
            "Das Element ram:Name kommt in einer Rechnung nach EN 16931 unter rsm:ExchangedDocument nicht vor.",
        ),
        (
            "*Amount ? guard",
            "@currencyID",
            "Das Attribut currencyID kommt in einer Rechnung nach EN 16931 an …Amount nicht vor.",
        ),
    ] {
        assert_eq!(words::of("EN 16931", &row(Test::Absent, path), context).text.de, de);
    }
    assert_eq!(cac::Party.qualified(), "cac:Party");
}
