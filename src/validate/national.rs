//! XRechnung: what German administrations ask for beyond EN 16931.

use super::engine::{Context, Outcome, Rule, fatal, needs, warning};
use super::present::{Present, code, trim};
use crate::invoice::{Address, Contact, Invoice, Party, Payment, VatBreakdown, bg, bt};

#[rustfmt::skip]
pub const DOCUMENT: &[Rule<Invoice>] = &[
    needs("BR-DE-1", &[bg(16)], |invoice| !invoice.payment.is_empty()),
    needs("BR-DE-15", &[bt(10)], |invoice| invoice.buyer_reference.present()),
    fatal("BR-DE-16", &[bt(31), bt(32), bg(11)],
        "Wer Umsatzsteuer nach S, Z, E, AE, K, G, L oder M abrechnet, nennt Umsatzsteuer-ID (BT-31), Steuernummer (BT-32) oder Steuervertreter (BG-11).",
        "Who invoices under S, Z, E, AE, K, G, L or M gives a VAT identifier (BT-31), a tax number (BT-32) or a tax representative (BG-11).",
        |cx, invoice| (!is_taxed(cx) || can_be_taxed(invoice)).into()),
    warning("BR-DE-17", &[bt(3)],
        "Die Rechnungsart (BT-3) ist 326, 380, 381, 384, 389, 875, 876 oder 877.",
        "The invoice type code (BT-3) is 326, 380, 381, 384, 389, 875, 876 or 877.",
        |_, invoice| match code(&invoice.type_code) {
            "326" | "380" | "381" | "384" | "389" | "875" | "876" | "877" => Outcome::Holds,
            other => Outcome::found(other),
        }),
    fatal("BR-DE-18", &[bt(20)],
        "Skonto in den Zahlungsbedingungen (BT-20) steht je Zeile als #SKONTO#TAGE=14#PROZENT=2.00#, und nach der letzten folgt ein Zeilenumbruch.",
        "Cash discounts in the payment terms (BT-20) stand one per line as #SKONTO#TAGE=14#PROZENT=2.00#, and a line break follows the last.",
        |_, invoice| invoice.payment_terms.as_deref().is_none_or(discounts_are_readable).into()),
    warning("BR-DE-26", &[bg(3), bt(3)],
        "Eine berichtigte Rechnung (BT-3 = 384) nennt die Rechnung, die sie berichtigt (BG-3).",
        "A corrected invoice (BT-3 = 384) names the invoice it corrects (BG-3).",
        |cx, invoice| (code(&invoice.type_code) != "384" || names_another(cx, invoice)).into()),
];

#[rustfmt::skip]
pub const SELLER: &[Rule<Party>] = &[
    needs("BR-DE-2", &[bg(6)], |seller| seller.contact.is_some()),
];

#[rustfmt::skip]
pub const SELLER_CONTACT: &[Rule<Contact>] = &[
    needs("BR-DE-5", &[bt(41)], |contact| contact.name.present()),
    needs("BR-DE-6", &[bt(42)], |contact| contact.telephone.present()),
    needs("BR-DE-7", &[bt(43)], |contact| contact.email.present()),
    warning("BR-DE-27", &[bt(42)],
        "Die Telefonnummer des Verkäufers (BT-42) hat mindestens drei Ziffern.",
        "The telephone number of the seller (BT-42) has at least three digits.",
        |_, contact| (code(&contact.telephone).bytes().filter(u8::is_ascii_digit).count() >= 3).into()),
];

#[rustfmt::skip]
pub const SELLER_ADDRESS: &[Rule<Address>] = &[
    needs("BR-DE-3", &[bt(37)], |address| address.city.present()),
    needs("BR-DE-4", &[bt(38)], |address| address.post_code.present()),
];

#[rustfmt::skip]
pub const BUYER_ADDRESS: &[Rule<Address>] = &[
    needs("BR-DE-8", &[bt(52)], |address| address.city.present()),
    needs("BR-DE-9", &[bt(53)], |address| address.post_code.present()),
];

#[rustfmt::skip]
pub const DELIVERY_ADDRESS: &[Rule<Address>] = &[
    needs("BR-DE-10", &[bt(77)], |address| address.city.present()),
    needs("BR-DE-11", &[bt(78)], |address| address.post_code.present()),
];

#[rustfmt::skip]
pub const BREAKDOWN: &[Rule<VatBreakdown>] = &[
    needs("BR-DE-14", &[bt(119)], |vat| vat.rate.is_some()),
];

#[rustfmt::skip]
pub const PAYMENT: &[Rule<Payment>] = &[
    warning("BR-DE-19", &[bt(84), bt(81)],
        "Bei einer SEPA-Überweisung (BT-81 = 58) ist das Konto (BT-84) eine richtige IBAN.",
        "For a SEPA credit transfer (BT-81 = 58) the account (BT-84) is a right IBAN.",
        |_, payment| match (code(&payment.means), payment.transfers.first()) {
            ("58", Some(transfer)) => is_iban(&transfer.account),
            ("58", None) => Outcome::from(false),
            _ => Outcome::Holds,
        }),
    warning("BR-DE-20", &[bt(91), bt(81)],
        "Bei einer SEPA-Lastschrift (BT-81 = 59) ist das belastete Konto (BT-91) eine richtige IBAN.",
        "For a SEPA direct debit (BT-81 = 59) the debited account (BT-91) is a right IBAN.",
        |_, payment| match (code(&payment.means), &payment.debit) {
            ("59", Some(debit)) => is_iban(&debit.account),
            ("59", None) => Outcome::from(false),
            _ => Outcome::Holds,
        }),
    fatal("BR-DE-23-a", &[bg(17), bt(81)],
        "Bei einer Überweisung (BT-81 = 30 oder 58) ist ein Konto angegeben (BG-17).",
        "For a credit transfer (BT-81 = 30 or 58) an account is given (BG-17).",
        |_, payment| (!matches!(code(&payment.means), "30" | "58") || !payment.transfers.is_empty()).into()),
    fatal("BR-DE-24-a", &[bg(18), bt(81)],
        "Bei einer Kartenzahlung (BT-81 = 48, 54 oder 55) ist die Karte angegeben (BG-18).",
        "For a card payment (BT-81 = 48, 54 or 55) the card is given (BG-18).",
        |_, payment| (!matches!(code(&payment.means), "48" | "54" | "55") || payment.card.is_some()).into()),
    fatal("BR-DE-25-a", &[bg(19), bt(81)],
        "Bei einer Lastschrift (BT-81 = 59) sind Angaben zur Lastschrift vorhanden (BG-19).",
        "For a direct debit (BT-81 = 59) the direct debit is described (BG-19).",
        |_, payment| (code(&payment.means) != "59" || payment.debit.is_some()).into()),
];

/// The official CII test looks only at the lines; codes are compared as written.
fn is_taxed(cx: &Context) -> bool {
    let taxed =
        |code: &Option<String>| matches!(code.as_deref(), Some("S" | "Z" | "E" | "AE" | "K" | "G" | "L" | "M"));
    let invoice = cx.invoice;
    let parts = || invoice.allowances.iter().chain(&invoice.charges);
    invoice.lines.iter().any(|line| taxed(&line.vat_category))
        || !cx.is_cii() && parts().any(|part| taxed(&part.vat_category))
}

/// UBL asks for the reference within the group, CII for the group.
fn names_another(cx: &Context, invoice: &Invoice) -> bool {
    invoice.preceding.iter().any(|preceding| cx.is_cii() || preceding.number.is_some())
}

fn can_be_taxed(invoice: &Invoice) -> bool {
    let seller = &invoice.seller;
    seller.vat_id.present() || seller.tax_number.present() || invoice.tax_representative.is_some()
}

/// Every line that begins with `#` is a complete discount, and a line break follows the last `#…#`.
fn discounts_are_readable(terms: &str) -> bool {
    let mut discounts = terms.split('\n').filter(|line| trim(line).starts_with('#')).peekable();
    if discounts.peek().is_none() {
        return true;
    }
    discounts.all(|line| is_discount(trim(line))) && ends_with_line_break(terms)
}

/// `#SKONTO#TAGE=14#PROZENT=2.00#`, optionally with `BASISBETRAG=100.00#`.
fn is_discount(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("#SKONTO#TAGE=") else { return false };
    let segments: Vec<&str> = rest.split('#').collect();
    let percent = |text: &str| text.strip_prefix("PROZENT=").is_some_and(|number| is_money(number, false));
    let base = |text: &str| text.strip_prefix("BASISBETRAG=").is_some_and(|number| is_money(number, true));
    match segments[..] {
        [days, rate, ""] => is_number(days) && percent(rate),
        [days, rate, amount, ""] => is_number(days) && percent(rate) && base(amount),
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_money(text: &str, may_be_negative: bool) -> bool {
    let text = if may_be_negative { text.strip_prefix('-').unwrap_or(text) } else { text };
    text.split_once('.').is_some_and(|(whole, cents)| is_number(whole) && cents.len() == 2 && is_number(cents))
}

/// After the last `#…#` of the text come only blanks up to a line break.
fn ends_with_line_break(terms: &str) -> bool {
    let mut rest = terms;
    let mut after = terms;
    while !rest.is_empty() {
        let (line, next) = rest.split_once('\n').unwrap_or((rest, ""));
        if let (Some(first), Some(last)) = (line.find('#'), line.rfind('#'))
            && last > first + 1
        {
            let start = terms.len() - rest.len() + last + 1;
            after = &terms[start..];
        }
        rest = next;
    }
    after.chars().take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).any(|c| c == '\n')
}

/// The official check of an IBAN: two capital letters, two digits, up to 30 letters and digits; small letters
/// count as numbers of their own.
fn is_iban(account: &Option<String>) -> Outcome {
    let written = account.as_deref().unwrap_or_default();
    let packed: String = written.chars().filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r')).collect();
    let bytes = packed.as_bytes();
    let shaped = (4..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(u8::is_ascii_alphanumeric);
    if !shaped {
        return Outcome::found(written);
    }
    let mut remainder = 0;
    for byte in bytes[4..].iter().chain(&bytes[..4]) {
        let number = u32::from(*byte) - if *byte > 64 { 55 } else { 48 };
        remainder = (remainder * if number < 10 { 10 } else { 100 } + number) % 97;
    }
    if remainder == 1 { Outcome::Holds } else { Outcome::found(written) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discounts_are_read_line_by_line() {
        for terms in [
            "Zahlbar in 30 Tagen",
            "",
            "#SKONTO#TAGE=14#PROZENT=2.00#\n",
            "#SKONTO#TAGE=14#PROZENT=2.00#\r\n",
            "#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=-100.00#\n#SKONTO#TAGE=7#PROZENT=3.00#\nDanke",
            "Bitte zahlen\n  #SKONTO#TAGE=14#PROZENT=2.00#  \n",
        ] {
            assert!(discounts_are_readable(terms), "{terms:?}");
        }
        for terms in [
            "#SKONTO#TAGE=14#PROZENT=2.00#",
            "#SKONTO#TAGE=14#PROZENT=2.0#\n",
            "#SKONTO#TAGE=14#PROZENT=2,00#\n",
            "#SKONTO#TAGE=x#PROZENT=2.00#\n",
            "#skonto#TAGE=14#PROZENT=2.00#\n",
            "#SKONTO#TAGE=14#PROZENT=2.00#\n#Hallo",
            "#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=1.000#\n",
            "#SKONTO#TAGE=7#PROZENT=3.00##SKONTO#TAGE=14#PROZENT=2.00#\n",
        ] {
            assert!(!discounts_are_readable(terms), "{terms:?}");
        }
    }
}
