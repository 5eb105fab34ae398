//! What the words beside an amount say about it.
//!
//! In: the words in front of an amount, or the head of its column. Out: its [`Role`]. Absent on purpose: the
//! amounts themselves.

use super::sheet::Token;

/// What an amount is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Net,
    Vat,
    Gross,
    /// Net and gross are the same: no VAT is charged.
    NetAndGross,
    /// What VAT is charged on, at one rate.
    Base,
    Due,
    /// The receiver has something coming to him.
    Credit,
    Paid,
    /// Passed on without VAT.
    Exempt,
    /// Cash or card over the counter, and the change.
    Tender,
    Allowance,
    Charge,
    Rounding,
    /// Sum of a page, carried to the next.
    Carry,
    /// Something that is no sum of this invoice: with discount, next instalment, price.
    Aside,
}

/// A role and whether the words say it without doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    pub role: Role,
    pub strong: bool,
}

/// Words in front of an amount that are looked at.
const MOST_WORDS: usize = 14;

/// The role that words give to the amount behind them.
pub fn label(tokens: &[Token]) -> Option<Label> {
    let near = &tokens[tokens.len().saturating_sub(MOST_WORDS)..];
    let words: Vec<&str> =
        near.iter().map(|token| token.folded.as_str()).filter(|word| !word.is_empty()).collect();
    if !words.iter().any(|word| word.contains(char::is_alphabetic)) {
        return None;
    }
    let joined = words.concat();
    const COUNTER: &[&str] =
        &["bar", "ec", "visa", "karte", "cash", "change", "zuruck", "card", "amex", "bargeld"];
    if words.len() <= 3 && words.iter().any(|word| COUNTER.contains(word)) {
        return Some(Label { role: Role::Tender, strong: true });
    }
    let percent = near.iter().any(|token| token.text.contains('%'));
    let sum = sum_label(&words, percent);
    for (role, phrases) in PHRASES {
        if phrases.iter().any(|phrase| joined.contains(phrase)) {
            // "Abschlagszahlung netto" is a sum of an instalment invoice, "abzgl. Abschlagszahlung" was paid.
            let instalment = *role == Role::Paid
                && sum.is_some_and(|sum| sum.strong)
                && !words.iter().any(|word| TAKEN_OFF.contains(word));
            return if instalment { sum } else { Some(Label { role: *role, strong: true }) };
        }
    }
    sum.or_else(|| extra_label(&words)).or_else(|| sentence_label(&joined))
}

/// The first phrase that is found decides. Folded, without blanks.
#[rustfmt::skip]
const PHRASES: &[(Role, &[&str])] = &[
    (Role::Aside, &[
        "versicherungsteuer", "versicherungssteuer", "stromsteuer", "energiesteuer", "kfzsteuer", "grundsteuer", "citytax",
        "gewerbesteuer", "kurtaxe", "beherbergungssteuer", "einfuhrumsatzsteuer", "skonto", "neuerabschlag", "neuermonatlich", "kunftig", "monatlicherabschlag", "nachsterabschlag",
        "nachsteabschlag", "abschlagbetragt", "stundensatz", "einzelpreis", "gesparterbetrag", "siesparen",
        "earlypayment", "cashdiscount", "selbstbehalt", "vorjahr", "mahngebuhr", "stammkapital", "rohgewinn",
        "sieerhalten", "punktestand", "warenwertab", "freigrenze",
    ]),
    (Role::Carry, &[
        "ubertrag", "vortrag", "carriedforward", "broughtforward", "carryforward", "zwischensummeseite", "summeseite",
        "seitensumme", "seitenubertrag", "seitenwert",
    ]),
    (Role::Rounding, &["rundung", "rounding", "rundungsdifferenz"]),
    (Role::Credit, &[
        "guthaben", "zuihrengunsten", "erstattungsbetrag", "erstattungbetrag",
        "ruckerstattung", "auszahlungsbetrag", "wirerstatten",
    ]),
    (Role::Due, &[
        "zuzahlen", "zuuberweisen", "zahlbetrag", "zahlungsbetrag", "restbetrag", "restforderung", "restzahlung",
        "offenerbetrag", "offenebetrag", "offenersaldo", "nochoffen", "nochzubezahlen", "zubezahlen", "falligerbetrag",
        "falligerrechnungsbetrag", "falligebetrag", "amountdue", "balancedue", "totaldue", "duepayable", "amountpayable",
        "totalpayable", "payableamount", "nachzahlung", "uberweisungsbetrag", "abbuchungsbetrag", "lastschriftbetrag",
        "einzugsbetrag", "zahllast", "schlusszahlung", "verbleibenderbetrag", "verbleibendeforderung", "zuentrichten",
        "verbleibenzuzahlen", "forderungsbetrag", "zuleistendezahlung", "zahlungsbetrag", "outstandingbalance",
        "balanceoutstanding", "pleasepay", "zuzahlenderbetrag", "saldofallig",
    ]),
    (Role::Tender, &[
        "gegeben", "ruckgeld", "wechselgeld", "girocard", "eckarte", "eccash", "kartenzahlung", "kreditkarte",
        "mastercard", "maestro", "barzahlung", "amountreceived", "changedue", "zuruckbar", "bezahltmitkarte",
    ]),
    (Role::Exempt, &[
        "steuerfrei", "ustfrei", "mwstfrei", "durchlaufend", "nichtsteuerbar", "gerichtskosten", "auslagenohne",
        "nichtumsatzsteuerpflichtig", "vatexempt", "zerorated",
    ]),
    (Role::Allowance, &["summederabschlage", "gesamtbetragderabschlage", "summerabatte"]),
    (Role::Charge, &["summederzuschlage", "gesamtbetragderzuschlage"]),
    (Role::Paid, &[
        "anzahlung", "abschlag", "bereitsgezahlt", "bereitsbezahlt", "bereitsgeleistet", "bereitsberechnet",
        "bereitsabgerechnet", "bereitserhalten", "gezahlt", "bezahlt", "teilzahlung", "teilrechnung", "vorauszahlung",
        "vorauskasse", "akonto", "geleistetezahlung", "zahlungseingang", "zahlungvom", "erhaltenezahlung", "ihrezahlung",
        "alreadypaid", "amountpaid", "lesspaid", "deposit", "prepaid", "prepayment", "downpayment", "advancepayment",
        "paymentreceived", "paymentsreceived", "verrechnetmit",
    ]),
];

/// Words that say of an instalment that it was paid.
#[rustfmt::skip]
const TAKEN_OFF: &[&str] = &[
    "abz", "abzgl", "abzugl", "abzuglich", "vom", "bereits", "gezahlt", "geleistet", "geleistete", "geleisteter", "erhalten", "erhaltene",
    "minus", "less", "bezahlt", "verrechnet", "ihre", "gezahlte", "gezahlter", "paid",
];

/// What one word says about a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Net(bool),
    Vat,
    Gross(bool),
    /// What VAT is charged on.
    Basis,
    /// With VAT.
    With,
    /// VAT comes on top, or is left out.
    Without,
    /// The words behind name what VAT is charged on.
    Of,
}

/// Net, VAT and gross; which words stand before which decides.
fn sum_label(words: &[&str], percent: bool) -> Option<Label> {
    let mut said: Vec<Says> = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let before = place.checked_sub(1).map(|before| words[before]);
        said.extend(says(word, before));
    }
    let last = said.last().copied();
    let has = |what: fn(&Says) -> bool| said.iter().position(what);
    let net = has(|says| matches!(says, Says::Net(_)));
    let vat = has(|says| matches!(says, Says::Vat));
    let gross = has(|says| matches!(says, Says::Gross(_)));
    let with = has(|says| matches!(says, Says::With));
    let without = has(|says| matches!(says, Says::Without));
    let strong = said.iter().any(|says| matches!(says, Says::Net(true) | Says::Gross(true)));
    let label = |role, strong| Some(Label { role, strong });
    if said.contains(&Says::Basis) {
        return label(Role::Base, true);
    }
    match (net, vat, gross) {
        (Some(_), Some(vat), _) if last == Some(Says::Of) && vat == 0 => label(Role::Base, true),
        (_, Some(_), None) if last == Some(Says::Of) => label(Role::Base, true),
        // "netto = brutto"
        (Some(net), None, Some(gross)) if net < gross && said[gross] == Says::Gross(true) => {
            label(Role::NetAndGross, true)
        }
        // "MwSt 19 %   Netto"
        (Some(net), Some(vat), _) if vat < net && percent && without.is_none() && with.is_none() => {
            label(Role::Base, true)
        }
        (Some(net), Some(vat), _) => {
            label(if net < vat || without == Some(0) { Role::Net } else { Role::Vat }, true)
        }
        (Some(_), None, _) => label(Role::Net, strong),
        (None, Some(vat), Some(gross)) => match (with, without) {
            (Some(with), _) if with < vat => label(Role::Gross, true),
            (_, Some(without)) if without < vat && gross < without => label(Role::Net, true),
            (_, Some(without)) if without < vat => label(Role::Vat, true),
            // "Summe MwSt", "MwSt gesamt"
            _ => label(Role::Vat, true),
        },
        (None, Some(_), None) => label(Role::Vat, true),
        (None, None, Some(_)) => label(Role::Gross, strong),
        (None, None, None) => None,
    }
}
#[rustfmt::skip]
const NET: &[&str] = &[
    "nettobetrag", "nettosumme", "nettowert", "nettogesamt", "nettogesamtbetrag", "nettorechnungsbetrag",
    "gesamtnetto", "summenetto", "nettototal", "netamount", "nettowarenwert", "gesamtnettobetrag", "nettoendbetrag",
    "nettoentgelt",
];
#[rustfmt::skip]
const WEAK_NET: &[&str] =
    &["zwischensumme", "warenwert", "subtotal", "positionssumme", "zwischentotal", "warensumme"];
#[rustfmt::skip]
const VAT: &[&str] = &[
    "mwst", "ust", "vat", "umsatzsteuer", "mehrwertsteuer", "mwstbetrag", "ustbetrag", "steuerbetrag", "steuersumme",
    "mwstsumme", "gesamtsteuer",
];
#[rustfmt::skip]
const GROSS: &[&str] = &[
    "gesamtbetrag", "rechnungsbetrag", "endbetrag", "endsumme", "gesamtsumme", "rechnungssumme", "rechnungsendbetrag",
    "rechnungsendsumme", "gutschriftsbetrag", "gutschriftbetrag", "gesamtforderung", "rechnungstotal", "gesamttotal",
    "gesamtrechnungsbetrag", "grandtotal", "gesamtendbetrag", "rechnungswert", "auftragssumme", "schlussbetrag",
    "stornobetrag", "gesamtkosten", "gesamtpreis", "invoicetotal", "bruttosumme", "bruttobetrag",
    "bruttorechnungsbetrag", "endpreis", "vergutungsbetrag", "honorarsumme",
];
#[rustfmt::skip]
const WEAK_GROSS: &[&str] = &["summe", "gesamt", "total", "betrag", "summa", "insgesamt", "totalbetrag", "amount"];

fn says(word: &str, before: Option<&str>) -> Option<Says> {
    let terms = before.is_some_and(|before| {
        ["tage", "tagen", "rein", "zahlbar", "days", "wochen", "sofort"].contains(&before)
    });
    if ["netto", "net", "nett"].contains(&word) {
        return if terms { None } else { Some(Says::Net(true)) };
    }
    if close(word, NET) || word.starts_with("netto") && word.len() < 22 && !word.contains("preis") {
        return Some(Says::Net(true));
    }
    if close(word, WEAK_NET) {
        return Some(Says::Net(false));
    }
    let vat =
        ["mwst", "umsatzsteuer", "mehrwertsteuer", "ust1", "ust7"].iter().any(|start| word.starts_with(start));
    let number =
        word.contains("nummer") || word.ends_with("id") || word.ends_with("nr") || word.contains("ident");
    if !number && (vat || close(word, VAT) || word == "steuer" || word == "tax") {
        return Some(Says::Vat);
    }
    if [
        "inkl",
        "incl",
        "einschl",
        "including",
        "inklusive",
        "einschliesslich",
        "mit",
        "enthalten",
        "darin",
        "davon",
    ]
    .contains(&word)
    {
        return Some(Says::With);
    }
    #[rustfmt::skip]
    const ON_TOP: &[&str] = &[
    "zzgl", "zuzuglich", "plus", "excl", "exkl", "exklusive", "ohne", "vor", "excluding", "zuzgl", "exclusive",
];
    if ON_TOP.contains(&word) {
        return Some(Says::Without);
    }
    if ["auf", "von", "aus", "on", "of"].contains(&word) {
        return Some(Says::Of);
    }
    if ["steuerbasisbetrag", "bemessungsgrundlage", "basisbetrag", "steuerbasis", "steuergrundlage"]
        .contains(&word)
    {
        return Some(Says::Basis);
    }
    if close(word, GROSS) || word.starts_with("brutto") && !word.contains("preis") {
        return Some(Says::Gross(true));
    }
    if WEAK_GROSS.contains(&word) || word.starts_with("gesamtbetrag") || word.starts_with("rechnungsbetrag") {
        return Some(Says::Gross(!WEAK_GROSS.contains(&word)));
    }
    None
}

/// Discounts and charges below the table.
fn extra_label(words: &[&str]) -> Option<Label> {
    #[rustfmt::skip]
    const ALLOWANCE: &[&str] = &[
    "rabatt", "nachlass", "sondernachlass", "discount", "mengenrabatt", "treuerabatt", "minderung",
    "sicherheitseinbehalt", "einbehalt", "gutschein", "preisnachlass", "abzug", "aktionsrabatt",
];
    #[rustfmt::skip]
    const CHARGE: &[&str] = &[
    "versand", "versandkosten", "porto", "fracht", "frachtkosten", "verpackung", "lieferkosten", "shipping",
    "transportkosten", "mindermengenzuschlag", "zuschlag", "bearbeitungsgebuhr", "versandkostenanteil",
    "lieferpauschale", "versandpauschale", "handling", "versandundverpackung", "energiezuschlag", "dieselzuschlag",
    "maut",
];
    for word in words {
        if ALLOWANCE.contains(word) || word.ends_with("rabatt") || word.ends_with("nachlass") {
            return Some(Label { role: Role::Allowance, strong: true });
        }
        if CHARGE.contains(word) {
            return Some(Label { role: Role::Charge, strong: true });
        }
    }
    None
}

/// "…berechnen wir 7.209,14 €", "…buchen wir am 30.11. von Ihrem Konto ab".
fn sentence_label(joined: &str) -> Option<Label> {
    #[rustfmt::skip]
    const DUE: &[&str] = &[
    "uberweis", "buchenwir", "abgebucht", "eingezogen", "abbuchen", "einziehen", "begleichen", "payable",
    "pleaseremit", "pleasetransfer", "fallig",
];
    #[rustfmt::skip]
    const GROSS: &[&str] =
        &["berechnenwir", "stellenwir", "inrechnung", "wirberechnen", "summehohe", "inhohevon"];
    if DUE.iter().any(|phrase| joined.contains(phrase)) {
        return Some(Label { role: Role::Due, strong: false });
    }
    GROSS.iter().any(|phrase| joined.contains(phrase)).then_some(Label { role: Role::Gross, strong: false })
}

/// A word of the list, or one of its longer words with one letter misread.
fn close(word: &str, list: &[&str]) -> bool {
    list.iter().any(|known| *known == word || known.len() >= 8 && one_letter_off(word, known))
}

fn one_letter_off(word: &str, known: &str) -> bool {
    word.len() == known.len() && word.bytes().zip(known.bytes()).filter(|(a, b)| a != b).count() <= 1
}
