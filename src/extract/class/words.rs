//! The words that tell what a page is: one row each.
//!
//! In: nothing. Out: [`rows`]. Absent on purpose: where on the page they stand, see the weighing.
//!
//! A row may name several ways to say the same; it counts once. `*` lets a word go on in front or behind.
//! Weights are natural logarithms of odds: with 2.3 more, a class is ten times as likely.

use super::Class;
use super::Class::{
    Application, CreditNote, DeliveryNote, Invoice, Letter, Notice, Offer, OrderConfirmation, Other, Reminder,
};
use super::ink::Phrase;
use std::sync::LazyLock;

/// Where the words must stand to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// As a heading: large, alone, at the beginning of a line.
    Heading,
    /// Anywhere.
    Text,
}

pub struct Row {
    pub stand: Stand,
    pub class: Class,
    pub weight: f32,
    /// Why they count, for people.
    pub why: &'static str,
    pub phrases: Vec<Phrase>,
}

/// The table, prepared for finding.
pub fn rows() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
        let row = |stand: Stand| {
            move |&(words, class, weight, why): &(&str, Class, f32, &'static str)| {
                let phrases = words.split('|').map(|written| Phrase::new(written.trim())).collect();
                Row { stand, class, weight, why, phrases }
            }
        };
        HEADINGS.iter().map(row(Stand::Heading)).chain(TEXTS.iter().map(row(Stand::Text))).collect()
    });
    &ROWS
}

/// Words that end like a heading and are none.
pub const NO_HEADING: [&str; 20] = [
    "abmahnung",
    "abrechnung",
    "anrechnung",
    "aufrechnung",
    "berechnung",
    "entgeltabrechnung",
    "entscheid",
    "ermahnung",
    "gehaltsabrechnung",
    "hochrechnung",
    "korrekturrechnung",
    "lohnabrechnung",
    "proformarechnung",
    "reisekostenabrechnung",
    "stornorechnung",
    "umrechnung",
    "verrechnung",
    "vorausberechnung",
    "spendenquittung",
    "zwischenrechnung",
];

#[rustfmt::skip]
const HEADINGS: &[(&str, Class, f32, &str)] = &[
    ("*rechnung|invoice|tax invoice|faktura|liquidation|honorarnote|kassenbon|*quittung|rechnungskopie|rechnungsduplikat|rechnungszweitschrift|kassenbeleg|kundenbeleg|bon|rechnung invoice|sammelrechnung|barverkauf|gebührenaufstellung|beitragsrechnung|kostennote|vergütungsnote", Invoice, 6.0, "Überschrift"),
    ("abrechnung|*verbrauchsabrechnung|jahresabrechnung|nebenkostenabrechnung|betriebskostenabrechnung|heizkostenabrechnung|schlussabrechnung|endabrechnung|beitragsabrechnung|zwischenrechnung", Invoice, 4.5, "Überschrift"),
    ("gutschrift*|gutschriftsanzeige|rechnungsgutschrift|rechnungskorrektur|korrekturrechnung|stornorechnung|rechnungsstorno|stornierung|storno|storno rechnung|credit note|credit memo|stornobeleg|korrekturgutschrift|berichtigte rechnung|rechnungsberichtigung", CreditNote, 8.5, "Überschrift"),
    ("mahnung|*zahlungserinnerung|zahlungsaufforderung|erinnerung|zahlungsmahnung|payment reminder|reminder|final notice|mahnschreiben|forderungsaufstellung|letzte mahnung|*mahnung|past due notice|kontenklärung offene posten|offene posten|offene rechnungen|zahlungsverzug|ihr zahlungsrückstand|zahlungsrückstand|rückständige forderung|offene forderung|inkassoauftrag|dunning letter|überfällige rechnung*", Reminder, 8.0, "Überschrift"),
    ("lieferschein*|*lieferschein|lieferschein rechnung|warenbegleitschein|begleitschein|packzettel|packliste|frachtbrief|wiegeschein|wiegekarte|delivery note|packing slip|packing list|übernahmeschein|entsorgungsnachweis|speditionsauftrag|liefernachweis|ablieferbeleg|abliefernachweis|rücklieferschein|übergabeprotokoll|versandschein|lieferbeleg|ladeschein", DeliveryNote, 7.5, "Überschrift"),
    ("auftragsbestätigung|bestellbestätigung|bestätigung ihrer bestellung|bestätigung ihres auftrags|bestätigung ihres auftrages|buchungsbestätigung|reservierungsbestätigung|order confirmation|order acknowledgement|auftragsbestaetigung|vertragsbestätigung|terminbestätigung auftrag|bestelleingangsbestätigung|lieferbestätigung|ihre bestellbestätigung|auftragseingangsbestätigung", OrderConfirmation, 8.5, "Überschrift"),
    ("angebot|*angebot|kostenvoranschlag|kostenanschlag|offerte|preisangebot|quotation|quote|offer|honorarangebot|nachtragsangebot|kostenschätzung|preisanfrage angebot|angebotsschreiben|leistungsangebot", Offer, 7.0, "Überschrift"),
    ("*bescheid|bescheid über|verfügung|ordnungsverfügung|allgemeinverfügung|baugenehmigung|genehmigung|erlaubnis|ausnahmegenehmigung|beschluss|pfändungs und überweisungsbeschluss|kostenfestsetzungsbeschluss|anordnung|festsetzung|zustellungsurkunde|verkehrsrechtliche anordnung|zwangsgeldandrohung|teilungsgenehmigung|nutzungsuntersagung|gebührenfestsetzung|verwarnung mit verwarnungsgeld|verwarnungsgeld|leistungsbescheid", Notice, 7.0, "Überschrift"),
    ("antrag|antrag auf|*antrag|antragsformular|antragsvordruck|anmeldung zur|hundeanmeldung|gewerbeanmeldung|gewerbeummeldung|gewerbeabmeldung|beitrittserklärung|aufnahmeantrag|anmeldeformular|bauvoranfrage|antragsteller|mitgliedsantrag|application form|formantrag|anzeige einer veranstaltung|sondernutzungsantrag", Application, 6.5, "Überschrift"),
    ("anfrage*|beschwerde*|einladung*|stellungnahme|kündigung*|widerspruch*|einspruch*|mitteilung*|information*|rückfrage*|anhörung*|sachstandsanfrage|bewerbung*|kondolenz|dankschreiben|bitte um*|hinweis auf|terminvereinbarung|einwendung*|nachfrage*|terminabsage|schadensmeldung|schadenmeldung|eingangsbestätigung|bürgeranfrage|akteneinsicht|vollmachtsanzeige|ladung zum termin|mängelanzeige|mängelrüge|behinderungsanzeige|bedenkenanzeige|bankverbindung geändert|änderung unserer bankverbindung|preisanpassung|preiserhöhung", Letter, 4.0, "Betreff eines Schreibens"),
    ("widerspruch gegen*|einspruch gegen*|klage gegen*|beschwerde über*|rückfrage zu*|rückfragen zu*|reklamation*|beanstandung*|fragen zu*|kündigung des*|kündigung ihres*|kündigung unseres*|zurückweisung*|ablehnung ihrer rechnung", Letter, 8.5, "Betreff eines Schreibens"),
    ("proformarechnung|proforma rechnung|pro forma rechnung|proforma invoice|pro forma invoice|proforma", Other, 14.0, "eine Proformarechnung ist keine Rechnung"),
    ("lohnabrechnung|gehaltsabrechnung|entgeltabrechnung|verdienstabrechnung|reisekostenabrechnung|entgeltnachweis|abrechnung der brutto", Other, 8.0, "Überschrift"),
    ("kontoauszug|umsatzübersicht|saldenbestätigung|statement of account|depotauszug", Other, 6.5, "Überschrift"),
    ("bestellung|purchase order|bestellschein|einzelauftrag|abrufauftrag|bestellformular", Other, 3.0, "Überschrift einer Bestellung"),
    ("*vertrag|vereinbarung|protokoll|niederschrift|zeugnis|lebenslauf|urkunde|*bescheinigung|zuwendungsbestätigung|spendenquittung|leistungsverzeichnis|*datenblatt|satzung|vollmacht|inhaltsverzeichnis|speiseplan|fahrplan|tagesordnung|aufmaß*|stundenzettel|stundennachweis|rapport|rapportzettel|regiebericht|montagebericht|tagesbericht|bautagebuch|arbeitsnachweis|leistungsnachweis|prüfprotokoll|abnahmeprotokoll|prüfbericht|messprotokoll|gutachten|allgemeine geschäftsbedingungen|preisliste|auszahlungsanordnung|kassenanordnung|annahmeanordnung|sepa lastschriftmandat|timesheet|stellenausschreibung|pressemitteilung|wochenbericht|rezept|verordnung", Other, 6.5, "Überschrift"),
];

#[rustfmt::skip]
const TEXTS: &[(&str, Class, f32, &str)] = &[
    // Rechnung
    ("rechnungsnummer|rechnungsnr|rechnung nr|rechnungs nr|rechn nr|re nr|rg nr|invoice no|invoice number|invoice nr|rechnungsno|beleg nr rechnung|fakturanummer|rechnungskennung", Invoice, 1.6, "nennt eine Rechnungsnummer"),
    ("rechnungsdatum|invoice date|datum der rechnung|rechnung vom|rechnungs datum|rechnungstag", Invoice, 0.8, "nennt ein Rechnungsdatum"),
    ("rechnungsbetrag|rechnungsendbetrag|rechnungssumme|zu zahlender betrag|zahlbetrag|zu zahlen|endbetrag|gesamtrechnungsbetrag|amount due|due payable|total due|noch zu zahlen|zahlungsbetrag|summe brutto|forderungsbetrag|invoice total|nachzahlung|bruttobetrag|rechnungsgesamtbetrag|zahllast", Invoice, 1.4, "nennt, was zu zahlen ist"),
    ("berechnen wir|berechne ich|stellen wir ihnen|stelle ich ihnen|in rechnung stellen|in rechnung zu stellen|in rechnung gestellt|erlauben wir uns zu berechnen|erlauben uns zu berechnen|berechnen wir ihnen|folgende vergütung|liquidiere ich|wie folgt in rechnung|folgende leistungen in rechnung|berechnen wir wie folgt|berechnen wir gemäß|wir erlauben uns|wie folgt abzurechnen|rechnen wir wie folgt ab|rechne ich wie folgt ab", Invoice, 1.8, "berechnet eine Leistung"),
    ("bitte überweisen sie|bitte überweisen|bitten um überweisung|bitte um überweisung|bitte zahlen sie|zahlbar bis|zahlbar innerhalb|zahlbar sofort|zahlbar ohne abzug|zahlbar rein netto|zahlungsziel|zahlungsbedingungen|um ausgleich|buchen wir|abgebucht|eingezogen|wird per lastschrift|please remit|payment terms|ohne abzug|bezahlt mit|betrag erhalten|betrag dankend erhalten|bitten um begleichung|um zahlung bis|zahlungsart|payable within|payable by|einzahlungsschein|zahlteil|sepa überweisung|fällig am|due date|wird eingezogen", Invoice, 1.1, "sagt, wie zu zahlen ist"),
    ("skonto|rein netto|netto kasse|eigentumsvorbehalt|bleibt bis zur vollständigen bezahlung|bis zur vollständigen zahlung", Invoice, 0.7, "nennt Bedingungen der Zahlung"),
    ("leistungszeitraum|lieferdatum|leistungsdatum|abrechnungszeitraum|liefer und leistungsdatum|rechnungsmonat|leistungsmonat|behandlungszeitraum|leistungszeit|delivery date|date of delivery|verbrauchszeitraum|billing period", Invoice, 0.7, "nennt den Zeitraum der Leistung"),
    ("kleinunternehmer*|19 ustg|13b ustg|steuerschuldnerschaft des leistungsempfängers|reverse charge|enthält der rechnungsbetrag keine umsatzsteuer|4 nr * ustg|umsatzsteuerfrei gemäß|umsatzsteuerbefreit|von der umsatzsteuer befreit", Invoice, 1.2, "nennt die Regel zur Umsatzsteuer"),
    ("rechnungsempfänger|bill to|rechnungsanschrift|invoice to|rechnungsaussteller|rechnungssteller|rechnungsersteller", Invoice, 0.8, "nennt den Empfänger der Rechnung"),
    ("tse signatur|tse transaktion|tse seriennr*|bon nr|bonnr|bon nummer|kassennr|kasse|beleg nr|belegnr|gegeben|rückgeld|girocard|kartenzahlung|summe eur|ec cash|ihren einkauf|kontaktlos|kundenbeleg|zu zahlen eur|es bediente sie|bedient von|händlerbeleg", Invoice, 1.6, "Angaben eines Kassenbons"),
    ("tse signatur|tse transaktion|tse seriennr*|rückgeld|vielen dank für ihren einkauf|gegeben girocard|es bediente sie|terminal id|signaturzähler|bon nr|bonnr", Invoice, 2.2, "Angaben einer Kasse"),
    ("abschlagsrechnung|teilrechnung|schlussrechnung|freistellungsbescheinigung|umsatzsteuer identifikationsnummer|prüfbare rechnung|sicherheitseinbehalt|kumulierte leistung|abzüglich abschlagszahlung*|bisherige zahlungen|abzüglich gezahlter abschläge|gezahlte abschläge", Invoice, 1.2, "Angaben einer Bau- oder Abschlagsrechnung"),
    ("gebührenordnung für ärzte|goä|gebührenordnung|vv rvg|vvrvg|10 rvg|hoai|steigerungssatz|gegenstandswert|geschäftsgebühr|verfahrensgebühr|auslagenpauschale|stbvv|jveg|gnotkg|gegenstandswert|entgelt für die behandlung|kostenrechnung gerichtskasse|19 gnotkg", Invoice, 1.8, "rechnet nach einer Gebührenordnung ab"),
    ("fragen zu ihrer rechnung|verbrauchsstelle|zählernummer|zählerstand|arbeitspreis|grundpreis|marktlokation|vertragskonto|grundgebühr|verbindungsentgelte|monatlicher abschlag|neuer abschlag", Invoice, 0.9, "Angaben einer Verbrauchsabrechnung"),
    ("keine rechnung|nicht als rechnung|no invoice|not an invoice|kein rechnungsbeleg|berechtigt nicht zum vorsteuerabzug|kein steuerbeleg", Invoice, -8.0, "keine Rechnung"),
    ("rechnung folgt|rechnung erhalten sie|wird gesondert berechnet|gesonderte rechnung|rechnung geht ihnen|rechnungsstellung erfolgt|berechnung erfolgt separat|die rechnung senden wir", Invoice, -3.0, "die Rechnung folgt"),
    ("ihre rechnung vom|ihrer rechnung vom|ihre rechnung nr|ihrer rechnung nr|ihre o g rechnung|ihre oben genannte rechnung|haben ihre rechnung|habe ihre rechnung|ihre rechnung erhalten|die von ihnen gestellte rechnung|ihrer rechnung widersprechen|mit ihrer rechnung|senden wir ihre rechnung|korrigierte rechnung|korrektur der rechnung|neue rechnung auszustellen|rechnung zurück", Invoice, -4.0, "spricht über eine Rechnung des Empfängers"),
    ("ihre rechnung vom|ihrer rechnung vom|haben ihre rechnung|habe ihre rechnung|ihre rechnung erhalten|senden wir ihre rechnung|korrigierte rechnung|rechnung zurück", Letter, 2.5, "spricht über eine Rechnung des Empfängers"),
    ("anbei erhalten sie unsere rechnung|anbei unsere rechnung|anbei die rechnung|beiliegende rechnung|beigefügte rechnung|anliegende rechnung|in der anlage erhalten sie unsere rechnung|beiliegend erhalten sie|rechnung als anlage|zu unserer entlastung zurück", Letter, 2.0, "ein Begleitschreiben"),
    // Gutschrift
    ("gutschriftsnummer|gutschriftnummer|gutschrift nr|gutschriftnr|gutschriftsnr|stornonummer|storno nr|credit note no|credit note number|gutschriftsdatum", CreditNote, 3.5, "nennt eine Gutschriftsnummer"),
    ("gutschriftsbetrag|gutschriftbetrag|gutschriftssumme|gutschriftswert|erstattungsbetrag|credit total|zu erstatten|auszahlungsbetrag|gutschriftsendbetrag", CreditNote, 2.0, "nennt, was erstattet wird"),
    ("schreiben wir ihnen gut|schreiben ihnen gut|schreiben wir ihnen wie folgt gut|schreiben ihnen wie folgt gut|wird ihrem konto gutgeschrieben|wird ihnen gutgeschrieben|schreiben wir gut|gutgeschrieben|wir vergüten ihnen|vergüten wir ihnen|we credit|erstatten wir ihnen|gutschrift zu rechnung|gutschrift zur rechnung|folgende gutschrift|folgenden betrag gut|mit offenen posten verrechnet", CreditNote, 2.5, "schreibt gut"),
    ("stornieren wir|stornieren hiermit|hiermit stornieren|wird storniert|wurde storniert|storno der rechnung|storno zu rechnung|storno zur rechnung|stornierung der rechnung|korrigieren wir die rechnung|korrektur zu rechnung|korrektur zur rechnung|berichtigen wir die rechnung|ersetzt die rechnung|zu rechnung|bezug rechnung|ursprungsrechnung|originalrechnung|stornierte rechnung|aufgehobene rechnung|zur rechnung nr", CreditNote, 1.6, "hebt eine Rechnung auf"),
    ("gutschrift im sinne des 14|abrechnung per gutschrift|gutschriftsverfahren|rechnen wir im gutschriftsverfahren|14 abs 2 satz 2 ustg|self billing|self billed invoice|gutschrift gemäß 14", CreditNote, 4.0, "Gutschrift im Sinne der Umsatzsteuer"),
    // Mahnung
    ("mahngebühr*|mahnkosten|mahnspesen|mahnpauschale|mahnauslagen|verzugspauschale|mahn und säumnisgebühr*|bearbeitungsgebühr für mahnung", Reminder, 3.5, "verlangt Kosten einer Mahnung"),
    ("verzugszinsen|säumniszuschlag|säumniszuschläge|verzugsschaden", Reminder, 1.2, "verlangt Zinsen"),
    ("mahnstufe|letzte mahnung|1 mahnung|2 mahnung|3 mahnung|erste mahnung|zweite mahnung|dritte mahnung|mahnlauf|mahnung nr|unsere mahnung vom|unserer mahnung", Reminder, 3.0, "nennt die Mahnstufe"),
    ("keinen zahlungseingang|kein zahlungseingang|zahlungseingang feststellen|noch nicht beglichen|nicht ausgeglichen|noch offen|noch nicht eingegangen|bisher nicht eingegangen|ihrer aufmerksamkeit entgangen|unbezahlt*|nicht bezahlt wurde*|zahlung nicht erhalten|zahlung vermissen|konnten wir leider noch keine|wurde nicht fristgerecht|in verzug|zahlungsverzug|in zahlungsrückstand|not yet received|remains unpaid|still outstanding|overdue|noch keine zahlung|trotz fälligkeit|trotz unserer|rückstand", Reminder, 2.2, "vermisst eine Zahlung"),
    ("zahlung überschnitten|überschnitten haben|zahlung bereits geleistet|bereits überwiesen haben|zahlung zwischenzeitlich|als gegenstandslos|betrachten sie dieses schreiben|gegenstandslos zu betrachten|bereits veranlasst haben|bereits angewiesen haben|zwischenzeitlich gezahlt|inzwischen gezahlt|inzwischen bezahlt", Reminder, 2.5, "nimmt sich zurück, wenn schon gezahlt ist"),
    ("offene posten|offener posten|offener betrag|offene rechnungen|offene forderung*|überfällig*|rückständig*|gesamtforderung|gesamtrückstand|restforderung|hauptforderung|tage überfällig|offene beträge|offenen betrag", Reminder, 1.8, "nennt offene Posten"),
    ("zahlungserinnerung|erinnern wir sie|möchten wir sie erinnern|dürfen wir sie erinnern|wir erinnern sie|erinnern an die zahlung|mahnen wir|mahnen hiermit|fordern wir sie auf|fordern wir sie letztmalig|letztmalig|zahlungsaufforderung|kindly remind|friendly reminder", Reminder, 2.0, "erinnert an eine Zahlung"),
    ("gerichtliches mahnverfahren|gerichtliche mahnverfahren|inkasso*|gerichtliche schritte|rechtliche schritte|rechtsanwalt übergeben|vollstreckung einleiten|zwangsvollstreckung|betreibung|weitere kosten zu vermeiden|lieferstopp|liefersperre|unterbrechung der versorgung|sperrung|schufa", Reminder, 1.5, "droht weitere Schritte an"),
    // Lieferschein
    ("lieferscheinnummer|lieferscheinnr|lieferschein nr|lieferschein no|delivery note no|packzettel nr|lieferscheindatum", DeliveryNote, 1.2, "nennt eine Lieferscheinnummer"),
    ("ware vollständig|vollständig und unbeschädigt|ware erhalten|ordnungsgemäß erhalten|in einwandfreiem zustand erhalten|ware übernommen|unterschrift des empfängers|unterschrift empfänger|empfangsbestätigung|empfangen am|empfangen durch|übernommen durch|goods received|received by|warenempfang|erhalten am|annahme durch|ware einwandfrei", DeliveryNote, 2.5, "lässt den Empfang bestätigen"),
    ("rechnung folgt|wird gesondert berechnet|gesonderte rechnung|rechnung erhalten sie separat|rechnungsstellung erfolgt", DeliveryNote, 1.5, "die Rechnung folgt"),
    ("geliefert|liefermenge|bestellt geliefert|gelieferte menge|rückstand menge|restmenge|nachlieferung|qty delivered|gel menge|packstücke|colli|kolli|anzahl pakete|palette*|bruttogewicht|gewicht brutto|nettogewicht|versandart|frachtführer|kfz kennzeichen|lkw kennzeichen|spedition|lademittel|tauschpaletten|erstgewicht|zweitgewicht|tara|fahrer|ladestelle|entladestelle|abladestelle|chargennr|chargen nr|sendungsnummer", DeliveryNote, 1.3, "beschreibt eine Lieferung"),
    ("lieferanschrift|lieferadresse|warenempfänger|deliver to|ship to|lieferort|empfänger der ware|versandanschrift", DeliveryNote, 0.6, "nennt eine Lieferanschrift"),
    // Auftragsbestätigung
    ("bestätigen wir ihren auftrag|wir bestätigen ihren auftrag|bestätigen ihren auftrag|wie folgt bestätigen|wir wie folgt bestätigen|bestätigen wir ihre bestellung|bestätigen ihre bestellung|bestätigen ihnen ihre bestellung|bestätigen wir gerne|bestätigen wir hiermit|bestätigen hiermit|bestätigen wir ihnen|bestätigen den eingang ihrer bestellung|bestätigen wir die annahme|wir nehmen ihren auftrag|nehmen ihren auftrag an|we confirm your order|hereby confirm your order|bestätigen den erhalt ihres auftrags|bestätigen wir ihre buchung|bestätigen ihre buchung|bestätigen ihre reservierung|auftrag haben wir wie folgt|haben ihre bestellung erhalten|ihre bestellung ist bei uns eingegangen", OrderConfirmation, 4.5, "bestätigt einen Auftrag"),
    ("auftragsbestätigung|bestellbestätigung", OrderConfirmation, 1.2, "nennt eine Auftragsbestätigung"),
    ("voraussichtlicher liefertermin|voraussichtliche lieferung|liefertermin|lieferung voraussichtlich|lieferwoche|liefer kw|geplanter liefertermin|lieferzeit|ausführungstermin|voraussichtlicher versand|geplante lieferung|expected delivery|versandtermin|montagetermin|lieferung erfolgt in", OrderConfirmation, 1.5, "nennt einen künftigen Liefertermin"),
    ("vielen dank für ihren auftrag|vielen dank für ihre bestellung|danken für ihren auftrag|danken ihnen für ihren auftrag|danken für ihre bestellung|danken ihnen für ihre bestellung|thank you for your order|dank für die erteilung", OrderConfirmation, 1.2, "dankt für den Auftrag"),
    ("auftragswert|auftragssumme|bestellwert|order total|auftragsvolumen|gesamtauftragswert", OrderConfirmation, 1.8, "nennt den Wert des Auftrags"),
    ("bitte prüfen sie die auftragsbestätigung|abweichungen bitte|wenn wir nichts gegenteiliges|etwaige unstimmigkeiten|gegenzeichnung|bitte prüfen sie die angaben und", OrderConfirmation, 1.2, "bittet, die Bestätigung zu prüfen"),
    // Angebot
    ("bieten wir ihnen|biete ich ihnen|bieten ihnen|unterbreiten wir ihnen|unterbreiten ihnen|unterbreite ich ihnen|anbieten zu können|wie folgt anzubieten|bieten wir an|bieten wir wie folgt an|bieten ihnen an|nachstehendes angebot|folgendes angebot|freibleibendes angebot|unser angebot|mein angebot|pleased to offer|pleased to quote|gerne bieten wir|angebot zu unterbreiten", Offer, 3.0, "bietet etwas an"),
    ("freibleibend|unverbindlich|bindefrist|gültig bis|angebot gültig|angebotsgültigkeit|an dieses angebot|an unser angebot halten|gültigkeit des angebots|angebot ist gültig|angebots gültig|valid until|zuschlagsfrist|preisbindung|wir halten uns an|zwischenverkauf vorbehalten|bindung an das angebot|gültigkeitsdauer", Offer, 2.5, "sagt, wie lange das Angebot gilt"),
    ("angebotsnummer|angebotsnr|angebots nr|angebot nr|angebotsdatum|quotation no|quote no|offerten nr|offert nr|angebotssumme|angebotspreis|angebotsendsumme|angebotsgesamtsumme|ihre anfrage vom|ihre anfrage|ihrer anfrage|voraussichtliche kosten|geschätzte kosten", Offer, 1.3, "nennt ein Angebot oder eine Anfrage"),
    ("auf ihren auftrag|über ihren auftrag|über ihre beauftragung|über eine beauftragung|auftragserteilung|bei auftragserteilung|ihrer auftragserteilung|auf ihre bestellung freuen|eventualposition|bedarfsposition|alternativposition|würden uns freuen ihren auftrag|auftrag erteilen|auftrag zu erhalten|looking forward to your order|auf eine zusammenarbeit", Offer, 1.8, "hofft auf einen Auftrag"),
    // Bescheid
    ("rechtsbehelfsbelehrung|rechtsmittelbelehrung|belehrung über den rechtsbehelf|rechtsbehelf*", Notice, 4.5, "belehrt über Rechtsbehelfe"),
    ("gegen diesen bescheid|gegen diese verfügung|gegen diesen beschluss|gegen diese entscheidung|dieser bescheid|diesen bescheid|dieses bescheides|dieses bescheids|dieser verfügung", Notice, 2.5, "nennt sich einen Bescheid"),
    ("widerspruch erhoben|widerspruch eingelegt|widerspruch erheben|einspruch eingelegt|einspruch einlegen|klage erhoben|klage erheben|sofortige beschwerde|nach bekanntgabe|nach zustellung|zur niederschrift|aufschiebende wirkung|sofortige vollziehung|anordnung der sofortigen", Notice, 2.0, "sagt, wie man sich wehrt"),
    ("wird festgesetzt|werden festgesetzt|festgesetzt auf|setzen wir fest|setze ich fest|festsetzung|wird hiermit festgesetzt|festgesetzter betrag|festgesetzte*|festgestellt auf|ergeht folgende*|folgender bescheid|wird ihnen aufgegeben|wird ihnen untersagt|wird ihnen die genehmigung|wird hiermit genehmigt|wird genehmigt|wird bewilligt|wird abgelehnt|wird angeordnet|bewilligen wir|bewillige ich|erteile ich ihnen|wird ihnen erteilt|erteilen wir ihnen die erlaubnis|genehmigt|zwangsgeld|hat das gericht beschlossen|tenor", Notice, 2.0, "setzt fest oder bewilligt"),
    ("kassenzeichen|steuerbescheid|veranlagung|hebesatz|bemessungsgrundlage|messbetrag|steuermessbetrag|hebeliste|bußgeldstelle|bußgeld|ordnungswidrigkeit|geldbuße|gebührensatzung|abgabensatzung|auf grund der satzung|aufgrund der satzung|abgabenordnung|vwvfg|verwaltungsverfahrensgesetz|kommunalabgabengesetz|kag|verwaltungsgebühr|nebenbestimmung*|auflagen|zuwendung*|gmbhg bescheid|leistungen nach dem|sgb", Notice, 1.0, "Worte einer Behörde"),
    ("auf ihren antrag|ihrem antrag|ihren antrag vom|ihr antrag vom|über ihren antrag|auf antrag des|auf antrag der|auf antrag vom", Notice, 1.2, "entscheidet über einen Antrag"),
    ("auf ihren antrag|ihrem antrag|ihren antrag vom|ihr antrag vom|über ihren antrag|ihres antrags", Application, -4.0, "spricht über einen Antrag des Empfängers"),
    ("maschinell erstellt und ist ohne unterschrift|bescheid wurde maschinell|im auftrag|i a|der bürgermeister|die bürgermeisterin|der oberbürgermeister|die oberbürgermeisterin|der landrat|die landrätin|der magistrat|finanzamt|landesamt|bundesamt|regierungspräsidium|bezirksregierung|auskunft erteilt|sachbearbeiter*|landratsamt|verwaltungsgericht|amtsgericht vollstreckungsgericht|im namen des", Notice, 0.5, "von einer Behörde"),
    // Antrag
    ("hiermit beantrage ich|hiermit beantragen wir|beantrage ich|beantragen wir|ich beantrage|wir beantragen|stelle ich den antrag|stelle ich einen antrag|stellen wir den antrag|stelle hiermit antrag|hiermit stelle ich antrag|hiermit stelle ich den antrag|bitte um genehmigung|ersuche um|beantrage hiermit|beantragen hiermit|bitte ich um erteilung|hiermit beantrag*", Application, 5.0, "beantragt etwas"),
    ("antragsteller*|angaben zum antragsteller|angaben zur person|antragstellerin|unterschrift des antragstellers|unterschrift antragsteller*|antragsgegenstand|beantragte leistung|erklärung des antragstellers|bauherr bauherrin|name des kindes|antragsdatum|beantragt wird|es wird beantragt|ich versichere dass|ich versichere die richtigkeit|zutreffendes bitte ankreuzen|zutreffendes ankreuzen|bitte in druckbuchstaben|vom amt auszufüllen|nicht vom antragsteller auszufüllen|beantragte zuwendung|beantragter zuschuss|geburtsdatum geburtsort", Application, 2.2, "Angaben eines Antrags"),
    ("geburtsdatum|familienstand|staatsangehörigkeit|geburtsort|ort datum unterschrift|datum unterschrift|erziehungsberechtigte*|bankverbindung des antragstellers", Application, 0.8, "Felder eines Formulars"),
    // Schreiben
    ("sehr geehrte*|liebe*|guten tag|hallo|dear*", Letter, 0.7, "Anrede"),
    ("mit freundlichen grüßen|freundliche grüße|mit freundlichem gruß|hochachtungsvoll|mit besten grüßen|beste grüße|viele grüße|herzliche grüße|kind regards|yours sincerely|freundlichen grüßen", Letter, 0.7, "Gruß"),
    ("bezug nehmend auf|bezugnehmend auf|wie telefonisch besprochen|für rückfragen|bitte teilen sie|teilen sie uns|teilen sie mir|wir bitten um rückmeldung|rückmeldung|stellungnahme|wir laden sie|lade ich sie|laden wir sie|ich möchte sie|wir möchten sie|hiermit teile ich|teilen wir ihnen mit|teile ich ihnen mit|übersenden wir ihnen|übersende ich ihnen|im anhang|wir informieren sie|möchten wir sie informieren|vielen dank für ihr schreiben|ihr schreiben vom|ich bitte sie|wir bitten sie|lege ich widerspruch|legen wir widerspruch|lege ich einspruch|legen wir einspruch|kündige ich|kündigen wir|ich kündige|bitte um prüfung|bitten um prüfung|um stellungnahme|um antwort|mein anliegen|mir ist aufgefallen|beschweren", Letter, 1.6, "schreibt in Sätzen an jemanden"),
    ("lege ich widerspruch|legen wir widerspruch|lege ich einspruch|legen wir einspruch|lege hiermit widerspruch|widerspruch einlegen gegen|gegen ihren bescheid|ihren bescheid vom|ihr bescheid vom|ihrem bescheid|ihres bescheides|namens und in vollmacht|vertretung unseres mandanten|zeigen wir an dass wir|kündige ich|kündigen wir", Letter, 4.5, "antwortet auf etwas"),
    ("lege ich widerspruch|legen wir widerspruch|lege ich einspruch|legen wir einspruch|lege hiermit widerspruch|gegen ihren bescheid|ihren bescheid vom|ihr bescheid vom|ihres bescheides|ihrem bescheid", Notice, -4.0, "antwortet auf einen Bescheid"),
    ("ihre mahnung|ihrer mahnung|ihre zahlungserinnerung|ihrer zahlungserinnerung", Reminder, -6.0, "antwortet auf eine Mahnung"),
    ("ihre mahnung|ihrer mahnung|ihre zahlungserinnerung|ihrer zahlungserinnerung", Letter, 4.0, "antwortet auf eine Mahnung"),
    ("ihr angebot vom|ihres angebotes|ihres angebots|ihrem angebot|für ihr angebot|ihr angebot nr", Offer, -4.0, "spricht über ein Angebot des Empfängers"),
    ("hiermit bestellen wir|wir bestellen|bestellen wir bei ihnen|hiermit beauftragen wir|beauftragen wir sie|erteilen wir ihnen den auftrag|erteilen ihnen den auftrag|bitte liefern sie", Other, 4.5, "bestellt etwas"),
];
