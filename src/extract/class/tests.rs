//! Short texts of many kinds of senders. `# ` begins a line in larger letters, `|` is a wide gap.

use super::{Class, of};
use crate::recognise::{Page, PageKind, Text, Word};
use Class::*;

fn page(number: u32, typed: &str) -> Page {
    let mut page = Page::empty(number, PageKind::Ocr, (595.0, 842.0));
    for (line, written) in (0_u32..).zip(typed.lines()) {
        let (height, written) = written.strip_prefix("# ").map_or((9.0, written), |written| (15.0, written));
        let mut x = 60.0;
        for word in written.split_whitespace() {
            let width = word.chars().count() as f32 * height * 0.6;
            if word != "|" {
                page.words.push(Word {
                    text: word.to_owned(),
                    x,
                    y: 50.0 + 16.0 * line as f32,
                    width,
                    height,
                    confidence: 0.9,
                    line,
                });
            }
            x += width + if word == "|" { 60.0 } else { 5.0 };
        }
    }
    page
}

fn text(pages: &[&str]) -> Text {
    Text { pages: (1..).zip(pages).map(|(number, typed)| page(number, typed)).collect() }
}

#[rustfmt::skip]
const SAMPLES: &[(Class, &str)] = &[
    // Rechnungen
    (Invoice, "Malermeister Kunz\nStadt Beispiel\n# Rechnung Nr. 2026-114\nSehr geehrte Damen und Herren,\nfür die Malerarbeiten berechnen wir Ihnen:\n1 Wandfläche 120 m² 8,50 1.020,00\nNettosumme 1.020,00\nzzgl. 19 % MwSt. 193,80\nGesamtbetrag 1.213,80 €\nZahlbar innerhalb 14 Tagen ohne Abzug.\nIBAN DE89 3704 0044 0532 0130 00"),
    (Invoice, "Dr. med. Anna Beispiel\nFachärztin für Innere Medizin\n# Liquidation\nfür ärztliche Bemühungen erlaube ich mir nach GOÄ zu berechnen\n12.03.2026 Ziffer 5 2,3 10,72\n12.03.2026 Ziffer 250 1,8 4,20\nRechnungsbetrag 14,92 EUR\nBitte überweisen Sie den Betrag bis 30.04.2026"),
    (Invoice, "Honorarnote\nHonorar-Nr. 17/2026\nArchitekturbüro Holz\nLeistungsphase 1-4 gemäß HOAI 12.400,00\nUSt 20 % 2.480,00\nGesamthonorar brutto 14.880,00\nZahlbar binnen 14 Tagen"),
    (Invoice, "BÄCKEREI MUSTER\nBon-Nr. 1234 | Kasse 3\nBrötchen 10 x 0,45 4,50 A\nKaffee 2,80 B\nSUMME EUR 7,30\nBAR 10,00\nRückgeld 2,70\nMwSt A 7% 4,21 0,29 4,50\nTSE-Signatur abcd\nVielen Dank für Ihren Einkauf!"),
    (Invoice, "Amtsgericht Beispielstadt\nGerichtskasse\n# Kostenrechnung\nKassenzeichen 123456789\nGebühr gemäß Nr. 14110 KV GNotKG | 243,00 EUR\nZu zahlen | 243,00 EUR\nBitte überweisen Sie den Betrag unter Angabe des Kassenzeichens"),
    (Invoice, "Schornsteinfegermeister Ruß\n# Gebührenrechnung\nKehrung und Überprüfung Feuerstätte 38,20\nzzgl. 19 % USt 7,26\nGesamtbetrag 45,46 EUR\nzahlbar sofort ohne Abzug"),
    (Invoice, "Bau AG\n# 3. Abschlagsrechnung\nBauvorhaben Grundschule Nord\nKumulierte Leistung netto 120.000,00\nabzüglich bisherige Zahlungen 80.000,00\nForderung netto 40.000,00\n19 % Umsatzsteuer 7.600,00\nAuszahlungsbetrag 47.600,00"),
    (Invoice, "Stadtwerke Musterhausen\nVertragskonto 4711 | Zählernummer 99\n# Ihre Jahresabrechnung Gas 2025\nAbrechnungszeitraum 01.01.2025 - 31.12.2025\nRechnungsnummer 88123\nVerbrauch 12.000 kWh\nNettobetrag 1.000,00\nUmsatzsteuer 19 % 190,00\nabzüglich gezahlte Abschläge 1.250,00\nIhr Guthaben 60,00 EUR wird Ihrem Konto überwiesen."),
    (Invoice, "Telefon AG\nIhre Rechnung für März 2026\nKundennummer 4711 Rechnungsnummer 55667\nGrundgebühr 33,57\nVerbindungen 2,10\nNetto 35,67 USt 19 % 6,78\nZu zahlender Betrag 42,45 €\nDen Betrag buchen wir am 12.04.2026 ab.\nFragen zu Ihrer Rechnung? Rufen Sie uns an."),
    (Invoice, "Hotel Zur Post\n# Rechnung / Invoice\nZimmer 114 Anreise 02.05. Abreise 04.05.\n2 Übernachtungen 89,00 178,00\n2 Frühstück 12,00 24,00\nCity Tax 4,00\nSumme 206,00 EUR inkl. 7 % MwSt 11,64\nBezahlt mit Kreditkarte"),
    (Invoice, "Cloud Ltd, Dublin\n# INVOICE\nInvoice number INV-77 Invoice date 2026-03-01\nBill to Stadt Beispiel\nSubscription 12 users 10.00 120.00\nVAT 0% reverse charge 0.00\nAmount due EUR 120.00\nPayment terms: 30 days"),
    (Invoice, "Fachverlag Recht\nRechnungsnr. 2026/88 Rechnungsdatum 02.02.2026\nZeitschrift Kommunalrecht Abonnement 2026 | 240,00\nzuzüglich Versand 12,00\n7 % MwSt 17,64\nEndbetrag 269,64\nBitte überweisen Sie bis 02.03.2026. IBAN DE89370400440532013000"),
    (Invoice, "Tankstelle Müller\n# Quittung\nDiesel 45,12 l 1,659 74,85 EUR\nMwSt 19 % 11,95\nKartenzahlung girocard 74,85\nBeleg-Nr. 778"),
    (Invoice, "Rechtsanwältin Klar\nKostennote\nin Sachen Stadt Beispiel ./. Nord GmbH\nGegenstandswert 20.000,00\n1,3 Verfahrensgebühr VV RVG 3100 1.068,60\nAuslagenpauschale 20,00\n19 % USt 206,83\nZu zahlen 1.295,43\nWir bitten um Überweisung bis 10.05.2026"),
    (Invoice, "Blumen Grün\nRechnung\nDiese Rechnung gilt zugleich als Lieferschein.\nKranz 1 85,00 85,00\nGesamt inkl. 7 % MwSt 5,56 | 85,00\nBetrag dankend erhalten"),
    (Invoice, "IT-Systemhaus\n# Sammelrechnung 2026-4\nLieferschein 100 vom 02.03.2026 240,00\nLieferschein 101 vom 09.03.2026 310,00\nSumme netto 550,00\nMwSt 19 % 104,50\nRechnungsbetrag 654,50\nZahlungsziel 30 Tage netto\nBei Zahlungsverzug berechnen wir Mahngebühren und Verzugszinsen."),
    (Invoice, "Versicherung Sicher AG\nVersicherungsschein-Nr. 55.123\n# Beitragsrechnung\nHaftpflichtversicherung 01.01.2026 - 31.12.2026\nBeitrag 1.200,00 EUR\nVersicherungsteuer 19 % 228,00 EUR\nZu zahlen bis 01.01.2026 1.428,00 EUR"),
    (Invoice, "Tischlerei Span\n# Schlussrechnung\nAuf Grundlage unseres Angebots Nr. 12 vom 03.01.2026 und Ihrer Auftragsbestätigung\nstellen wir Ihnen in Rechnung:\nTreppe Eiche 1 6.500,00\nNetto 6.500,00 MwSt. 19 % 1.235,00 Brutto 7.735,00\nabzüglich Abschlagszahlung 3.000,00\nNoch zu zahlen 4.735,00"),
    // Gutschriften
    (CreditNote, "Papier Groß\n# Gutschrift\nGutschrift-Nr. G-17 zu Rechnung 4711 vom 03.02.2026\nRetoure Kopierpapier 10 -4,50 -45,00\n19 % MwSt -8,55\nGutschriftsbetrag -53,55 EUR"),
    (CreditNote, "Möbelhaus Sitz\n# Stornorechnung Nr. 99\nHiermit stornieren wir die Rechnung Nr. 88 vom 01.02.2026.\nBürostuhl -2 -200,00 -400,00\nSumme -400,00 MwSt -76,00 Gesamt -476,00"),
    (CreditNote, "Energie Plus\nRechnungskorrektur\nKorrektur zur Rechnung 123 vom 02.01.2026\nBisher berechnet 1.000,00 neu 900,00\nDifferenz netto -100,00\nUSt 19 % -19,00\nErstattungsbetrag 119,00 EUR wird Ihrem Konto gutgeschrieben"),
    (CreditNote, "Solarpark Verwaltung\n# Gutschrift\nAbrechnung der Einspeisung im Gutschriftsverfahren\nWir vergüten Ihnen für den Zeitraum 01/2026\n1.200 kWh 0,08 96,00\nUSt 19 % 18,24\nAuszahlungsbetrag 114,24"),
    (CreditNote, "Office World\nCREDIT NOTE\nCredit note number CN-5 reference invoice INV-3\nReturned goods -3 -10.00 -30.00\nVAT 19% -5.70\nTotal credit -35.70 EUR"),
    (CreditNote, "Wasserverband\nGutschriftsanzeige\nSehr geehrte Damen und Herren,\nfür die zu viel berechneten Mengen schreiben wir Ihnen 210,00 EUR gut.\nDer Betrag wird mit offenen Posten verrechnet.\nGutschriftsnummer 2026-3"),
    // Mahnungen
    (Reminder, "Sanitär Rohr\n# 2. Mahnung\nSehr geehrte Damen und Herren,\nunsere Rechnung Nr. 17 vom 01.02.2026 über 500,00 EUR ist noch offen.\nMahngebühr 5,00\nOffener Betrag 505,00 EUR\nBitte überweisen Sie bis 30.04.2026. IBAN DE89370400440532013000"),
    (Reminder, "Druckhaus Satz\n# Zahlungserinnerung\nsicher ist es Ihrer Aufmerksamkeit entgangen, dass unsere Rechnung 4711 vom 02.02.2026\nüber 119,00 EUR noch nicht beglichen ist.\nSollte sich Ihre Zahlung mit diesem Schreiben überschnitten haben, betrachten Sie es als gegenstandslos."),
    (Reminder, "Inkasso Recht GmbH\n# Letzte Mahnung vor gerichtlichem Mahnverfahren\nForderung der Telefon AG\nHauptforderung 89,90 EUR\nVerzugszinsen 3,10\nInkassokosten 45,00\nGesamtforderung 138,00 EUR zahlbar bis 10.05.2026"),
    (Reminder, "Stadtwerke Nord\nIhr Zahlungsrückstand\nVertragskonto 4711\nSehr geehrte Damen und Herren,\nfolgende Beträge sind überfällig:\nAbschlag 03/2026 120,00\nMahnkosten 4,00\nGesamtrückstand 124,00\nBei Nichtzahlung droht die Sperrung."),
    (Reminder, "Stadtkasse Beispiel\nKassenzeichen 11.22.33\n# Mahnung\nnachstehende Beträge sind rückständig:\nGrundsteuer B 1. Quartal 120,50\nSäumniszuschlag 1,00\nMahngebühr 5,00\nGesamtforderung 126,50 EUR\nNach Ablauf der Frist wird die Zwangsvollstreckung eingeleitet."),
    (Reminder, "Web Hosting\nPayment reminder\nDear customer,\ninvoice INV-9 dated 2026-01-02 over 59.00 EUR remains unpaid.\nPlease pay the overdue amount within 7 days."),
    (Reminder, "Spedition Weit\nUnser Zeichen 12\nErinnerung\nSehr geehrte Frau Muster,\nbei Durchsicht unserer Konten konnten wir zur Rechnung 881 vom 04.01.2026 noch keinen Zahlungseingang feststellen.\nRechnungsbetrag 1.190,00 EUR\nBitte zahlen Sie bis 15.03.2026."),
    (Reminder, "Getränke Quelle\nKontoauszug offene Posten\nRechnungsnr. Datum Fällig Offener Betrag Mahnstufe\n4711 02.01.2026 16.01.2026 120,00 2\n4802 09.01.2026 23.01.2026 80,00 1\nGesamtforderung 200,00\nFalls Sie inzwischen gezahlt haben, betrachten Sie dieses Schreiben als gegenstandslos."),
    (Reminder, "Buchhandlung Blatt\nBetreff: Mahnung zu Rechnung 77 vom 10.12.2025\nGuten Tag, leider haben wir Ihre Zahlung nicht erhalten. Der Betrag von 45,00 EUR ist seit 30 Tagen überfällig."),
    // Lieferscheine
    (DeliveryNote, "Werkzeug Hammer\n# Lieferschein\nLieferschein-Nr. 8812 Datum 03.03.2026\nIhre Bestellung 4711\nPos Artikel Menge\n1 Bohrmaschine 2 Stk\n2 Schrauben 100 Stk\nWare vollständig und unbeschädigt erhalten\nUnterschrift des Empfängers"),
    (DeliveryNote, "Kieswerk Süd\nWIEGESCHEIN Nr. 5512\nKfz-Kennzeichen XX-AB 12\nErstgewicht 12,4 t\nZweitgewicht 28,9 t\nNetto 16,5 t Material Splitt 2/5\nFahrer Unterschrift"),
    (DeliveryNote, "Logistik Blitz\n# Frachtbrief\nAbsender Papier AG Empfänger Stadt Beispiel\nAnzahl Packstücke 12 Bruttogewicht 340 kg\nLademittel 2 Europaletten\nGut empfangen am"),
    (DeliveryNote, "Online Buch\nPackzettel\nBestellnummer 303-12\nLieferadresse Stadtbücherei\n3 x Kinderbuch\n1 x Atlas\nDiese Sendung enthält keine Rechnung. Rechnung folgt per E-Mail."),
    (DeliveryNote, "Global Parts\nDELIVERY NOTE\nShip to City Works\nQty ordered Qty delivered Description\n5 5 Filter\n2 2 Pump\nGoods received by"),
    (DeliveryNote, "Großküche Mahl\nLieferschein / Übergabeprotokoll\nGeliefert: 40 Portionen Nudeln, 20 Portionen Salat\nTemperatur 68 °C\nEmpfangen durch: Kita Sonnenschein\nDie Berechnung erfolgt separat am Monatsende."),
    // Auftragsbestätigungen
    (OrderConfirmation, "Fenster Klar\n# Auftragsbestätigung\nIhre Bestellung vom 02.03.2026\nwir bestätigen Ihren Auftrag wie folgt:\n12 Fenster 1,20 x 1,40 450,00 5.400,00\nNetto 5.400,00 MwSt 19 % 1.026,00 Gesamt 6.426,00\nLiefertermin KW 20"),
    (OrderConfirmation, "Schulmöbel AG\nBestätigung Ihrer Bestellung\nVielen Dank für Ihre Bestellung Nr. 4711.\n30 Stühle 49,00 1.470,00\nzzgl. 19 % USt 279,30\nBestellwert 1.749,30 EUR\nvoraussichtliche Lieferung Mitte Mai"),
    (OrderConfirmation, "Seminarhaus See\n# Buchungsbestätigung\nSehr geehrte Frau Muster,\ngerne bestätigen wir Ihnen Ihre Buchung für den 12.06.2026, 20 Personen.\nTagungspauschale 55,00 pro Person"),
    (OrderConfirmation, "Office Direct\nORDER CONFIRMATION\nThank you for your order 99\nWe confirm your order as follows\nToner 4 70.00 280.00\nVAT 53.20 Order total 333.20\nExpected delivery 12 May"),
    (OrderConfirmation, "Dachdecker First\nIhr Auftrag vom 01.04.2026 zu unserem Angebot 17\nSehr geehrte Damen und Herren,\nwir danken für Ihren Auftrag, den wir hiermit bestätigen.\nAuftragssumme netto 23.000,00 zzgl. 19 % MwSt\nAusführungstermin Juli 2026"),
    (OrderConfirmation, "Reifen Rund\nAuftragsbestätigung 2026-55\n4 Winterreifen 120,00 480,00\nMontage 60,00\nSumme 540,00 inkl. MwSt 86,22\nMontagetermin 14.10.2026\nDies ist keine Rechnung."),
    // Angebote
    (Offer, "Garten Baum\n# Angebot Nr. 2026-9\nSehr geehrte Damen und Herren,\nwir bieten Ihnen freibleibend an:\nHeckenschnitt 120 m 8,00 960,00\nNetto 960,00 MwSt 182,40 Gesamt 1.142,40\nAn dieses Angebot halten wir uns 30 Tage gebunden."),
    (Offer, "Elektro Strom\n# Kostenvoranschlag\nfür die Erneuerung der Beleuchtung\n20 LED-Leuchten 89,00 1.780,00\nvoraussichtliche Kosten netto 1.780,00 zzgl. MwSt\nWir würden uns freuen, Ihren Auftrag zu erhalten."),
    (Offer, "Software Haus\nQuotation\nQuote no. Q-17 valid until 30 June\nWe are pleased to offer\nLicence 10 200.00 2,000.00\nTotal excl. VAT 2,000.00"),
    (Offer, "Gebäudereinigung Glanz\nUnser Preisangebot für die Unterhaltsreinigung\nvielen Dank für Ihre Anfrage vom 02.03.2026. Gerne unterbreiten wir Ihnen folgendes Angebot:\nReinigung Rathaus monatlich 1.250,00 EUR zzgl. USt\nDas Angebot ist gültig bis 30.06.2026."),
    (Offer, "Ingenieurbüro Statik\nHonorarangebot\nTragwerksplanung Neubau Feuerwehrhaus\nGrundleistungen gemäß HOAI 45.000,00\nNebenkosten 5 % 2.250,00\nAngebotssumme netto 47.250,00\nBindefrist 31.08.2026"),
    (Offer, "Schweizer Büro\nOfferte 2026-3\nBüromöbel gemäss Ihrer Anfrage\nSchreibtisch 4 800.00 3'200.00\nTotal CHF 3'200.00 exkl. MWST\nGültig bis 31.05.2026"),
    // Bescheide
    (Notice, "Finanzamt Beispielstadt\nSteuernummer 12/345/67890\n# Bescheid für 2025 über Körperschaftsteuer\nFestsetzung\nDie Körperschaftsteuer wird festgesetzt auf 1.200,00\nRechtsbehelfsbelehrung\nGegen diesen Bescheid können Sie Einspruch einlegen."),
    (Notice, "Landkreis Nord\nUntere Bauaufsichtsbehörde\n# Baugenehmigung\nAuf Ihren Antrag vom 01.02.2026 wird Ihnen die Genehmigung erteilt.\nNebenbestimmungen: Auflagen 1 bis 7\nRechtsbehelfsbelehrung\nGegen diesen Bescheid kann Widerspruch erhoben werden."),
    (Notice, "Bezirksregierung West\n# Zuwendungsbescheid\nSehr geehrte Damen und Herren,\nauf Ihren Antrag bewillige ich Ihnen eine Zuwendung in Höhe von 50.000,00 EUR.\nNebenbestimmungen ANBest-G\nIm Auftrag"),
    (Notice, "Stadt Beispiel\nBußgeldstelle\n# Bußgeldbescheid\nwegen einer Ordnungswidrigkeit wird gegen Sie eine Geldbuße von 60,00 EUR festgesetzt.\nGebühr 25,00 Auslagen 3,50\nKassenzeichen 4711\nSie können binnen zwei Wochen nach Zustellung Einspruch einlegen."),
    (Notice, "Amtsgericht Mitte\nGeschäftsnummer 12 M 34/26\n# Pfändungs- und Überweisungsbeschluss\nIn der Zwangsvollstreckungssache hat das Gericht beschlossen:\nwegen der Forderung von 1.500,00 EUR wird gepfändet"),
    (Notice, "Der Bürgermeister\nSteueramt\nGrundbesitzabgabenbescheid 2026\nGrundsteuer B Messbetrag 80,00 Hebesatz 480 % 384,00\nAbfallgebühren 220,00\nfestgesetzter Betrag 604,00\nRechtsbehelfsbelehrung: Widerspruch innerhalb eines Monats nach Bekanntgabe"),
    (Notice, "Berufsgenossenschaft Holz\n# Beitragsbescheid für 2025\nUnternehmensnummer 77\nBeitrag 2.310,40 EUR fällig am 15.05.2026\nRechtsbehelfsbelehrung\nGegen diesen Bescheid kann Widerspruch eingelegt werden"),
    (Notice, "Stadt Beispiel\nOrdnungsamt\nOrdnungsverfügung\nhiermit wird Ihnen aufgegeben, den Überhang bis 01.06.2026 zu beseitigen.\nZwangsgeldandrohung 500,00 EUR\nDie sofortige Vollziehung wird angeordnet.\nRechtsbehelfsbelehrung"),
    (Notice, "Amtsgericht Hagen\nMahngericht\n# Mahnbescheid\nAntragsteller: Telefon AG\nHauptforderung 310,00 Zinsen 12,00 Verfahrenskosten 36,00\nDer Antragsgegner kann binnen zwei Wochen nach Zustellung Widerspruch erheben."),
    // Anträge
    (Application, "# Antrag auf Wohngeld\nAntragsteller/in: Name, Vorname, Geburtsdatum\nFamilienstand\nZutreffendes bitte ankreuzen\nIch versichere die Richtigkeit der Angaben.\nOrt, Datum, Unterschrift"),
    (Application, "Sportverein Blau-Weiß\nAn die Stadt Beispiel\nAntrag auf Zuschuss zur Jugendarbeit\nSehr geehrte Damen und Herren,\nhiermit beantragen wir einen Zuschuss in Höhe von 2.500,00 EUR für das Zeltlager.\nMit freundlichen Grüßen"),
    (Application, "Petra Beispiel\nBauamt\nBauantrag\nBauherr: Petra Beispiel\nGrundstück Gemarkung Nord Flurstück 12/3\nErrichtung eines Carports\nUnterschrift Antragsteller Entwurfsverfasser"),
    (Application, "Anmeldung zur Hundesteuer\nName des Halters\nGeburtsdatum\nRasse des Hundes\nIch versichere die Richtigkeit der Angaben\nDatum, Unterschrift"),
    (Application, "Stadt Beispiel Jugendamt\nAufnahmeantrag Kindertageseinrichtung\nName des Kindes Geburtsdatum Staatsangehörigkeit\nErziehungsberechtigte\nBitte in Druckbuchstaben ausfüllen"),
    (Application, "Klaus Muster\nSehr geehrte Frau Amtmann,\nhiermit beantrage ich die Erteilung einer Ausnahmegenehmigung zum Parken in der Altstadt.\nMein Kennzeichen lautet XX-YZ 1.\nMit freundlichen Grüßen\nKlaus Muster"),
    // Schreiben
    (Letter, "Rechtsanwälte Streit\nIn Sachen Stadt Beispiel ./. Meier\nSehr geehrte Damen und Herren,\nnamens und in Vollmacht unseres Mandanten zeigen wir an, dass wir ihn vertreten. Wir bitten um Akteneinsicht.\nMit freundlichen Grüßen"),
    (Letter, "Erika Muster\nWiderspruch gegen den Gebührenbescheid vom 02.03.2026\nSehr geehrte Damen und Herren,\ngegen Ihren Bescheid vom 02.03.2026 lege ich Widerspruch ein. Die festgesetzte Gebühr von 120,00 EUR ist zu hoch.\nMit freundlichen Grüßen"),
    (Letter, "Stadt Beispiel Kämmerei\nIhre Rechnung vom 03.02.2026, Nr. 4711\nSehr geehrte Damen und Herren,\nwir haben Ihre Rechnung erhalten. Der Betrag von 1.190,00 EUR enthält eine Position, die wir nicht bestellt haben. Bitte senden Sie uns eine korrigierte Rechnung.\nMit freundlichen Grüßen"),
    (Letter, "Förderverein Freibad e.V.\n# Einladung zur Mitgliederversammlung\nLiebe Mitglieder,\nwir laden Sie herzlich ein. Anträge sind spätestens zwei Wochen vorher einzureichen. Der Beitrag beträgt 12,00 EUR.\nViele Grüße"),
    (Letter, "Versicherung Treu\nSchaden-Nr. 17\nSehr geehrte Damen und Herren,\nfür die Bearbeitung benötigen wir noch die Reparaturrechnung und einen Kostenvoranschlag. Bitte teilen Sie uns auch Ihre Bankverbindung mit.\nMit freundlichen Grüßen"),
    (Letter, "Karl Weber\nBeschwerde über Lärm\nSehr geehrter Herr Bürgermeister,\nseit Wochen wird in der Bahnhofstraße nachts gearbeitet. Ich bitte Sie um Abhilfe und um Antwort.\nHochachtungsvoll"),
    (Letter, "Energie AG\nPreisanpassung zum 01.07.2026\nSehr geehrte Kundin, sehr geehrter Kunde,\nwir informieren Sie über die Änderung der Preise. Der Arbeitspreis steigt auf 32,50 ct/kWh. Sie können kündigen.\nFreundliche Grüße"),
    (Letter, "Stadt Beispiel\nIhre Mahnung vom 02.04.2026\nSehr geehrte Damen und Herren,\nIhre Mahnung ist uns unverständlich. Die Rechnung 4711 über 119,00 EUR wurde am 15.03.2026 bezahlt.\nMit freundlichen Grüßen"),
    (Letter, "Landkreis Nord\nAnhörung\nSehr geehrter Herr Muster,\nwir geben Ihnen Gelegenheit zur Stellungnahme bis 30.05.2026. Für Rückfragen stehen wir zur Verfügung.\nIm Auftrag"),
    (Letter, "Bau GmbH\nBehinderungsanzeige\nSehr geehrte Damen und Herren,\nhiermit zeigen wir an, dass wir in der Ausführung behindert sind, da die Pläne fehlen.\nMit freundlichen Grüßen"),
    (Letter, "Anna Beispiel\nKündigung des Zeitschriftenabonnements\nGuten Tag,\nhiermit kündige ich das Abonnement Kundennummer 4711 zum nächstmöglichen Termin. Bitte um Bestätigung der Kündigung.\nViele Grüße"),
    // Sonstiges
    (Other, "Export GmbH\n# Proformarechnung\nfor customs purposes only\nPumpe 1 1.200,00 1.200,00\nGesamtwert 1.200,00 EUR\nRechnungsnummer PF-17"),
    (Other, "Stadt Beispiel Beschaffung\n# Bestellung Nr. 4711\nSehr geehrte Damen und Herren,\nhiermit bestellen wir:\n10 Stühle 49,00 490,00\nBitte liefern Sie bis 01.06.2026 an das Rathaus.\nRechnung an Kämmerei"),
    (Other, "Sparkasse Nord\n# Kontoauszug 4/2026\nBuchung Valuta Betrag\n02.04. Gutschrift Meier 120,00\n03.04. Lastschrift Strom -80,00\nneuer Saldo 1.240,00"),
    (Other, "# Mietvertrag\nzwischen der Stadt Beispiel und Herrn Muster\n§ 1 Mietgegenstand\n§ 2 Miete 500,00 EUR monatlich\n§ 3 Kaution"),
    (Other, "Niederschrift\nüber die Sitzung des Bauausschusses am 12.03.2026\nTOP 1 Eröffnung\nTOP 2 Haushalt\nAnwesend: Frau A, Herr B"),
    (Other, "Meister & Söhne\nRegiebericht Nr. 5\nArbeiter Stunden\nGeselle 8,0 Meister 2,0\nMaterial: 12 m Rohr\nUnterschrift Bauleitung"),
    (Other, "Personalbüro\nEntgeltabrechnung März 2026\nBrutto 3.200,00\nLohnsteuer 410,00\nNetto 2.105,30\nAuszahlung IBAN DE89370400440532013000"),
];

/// Harder ones: written after the table was done, each kind of sender once.
#[rustfmt::skip]
const TRAPS: &[(Class, &str)] = &[
    (Invoice, "Abfallwirtschaftsbetrieb Kreis\nGebührenabrechnung\nEntsorgung Sperrmüll 3,2 t à 140,00 448,00\nMwSt. 19 % 85,12\nFälliger Betrag 533,12 EUR"),
    (Invoice, "Gärtnerei\nRe.-Nr. 4411 | Kd.-Nr. 12\nPflanzen 40 3,20 128,00\nArbeitslohn 6 Std 42,00 252,00\nSumme 380,00\n+ 19% MwSt 72,20\nEndsumme 452,20\nDanke für Ihren Auftrag!"),
    (Invoice, "Verein der Freunde e.V.\nBeitragsrechnung 2026\nLiebes Mitglied,\nfür das Jahr 2026 bitten wir um Überweisung des Jahresbeitrags von 60,00 EUR bis 31.03.2026\nIBAN DE89 3704 0044 0532 0130 00"),
    (Invoice, "Taxi Schnell\nTaxiquittung\nvon Bahnhof nach Rathaus\nFahrpreis 14,50 EUR inkl. 7 % MwSt\nDatum Unterschrift"),
    (Invoice, "Sachverständigenbüro\nRechnung über die Erstellung eines Gutachtens\nHonorar gemäß JVEG 12 Stunden 120,00 1.440,00\nSchreibkosten 30,00\nUSt 279,30\nGesamt 1.749,30"),
    (Invoice, "Rechnungskopie\nKopierer Service\nWartungsvertrag 4711\nMiete Multifunktionsgerät 03/2026 89,00\nMehrseiten 1.200 0,008 9,60\nNetto 98,60 USt 18,73 Brutto 117,33\nwird per Lastschrift eingezogen"),
    (Invoice, "Zweckverband Wasser\n# Teilrechnung Wasserlieferung\nLieferschein Nr. 12, 13, 14\nMenge 120 m³ 1,80 216,00\nUmsatzsteuer 7 % 15,12\nRechnungsendbetrag 231,12"),
    (Invoice, "Musikschule\nGebührenrechnung 1. Halbjahr\nKlavierunterricht 6 x 58,00 348,00\nUmsatzsteuerfrei gemäß § 4 Nr. 21 UStG\nzahlbar bis 15.02.2026"),
    (Invoice, "Notar Siegel\nKostenberechnung gemäß § 19 GNotKG\nGeschäftswert 100.000,00\nNr. 21100 Beurkundungsverfahren 546,00\nNr. 32001 Dokumentenpauschale 6,00\nUmsatzsteuer 19 % 104,88\nRechnungsbetrag 656,88\nRechtsbehelfsbelehrung: Gegen die Kostenberechnung kann die Entscheidung des Landgerichts beantragt werden."),
    (CreditNote, "Stadtwerke\nStornierung Ihrer Jahresrechnung 2025\nDie Rechnung 88123 vom 04.01.2026 wird storniert.\nNetto -1.000,00 USt -190,00 Brutto -1.190,00"),
    (CreditNote, "Landhandel\nGutschriftabrechnung Getreide\nAnlieferung Weizen 24,5 t 190,00 4.655,00\nUSt 7,8 % 363,09\nAuszahlungsbetrag 5.018,09 EUR\nGutschrift gemäß § 14 Abs. 2 UStG"),
    (CreditNote, "Bonus-Gutschrift 2025\nSehr geehrte Damen und Herren,\nauf Ihren Jahresumsatz gewähren wir einen Bonus von 2 %.\nGutschriftsbetrag netto 212,00 MwSt 40,28 brutto 252,28"),
    (Reminder, "Hausverwaltung\nSehr geehrte Mieterin,\nIhr Mietkonto weist einen Rückstand von 640,00 EUR auf. Wir fordern Sie auf, den Betrag bis 15.04.2026 zu zahlen. Andernfalls werden wir rechtliche Schritte einleiten.\nMit freundlichen Grüßen"),
    (Reminder, "Freundliche Zahlungserinnerung\nHallo Frau Muster, für Rechnung 2026-44 über 89,00 EUR konnten wir noch keinen Eingang feststellen. Vielleicht haben Sie es übersehen."),
    (Reminder, "Rechtsanwalt Forderung\nin Sachen Möbel AG ./. Stadt Beispiel\nSehr geehrte Damen und Herren,\nmein Mandant hat mich mit dem Einzug der Forderung aus der Rechnung 4711 beauftragt.\nHauptforderung 1.190,00 Zinsen 12,30 Anwaltskosten 180,00\nIch fordere Sie letztmalig auf, bis 20.05.2026 zu zahlen."),
    (DeliveryNote, "Apotheke am Markt\nLS-Nr 44\nLieferschein\nVerbandkasten 4\nPflaster 10\nRechnungsstellung erfolgt monatlich"),
    (DeliveryNote, "Beton Werk\nLieferschein Transportbeton\nSorte C25/30 Menge 7,5 m³\nAbfahrt 7:12 Ankunft 7:40 Entladung Ende 8:05\nLkw-Kennzeichen AB-C 12 Fahrer Müller\nUnterschrift Abnehmer"),
    (DeliveryNote, "Entsorgungsfachbetrieb\nÜbernahmeschein\nAbfallschlüssel 17 09 04\nMenge 4,2 t\nErzeuger Stadt Beispiel Beförderer Kurz GmbH\nUnterschrift Entsorger"),
    (OrderConfirmation, "Spielgeräte AG\nAB-Nr. 2026-77\nSehr geehrter Herr Muster,\nvielen Dank für Ihre Bestellung vom 03.03.2026, die wir wie folgt bestätigen:\nRutsche 1 2.300,00 2.300,00\nzzgl. MwSt 437,00\nLieferzeit ca. 6 Wochen\nZahlungsbedingungen: 14 Tage netto"),
    (OrderConfirmation, "Reisebüro\nReservierungsbestätigung\nBahnfahrt 2. Klasse 12.05.2026\n4 Personen 240,00 EUR\nIhre Reservierung ist verbindlich."),
    (Offer, "Bauunternehmen\nNachtragsangebot Nr. 2\nzusätzliche Bodenplatte 40 m² 95,00 3.800,00\nzzgl. 19 % MwSt 722,00\nangeboten 4.522,00"),
    (Offer, "Catering Lecker\nLiebe Frau Muster,\nvielen Dank für Ihre Anfrage. Für Ihren Empfang bieten wir Ihnen an:\nFingerfood 60 Personen 18,50 1.110,00\ninkl. MwSt. Über Ihren Auftrag würden wir uns freuen."),
    (Offer, "Autohaus\nUnverbindliches Angebot\nKommunalfahrzeug Listenpreis 42.000,00\nSonderrabatt -4.200,00\nUSt 7.182,00\nLieferzeit 5 Monate nach Auftragserteilung\nPreis gültig bis 30.06.2026"),
    (Notice, "Jobcenter Beispiel\nBewilligungsbescheid\nLeistungen nach dem SGB II\nIhnen werden für die Zeit vom 01.04.2026 bewilligt: 563,00 EUR monatlich\nIhre Rechte: Widerspruch innerhalb eines Monats"),
    (Notice, "Finanzamt\nFreistellungsbescheid\nDie Körperschaft ist nach § 5 Abs. 1 Nr. 9 KStG von der Körperschaftsteuer befreit.\nRechtsbehelfsbelehrung"),
    (Notice, "Umweltamt\nWasserrechtliche Erlaubnis\nIhr Antrag vom 02.02.2026\nIhnen wird die Erlaubnis erteilt, Niederschlagswasser einzuleiten.\nAuflagen\nKosten: Die Verwaltungsgebühr wird auf 250,00 EUR festgesetzt."),
    (Notice, "Verwaltungsgericht\nBeschluss\nIn der Verwaltungsstreitsache hat das Gericht beschlossen: Der Antrag wird abgelehnt. Streitwert 5.000,00 EUR.\nRechtsmittelbelehrung"),
    (Application, "Freiwillige Feuerwehr\nUrlaubsantrag\nName Muster\nvom 01.07.2026 bis 14.07.2026\nUnterschrift Antragsteller"),
    (Application, "Antrag auf Erteilung einer Gaststättenerlaubnis\n1. Angaben zur Person\nFamilienname Vorname Geburtsort\n2. Angaben zum Betrieb\nvom Amt auszufüllen"),
    (Application, "Bauernhof Wiese\nSehr geehrte Damen und Herren,\nich beantrage die Verlängerung der Genehmigung für den Hofladen. Den Bescheid vom 01.03.2023 füge ich bei.\nMit freundlichen Grüßen"),
    (Letter, "Steuerberater Zahl\nJahresabschluss 2025\nSehr geehrte Damen und Herren,\nanbei übersenden wir Ihnen die Unterlagen. Unsere Rechnung fügen wir bei. Bitte senden Sie uns den unterschriebenen Bericht zurück.\nMit freundlichen Grüßen"),
    (Letter, "Deutsche Post\nSehr geehrte Kundin,\nin der Anlage erhalten Sie unsere Rechnung für März. Für Rückfragen stehen wir gerne zur Verfügung.\nMit freundlichen Grüßen"),
    (Letter, "Bürgerinitiative\nStellungnahme zum Bebauungsplan Nr. 12\nSehr geehrte Damen und Herren,\nwir lehnen die Planung ab. Die Berechnung des Lärms ist falsch.\nHochachtungsvoll"),
    (Letter, "Firma Dach\nMängelrüge\nSehr geehrte Damen und Herren,\ndie gelieferte Ware laut Lieferschein 4711 vom 02.03.2026 ist beschädigt. Bitte teilen Sie uns mit, wann Sie Ersatz liefern.\nMit freundlichen Grüßen"),
    (Letter, "Stadt Beispiel\nAbsage Ihres Angebots vom 02.03.2026\nSehr geehrte Damen und Herren,\nfür Ihr Angebot danken wir. Den Zuschlag hat ein anderer Bieter erhalten.\nMit freundlichen Grüßen"),
    (Letter, "Lieferant AG\nÄnderung unserer Bankverbindung\nSehr geehrte Damen und Herren,\nbitte überweisen Sie künftig nur noch auf das Konto IBAN DE89 3704 0044 0532 0130 00.\nFreundliche Grüße"),
    (Letter, "Hans Muster\nIhr Bußgeldbescheid vom 03.03.2026\nSehr geehrte Damen und Herren,\ngegen Ihren Bescheid lege ich Einspruch ein, da ich nicht gefahren bin.\nHans Muster"),
    (Letter, "Rechtsanwälte Marke\nAbmahnung\nSehr geehrte Damen und Herren,\nwir zeigen an, dass wir die Bild AG vertreten. Sie verwenden ein Lichtbild ohne Erlaubnis. Wir fordern Sie auf, die beigefügte Unterlassungserklärung abzugeben.\nMit freundlichen Grüßen"),
    (Other, "Stundenzettel März 2026\nMitarbeiter Muster\n01.03. 8,00\n02.03. 7,50\nSumme 15,50"),
    (Other, "Prüfprotokoll elektrische Anlage\nMesswerte Schleifenwiderstand 0,42\nPrüfer Datum Unterschrift"),
    (Other, "Zuwendungsbestätigung\nBestätigung über Geldzuwendungen im Sinne des § 10b EStG\nBetrag der Zuwendung 200,00 EUR"),
    (Other, "Sicherheitsdatenblatt gemäß Verordnung (EG) Nr. 1907/2006\nHandelsname Reiniger\nAbschnitt 1 Bezeichnung des Stoffs"),
];

#[test]
fn traps_are_told() {
    told(TRAPS);
}

#[test]
fn every_sample_is_told() {
    told(SAMPLES);
}

fn told(samples: &[(Class, &str)]) {
    let mut wrong = Vec::new();
    for (expected, typed) in samples {
        let found = of(&text(&[typed]));
        if found.class != *expected {
            wrong.push(format!(
                "{expected:?} read as {found:?}: {}",
                typed.lines().take(3).collect::<Vec<_>>().join(" / ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), samples.len(), wrong.join("\n"));
}

/// The next of a row of numbers that looks like chance and is not.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// The text as a poor scan gives it: one word in `every` has a letter wrong.
fn damaged(typed: &str, every: u64, seed: u64) -> String {
    let mut state = seed;
    let lines = typed.lines().map(|line| {
        let words = line.split(' ').map(|word| {
            let length = word.chars().count();
            if length < 3 || !next(&mut state).is_multiple_of(every) {
                return word.to_owned();
            }
            let at = next(&mut state) as usize % length;
            let wrong = ['i', 'l', 'c', 'e', 'n', 'u', '1', 'f'][next(&mut state) as usize % 8];
            word.chars().enumerate().map(|(index, c)| if index == at { wrong } else { c }).collect()
        });
        words.collect::<Vec<String>>().join(" ")
    });
    lines.collect::<Vec<String>>().join("\n")
}

#[test]
fn damage_changes_little_and_lowers_confidence_before_it_misleads() {
    let (mut right, mut sure, mut surely_wrong, mut all) = (0, 0, Vec::new(), 0);
    for seed in 0..5 {
        for (expected, typed) in SAMPLES.iter().chain(TRAPS) {
            let found = of(&text(&[&damaged(typed, 5, seed)]));
            all += 1;
            right += u32::from(found.class == *expected);
            sure += u32::from(found.confidence >= 0.99);
            if found.class != *expected && found.confidence >= 0.99 {
                surely_wrong.push(format!("{expected:?} read as {found:?}"));
            }
        }
    }
    assert!(right * 100 >= all * 95, "{right} of {all}, {sure} sure");
    assert!(surely_wrong.is_empty(), "{}", surely_wrong.join("\n"));
}

#[test]
fn capitals_and_spaced_letters_are_read() {
    let rows = [
        ("M A H N U N G\nRechnung 17 vom 01.02.2026 119,00 EUR ist noch offen", Reminder),
        ("L I E F E R S C H E I N\n12 Schrauben\nWare erhalten", DeliveryNote),
        ("R E C H N U N G\nBetrag 12,00 EUR", Invoice),
        ("G U T S C H R I F T\nBetrag 12,00 EUR", CreditNote),
        ("AUFTRAGSBESTÄTIGUNG\n4 Reifen 480,00", OrderConfirmation),
        ("Auftrags-\nbestätigung\n4 Reifen 480,00", OrderConfirmation),
        ("Zahlungs-\nerinnerung\nRechnung 17 ist noch offen 119,00", Reminder),
        ("# Kostenvoransch1ag\nDachrinne 120,00", Offer),
        ("# Zahlungserinnerunq\nRechnung 17 119,00", Reminder),
    ];
    for (typed, expected) in rows {
        assert_eq!(of(&text(&[typed])).class, expected, "{typed:?}");
    }
}

#[test]
fn the_first_page_decides() {
    let sample = |class: Class| SAMPLES.iter().find(|(found, _)| *found == class).unwrap().1;
    let terms = "Allgemeine Geschäftsbedingungen\nUnsere Angebote sind freibleibend. Ein Vertrag kommt durch unsere Auftragsbestätigung zustande.\nGerät der Käufer in Verzug, so sind Verzugszinsen und Mahngebühren zu zahlen. Liefertermine sind unverbindlich.\nEigentumsvorbehalt";
    let middle = "Übertrag 1.200,00\n7 Schrauben 12,00\n8 Muttern 3,00\nZwischensumme 1.215,00";
    let rows: &[(&[&str], Class)] = &[
        (&[sample(Invoice), terms], Invoice),
        (&[sample(Invoice), sample(DeliveryNote)], Invoice),
        (&[sample(Reminder), sample(Invoice)], Reminder),
        (&[sample(Offer), terms], Offer),
        (&[sample(Notice), "Zahlschein\nIBAN DE89 3704 0044 0532 0130 00 Betrag 384,00"], Notice),
        // turned over in the scanner
        (&[middle, sample(Invoice)], Invoice),
        (&[terms, sample(OrderConfirmation)], OrderConfirmation),
        (&["", sample(Reminder)], Reminder),
    ];
    for (pages, expected) in rows {
        let found = of(&text(pages));
        assert_eq!(found.class, *expected, "{found:?} {:?}", pages[0].lines().next());
    }
}

#[test]
fn nothing_is_said_surely_of_nearly_nothing() {
    for typed in ["", "x", "1 2 3", "Seite 2 von 2", "Lorem ipsum dolor sit amet consetetur", "Rechnung"] {
        let found = of(&text(&[typed]));
        assert!(found.confidence <= 0.9, "{typed:?} {found:?}");
    }
    assert_eq!(of(&Text::default()).class, Other);
    let hostile = "Rechnung ".repeat(20_000);
    assert!(of(&text(&[&hostile])).confidence <= 1.0);
    let mut broken = text(&["Rechnung 12,00 EUR MwSt\nBetrag"]);
    for word in &mut broken.pages[0].words {
        (word.x, word.y, word.width, word.height) = (f32::NAN, f32::INFINITY, -1.0, f32::NAN);
    }
    assert_eq!(of(&broken).class, Invoice);
}

#[test]
fn the_deciding_words_are_told() {
    let found = of(&text(&[SAMPLES.iter().find(|(class, _)| *class == Reminder).unwrap().1]));
    assert!(found.because[0].contains("Mahnung"), "{found:?}");
    assert!(found.because.iter().any(|reason| reason.contains("Mahngebühr")), "{found:?}");
}

#[test]
fn what_reads_like_an_invoice() {
    let rows = [
        ("Firma\nRechnung\nBetrag 12,00", true, "380"),
        ("R E C H N U N G\n12,00", true, "380"),
        ("Schlussrechnung Nr. 17\n12,00", true, "380"),
        ("INVOICE 17", true, "380"),
        ("Gutschrift Nr. 17\n12,00", true, "381"),
        ("Stornorechnung 17", true, "381"),
        ("Rechnungsnummer: 17\nBetrag 12,00 EUR", true, "380"),
        ("Rechnungs-Nr. 17\nBetrag 12,00 EUR", true, "380"),
        ("Lieferschein 4711 vom 03.11.2026\nRechnung Nr. 17\n12,00", true, "380"),
        ("Bestellung: 4711\nRechnung Nr. 17\n12,00", true, "380"),
        ("Rechnungsnummer: 17\nohne Betrag", false, "380"),
        ("1. Mahnung\nRechnung Nr. 17 12,00", false, "380"),
        ("Zahlungserinnerung zu Rechnung Nr. 17\nRechnung 17", false, "380"),
        ("Lieferschein\nRechnungsnummer 17 12,00", false, "380"),
        ("Angebot\n12,00", false, "380"),
        ("Auftragsbestätigung\nRechnungsnummer 1 12,00", false, "380"),
        ("Gebührenbescheid\n12,00", false, "380"),
        ("Berechnung der Miete 12,00", false, "380"),
        ("die Rechnung stimmt nicht 12,00", false, "380"),
        (
            "Ihre Rechnung vom letzten Monat habe ich bereits beglichen und bitte um Antwort an mich",
            false,
            "380",
        ),
        ("", false, "380"),
    ];
    for (typed, expected, code) in rows {
        let class = of(&text(&[typed])).class;
        assert_eq!((class.is_invoice(), super::type_code(class)), (expected, code), "{typed:?} {class:?}");
    }
}
