//! The labels that stand beside values on invoices.
//!
//! In: words. Out: what a label names. Absent on purpose: where the value stands. Labels are compared in a form
//! that a reader's usual mistakes do not change (`ı`, `l` and `1` are one letter, `rn` and `ın` are `m`).

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a label names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// BT-1
    Number,
    /// BT-1 by a word that also names other papers ("Beleg-Nr.").
    Paper,
    /// BT-2
    Issued,
    /// BT-2 by a word that also names other days ("Datum").
    Day,
    /// BT-9
    Due,
    /// BT-10 as the routing number of an authority.
    Routing,
    /// BT-10 by the buyer's own sign.
    Ours,
    /// BT-11
    Project,
    /// BT-12
    Contract,
    /// BT-13
    Order,
    /// BT-13 by a word that sellers use for their own number as well ("Auftrags-Nr.").
    Job,
    /// BT-25
    Preceding,
    /// BT-46
    Customer,
    /// BT-72
    Delivered,
    /// BT-73, BT-74
    Period,
    /// BT-27
    Seller,
    /// BT-85
    Holder,
    /// BT-44
    Buyer,
    /// Names something else, so its value is no other label's.
    Other,
}

/// The longest row of words that can be a label.
pub const LONGEST: usize = 6;

/// What these words, folded and joined, name; and whether they stood there without a mistake.
pub fn kind_of(joined: &str) -> Option<(Kind, bool)> {
    let joined = steady(joined);
    if let Some(kind) = BOOK.exact.get(joined.as_str()) {
        return Some((*kind, true));
    }
    if let Some(kind) = tail(&joined).and_then(|tail| BOOK.exact.get(tail)) {
        return Some((*kind, true));
    }
    // "Leitweg-D", "Leitweg-lD:" — nothing else is called so
    if joined.starts_with("ieitweg") && joined.len() <= 11 {
        return Some((Kind::Routing, false));
    }
    let length = joined.len();
    if length < SHORTEST_FUZZY || joined.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let near = |length: usize| {
        let same_length = BOOK.by_length.get(length)?;
        same_length.iter().find(|(label, _)| one_edit(label, &joined)).map(|(_, kind)| *kind)
    };
    near(length).or_else(|| near(length - 1)).or_else(|| near(length + 1)).map(|kind| (kind, false))
}

/// Whether a label could go on behind these words.
pub fn begins(joined: &str) -> bool {
    let joined = steady(joined);
    BOOK.beginnings.contains_key(joined.as_str())
        || tail(&joined).is_some_and(|tail| BOOK.beginnings.contains_key(tail))
}

/// Shorter words are too like each other to be compared with a mistake.
const SHORTEST_FUZZY: usize = 9;

struct Book {
    exact: HashMap<String, Kind>,
    by_length: Vec<Vec<(String, Kind)>>,
    beginnings: HashMap<String, ()>,
}

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let mut book = Book { exact: HashMap::new(), by_length: vec![Vec::new(); 48], beginnings: HashMap::new() };
    for (kind, labels) in LABELS {
        for label in labels.split_whitespace() {
            let joined = steady(&label.replace('_', ""));
            let mut beginning = String::new();
            for word in label.split('_') {
                beginning.push_str(word);
                book.beginnings.insert(steady(&beginning), ());
            }
            if let Some(same_length) = book.by_length.get_mut(joined.len()) {
                same_length.push((joined.clone(), *kind));
            }
            book.exact.insert(joined, *kind);
        }
    }
    book
});

/// The form in which the usual mistakes of a reader vanish.
pub fn steady(folded: &str) -> String {
    let mut steady = String::with_capacity(folded.len());
    let mut last = ' ';
    for read in folded.chars() {
        let c = match read {
            'ı' | 'l' | '1' | '|' | 'í' | 'ì' | 'î' => 'i',
            '0' => 'o',
            'é' | 'è' => 'e',
            c => c,
        };
        // an m that fell into its strokes
        if c == 'n' && (last == 'r' || last == 'ı') {
            steady.pop();
            steady.push('m');
        } else {
            steady.push(c);
        }
        last = read;
    }
    steady
}

/// "kostenrechnungsnr" is a "rechnungsnr", "rechnungskorrekturnr" a "korrekturnr".
fn tail(joined: &str) -> Option<&str> {
    const STEMS: [&str; 4] = ["rechnung", "gutschrift", "abrechnung", "faktura"];
    let stem = STEMS.iter().filter_map(|stem| joined.find(&steady(stem))).max()?;
    let no_invoice = ["be", "um", "an", "ver", "auf", "hoch", "vorausbe"].contains(&&joined[..stem]);
    if stem == 0 || no_invoice { None } else { joined.get(stem..) }
}

/// Equal but for one letter that is wrong, missing or too many.
pub fn one_edit(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let front = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    a.len() - back <= 1 && b.len() - back <= 1
}

/// Folded; `_` stands where a label may be written as two words.
#[rustfmt::skip]
const LABELS: &[(Kind, &str)] = &[
    (Kind::Number, "rechnungs_nummer rechnungs_nr rechnung_nr rechnung_no rechnungs_no rechnung_nummer
        rechnungs_id rechnungs_nr_no re_nr rg_nr rech_nr rechn_nr r_nr rechnungs_zeichen rechnungskenn_zeichen
        gutschrifts_nummer gutschrift_nr gutschrifts_nr gutschrift_nummer gs_nr gut_nr gu_nr korrektur_nr storno_nr
        stornobeleg_nr stornierungs_nr rechnungskorrektur_nr rechnungskorrektur_nummer
        faktura_nr faktura_nummer fakturen_nr fakt_nr liquidations_nr liquidation_nr honorarnoten_nr honorarnote_nr kostennote_nr kostennoten_nr
        abrechnungs_nr abrechnungs_nummer abrechnung_nr verbrauchsabrechnung_nr
        invoice_number invoice_no invoice_nr invoice_num invoice_id inv_no invoice_reference bill_number
        tax_invoice_no tax_invoice_number bill_no credit_note_no credit_note_number credit_memo_no rechnung_invoice_no rechnung_invoice_nr
        numero_de_facture facture_no bescheid_rechnungs_nr rechnungs_beleg_nr rechnungs_beleg_nummer"),
    (Kind::Paper, "beleg_nummer beleg_nr beleg_no belegs_nr beleg b_nr bon_nr bon_nummer bon quittungs_nr quittung_nr kassenbon_nr
        kassenbeleg_nr dokument_nr dokumenten_nr dokument_nummer dokumentnummer document_no document_number
        doc_no receipt_no receipt_number transaktions_nr buchungs_nr vorgangs_nr vorgangs_nummer ticket_nr kassenzettel_nr"),
    (Kind::Issued, "rechnungs_datum rechnung_datum beleg_datum ausstellungs_datum ausgestellt_am
        datum_der_rechnung rechnungs_tag gutschrifts_datum gutschrift_datum re_datum rg_datum rech_datum faktura_datum
        fakturierungs_datum invoice_date date_of_invoice issue_date date_of_issue issued issued_at issued_on bill_date
        rechnung_vom gutschrift_vom abrechnung_vom rechnungs_dat rechnungs_und_lieferdatum rechnungs_datum_leistungs_datum erstellungs_datum
        erstellt_am bescheid_datum credit_note_date rechnungs_datum_entspricht_lieferdatum rechnungs_datum_gleich_lieferdatum
        rechnungs_und_leistungsdatum rechnungs_lieferdatum rechnungs_datum_lieferdatum datum_der_ausstellung"),
    (Kind::Day, "datum dat date den unser_datum datum_date datum_uhrzeit datum_zeit druckdatum briefdatum dokument_datum document_date
        unsere_nachricht_vom verkaufsdatum kaufdatum bon_datum belegzeit ort_datum datum_der_quittung"),
    (Kind::Due, "fallig fallig_am falligkeit falligkeits_datum falligkeits_termin fallig_zum fallig_bis fallig_seit fallig_per zahlbar_bis
        zahlbar_bis_zum zu_zahlen_bis zahlungs_ziel zahlungs_termin zahlungsfrist zahl_termin zahltag zahlung_bis zahlung_fallig_am zahlung_bis_zum
        zahlungs_falligkeit bezahlen_bis bitte_zahlen_bis zahlungsziel_bis netto_fallig_am netto_fallig netto_falligkeit nettofalligkeit netto_bis
        fallig_netto ohne_abzug_bis valuta abbuchung_am abbuchungs_datum abbuchungs_termin abbuchungstag
        lastschrift_datum einzug_am einzugs_datum einzugstermin lastschrifteinzug_am belastungs_datum belastung_am
        spatestens_bis wird_abgebucht_am abgebucht_am wird_eingezogen_am
        due_date due due_by due_on payment_due payment_due_date payment_due_by date_due pay_by payable_by payable_until payment_date zu_uberweisen_bis uberweisen_bis"),
    (Kind::Routing, "leitweg_id leitweg leitwegs_id leitwegid_des_empfangers leitweg_nr leitweg_nummer leitweg_identifikation
        ihre_leitweg_id leitweg_id_routing leitweg_id_bt10 routing_id"),
    (Kind::Ours, "ihr_zeichen ihre_zeichen ihr_aktenzeichen ihr_az ihre_referenz ihre_ref ihre_refnr ihre_referenz_nr ihre_referenznummer ihr_zeichen_ihre_nachricht_vom
        kunden_referenz kundenreferenz_nr buyer_reference buyer_ref kaufer_referenz kauferreferenz referenz_des_kaufers
        your_reference your_ref customer_reference customer_ref client_reference kassenzeichen_kunde ihr_kassenzeichen ihr_kurzzeichen referenz_kunde referenz_des_auftraggebers"),
    (Kind::Project, "projekt_nr projekt_nummer projekt project project_no project_number projekt_id"),
    (Kind::Contract, "vertrags_nr vertrags_nummer vertrag_nr vertrag vertrags_konto vertragskonto_nr vertragskontonummer contract_no contract_number
        rahmenvertrag rahmenvertrag_nr rahmenvertrags_nr rahmenvertragsnummer abo_nr abonnement_nr policen_nr versicherungsschein_nr wartungsvertrag_nr mietvertrag_nr contract"),
    (Kind::Order, "bestell_nummer bestell_nr bestell_no best_nr best_nummer ihre_best_nr ihre_order ihre_order_nr ihre_bestellnr_vom bestellungs_nr bestellungs_nummer ihre_bestell_nummer ihre_bestell_nr ihre_bestellung
        ihre_bestellung_nr ihre_bestellung_vom bestellung_nr bestellung bestell_zeichen ihr_bestellzeichen ihre_bestellzeichen bestell_id bestellkennzeichen
        bestellreferenz bestell_referenz kunden_bestell_nr kundenbestellnummer kundenbestell_nr kunden_bestellung kundenbestellung
        gemass_ihrer_bestellung ihrer_bestellung gemass_bestellung gemass_bestellung_nr laut_bestellung lt_bestellung ihr_auftrag ihre_auftrags_nr ihre_auftragsnummer ihr_auftrag_nr
        ihr_bestellauftrag auftragsnummer_ag auftrags_nr_ag auftragsnr_ag auftrags_nr_des_auftraggebers auftragsnummer_auftraggeber auftrag_des_kunden kundenauftrag kundenauftrags_nr
        purchase_order purchase_order_no purchase_order_number po_number po_no po_nr po_nummer po order_no order_number your_order your_order_no your_order_number your_po
        customer_order customer_po ordernr sap_bestellnummer abruf_nr abrufnummer order_reference customer_order_no bestellscheinnummer bestellschein_nr ihre_bestellscheinnr ekm_nr"),
    (Kind::Job, "auftrag auftrags_nr auftrags_nummer auftrag_nr unser_auftrag unsere_auftragsnummer unsere_auftrags_nr order sales_order order_id auftragsbestatigung auftragsbestatigung_nr auftragsbestatigungs_nr
        ab_nr unsere_bestellnummer unsere_referenz"),
    (Kind::Preceding, "zu_rechnung zur_rechnung zu_rechnung_nr zur_rechnung_nr zu_rechnungs_nr zu_rechnungsnummer zur_rechnungsnummer zu_unserer_rechnung zu_unserer_rechnung_nr bezug_rechnung bezug_rechnung_nr
        bezug_zu_rechnung zur_rechnung_vom ursprungliche_rechnung ursprungliche_rechnungsnummer ursprungsrechnung ursprungsrechnung_nr originalrechnung originalrechnung_nr
        original_rechnungsnummer original_rechnung_nr bezugsrechnung bezugsrechnung_nr storno_zu_rechnung storno_zu_rechnung_nr stornierte_rechnung stornierte_rechnungs_nr storno_der_rechnung storno_der_rechnung_nr
        stornierung_der_rechnung stornierung_zu_rechnung stornierung_rechnung stornierung_der_rechnung_nr stornorechnung_zu_rechnung stornorechnung_zur_rechnung gutschrift_zu_rechnung gutschrift_zur_rechnung gutschrift_zu_rechnung_nr gutschrift_zur_rechnung_nr
        korrektur_zu_rechnung korrektur_zur_rechnung korrektur_der_rechnung korrigierte_rechnung betrifft_rechnung betrifft_rechnung_nr rechnungsbezug bezugsbeleg referenzrechnung
        preceding_invoice original_invoice original_invoice_no ref_invoice invoice_reference_no vorherige_rechnung vorrechnung auf_rechnung auf_rechnung_nr bezug_auf_rechnung ersetzt_rechnung"),
    (Kind::Customer, "kunden_nummer kunden_nr kunden_no kunde_nr kunden_id kd_nr kdnr kundennr kunden_konto kundenkonto_nr debitor debitoren_nr debitor_nr debitorennummer mitglieds_nr mitgliedsnummer
        customer customer_no customer_number customer_id client_no account_no account_number ihre_kundennummer ihre_kunden_nr ihre_kd_nr teilnehmer_nr teilnehmernummer geschaftspartner geschaftspartner_nr geschaftspartnernummer patienten_nr patientennr mandanten_nr gast_nr"),
    (Kind::Delivered, "liefer_datum lieferungs_datum leistungs_datum liefer_und_leistungsdatum liefer_leistungsdatum leistungs_lieferdatum leistungs_und_lieferdatum lieferdatum_leistungsdatum liefertag leistungstag lieferung_am lieferung_vom
        geliefert_am ausgefuhrt_am leistung_vom leistung_am tag_der_lieferung tag_der_leistung datum_der_lieferung datum_der_leistung leistungserbringung delivery_date date_of_delivery date_of_supply service_date supply_date
        auslieferung versand_datum versandt_am versendet_am warenausgang warenausgangsdatum liefertermin leistungs_termin behandlungsdatum einsatzdatum ausfuhrungs_datum ausfuhrungs_tag delivered_on shipped ship_date"),
    (Kind::Period, "leistungs_zeitraum liefer_zeitraum abrechnungs_zeitraum abrechnungs_periode leistungs_monat liefer_monat abrechnungs_monat rechnungs_zeitraum rechnungs_monat rechnungs_periode verbrauchs_zeitraum zeitraum
        nutzungs_zeitraum miet_zeitraum miet_zeit ausfuhrungs_zeitraum ausfuhrungszeit bau_zeitraum vertrags_zeitraum laufzeit vertragslaufzeit ableseperiode ablesezeitraum bezugs_zeitraum liefer_und_leistungszeitraum liefer_leistungszeitraum aufenthalt
        service_period billing_period period invoice_period period_of_service delivery_period leistung_von leistungszeit anreise abreise"),
    (Kind::Seller, "verkaufer rechnungs_steller rechnungs_aussteller rechnungs_ersteller rechnungssteller_in lieferant auftrag_nehmer auftragnehmerin leistungs_erbringer leistungserbringerin absender seller supplier vendor from bill_from rechnung_von
        name_des_rechnungsstellers creditor kreditor firma_des_auftragnehmers dienstleister rechnungslegende_firma"),
    (Kind::Holder, "konto_inhaber kontoinhaberin zahlungs_empfanger begunstigter begunstigte empfanger_der_zahlung account_holder beneficiary inhaber_des_kontos kto_inhaber konto_inh kontobezeichnung empfanger_kontoinhaber name_des_kontoinhabers account_name kontoname payee"),
    (Kind::Buyer, "empfanger empfangerin recipient rechnungs_empfanger rechnungsempfangerin rechnungs_anschrift rechnungs_adresse rechnung_an bill_to billed_to invoice_to invoiced_to sold_to kaufer kauferin kunde auftrag_geber auftraggeberin leistungs_empfanger kaufer_leistungsempfanger
        besteller buyer client customer_name rechnungsadresse_kunde abnehmer rechnungsanschrift_kunde bauherr empfanger_der_leistung adressat billing_address kundenanschrift anschrift_des_kunden an_kunde kunden_adresse charge_to name_des_kunden kundenname"),
    (Kind::Other, "telefon tel telefax fax mobil handy e_mail email mail internet web homepage hotline phone durchwahl servicenummer
        iban bic swift bank blz konto konto_nr kontonummer bankverbindung bankleitzahl kto kto_nr bank_name bankname
        ust_id ust_id_nr ust_idnr ustid ust_identnr ust_ident_nr umsatzsteuer_id umsatzsteuer_identifikationsnummer ust_identifikationsnummer ihre_ust_id ihre_ust_idnr ihre_ust_identnr vat_id vat_no vat_reg_no uid uid_nr uid_nummer tax_id tax_no
        steuer_nr steuer_nummer st_nr stnr finanzamt fa handelsregister amtsgericht registergericht registernummer hrb hra hrb_nr gerichtsstand geschaftsfuhrer geschaftsfuhrung geschaftsfuhrerin vorstand aufsichtsrat inhaber
        glaubiger_id glaubiger_identifikationsnummer glaubiger_identnr glaubiger_nr mandat mandats_referenz mandatsreferenz_nr mandatsnummer sepa_mandat gln gtin ean
        liefer_schein lieferschein_nr lieferschein_nummer lieferscheinnr lieferung_nr liefer_nr ls_nr lieferscheindatum delivery_note delivery_note_no angebot angebots_nr angebot_nr angebotsnummer angebot_vom angebotsdatum quote_no offer_no
        bestell_datum bestelldatum bestellung_vom auftrags_datum auftragsdatum order_date auftrag_vom date_of_order
        zahler_nr zahler_nummer zahlernummer zahlpunkt marktlokation marktlokations_id malo_id messlokation netzbetreiber zahlerstand verbrauchsstelle lieferstelle abnahmestelle kennzeichen fahrzeug fahrgestell_nr fin
        seite blatt page sachbearbeiter sachbearbeiterin bearbeiter bearbeiterin ansprechpartner ansprechpartnerin contact contact_person kontakt ihr_ansprechpartner verkauferin_kasse kasse filiale bediener bedienung kassierer tisch terminal terminal_id
        verwendungs_zweck zahlungs_referenz payment_reference referenz reference ref ref_nr referenz_nr referenznummer reference_no
        unser_zeichen unsere_zeichen unser_aktenzeichen aktenzeichen az akten_nr akten_nummer gesch_z geschaftszeichen geschaftszeichen_nr our_reference our_ref kassenzeichen buchungszeichen buchungskonto
        artikel_nr artikel_nummer art_nr artnr pos position bezeichnung beschreibung menge einheit einzelpreis gesamtpreis preis betrag summe mwst ust netto brutto description qty quantity price amount total unit
        gultig_bis angebot_gultig_bis widerruf eingang eingegangen eingangsdatum eingang_am posteingang geburtsdatum geb_am geboren_am druck_datum_zeit tse tse_signatur signatur_zahler transaktion seriennummer serien_nr start ende trace beleg_tse
        sendungs_nr sendungsnummer paket_nr frachtbrief_nr tracking_no tracking_number container_nr zoll_tarif_nr zolltarifnummer zahlungs_art zahlungs_weise zahlungs_bedingungen zahlungs_bedingung payment_terms payment_method zahlungsinformationen
        liefer_adresse liefer_anschrift lieferadresse ship_to delivery_address versandart lieferart lieferbedingungen incoterms warenempfanger objekt bauvorhaben baustelle bv betreff betrifft kostenstelle cost_center abteilung department steuerschlussel rapport_nr"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_known_with_their_damage() {
        for (word, expected) in [
            ("rechnungsnummer", Some((Kind::Number, true))),
            ("rechnungsnurnmer", Some((Kind::Number, true))),
            ("kostenrechnungnr", Some((Kind::Number, true))),
            ("rechnungsdatuın", Some((Kind::Issued, true))),
            ("rechnungsnunmer", Some((Kind::Number, false))),
            ("lnvoiceno", Some((Kind::Number, true))),
            ("fällig", None),
            ("fallıgam", Some((Kind::Due, true))),
            ("berechnungnr", None),
            ("datum", Some((Kind::Day, true))),
            ("datun", None),
            ("", None),
        ] {
            assert_eq!(kind_of(word), expected, "{word}");
        }
    }
}
