//! The header of an invoice: number, dates, references, names.
//!
//! In: [`Text`] and its rows. Out: [`Header`], and on demand every candidate of a term. Absent on purpose:
//! amounts, bank and tax numbers.

mod ballot;
mod buyer;
mod catalogue;
mod cells;
mod due;
mod headings;
mod heads;
mod issued;
mod names;
mod seller;
mod signs;
mod spans;
mod spelling;
mod view;

use super::{dates, sheet, written};

use crate::recognise::Text;
use issued::Dated;
use jiff::civil::Date;
use sheet::{Guess, Row};
use view::View;

/// What the head of an invoice says.
#[derive(Debug, Default)]
pub struct Header {
    pub number: Option<Guess<String>>,
    pub issue_date: Option<Guess<Date>>,
    pub due_date: Option<Guess<Date>>,
    pub buyer_reference: Option<Guess<String>>,
    pub project: Option<Guess<String>>,
    pub contract: Option<Guess<String>>,
    pub order: Option<Guess<String>>,
    pub payment_terms: Option<Guess<String>>,
    pub preceding: Option<Guess<String>>,
    pub seller: Option<Guess<String>>,
    pub buyer: Option<Guess<String>>,
    pub delivered: Option<Guess<Date>>,
    pub period: Option<Guess<(Date, Date)>>,
}

/// Reads the head. `credit`: the document is a credit note.
pub fn read(text: &Text, rows: &[Row], credit: bool) -> Header {
    let view = View::new(rows);
    let codes = codes(text);
    let (seller, buyer) = parties(&view, &codes);
    let mut number = ballot::elect(&heads::numbers(&view, &codes, credit)).filter(is_decided);
    let mut issue_date = ballot::elect(&issued::issue_dates(&view)).filter(is_decided);
    let issued = issue_date.as_ref().map(|guess| guess.value);
    let due = due::due_dates(&view, issued);
    let mut due_date = ballot::elect(&due);
    weigh_dates(&view, issue_date.as_mut(), due_date.as_mut());
    number = number.map(|number| heads::slashed(&view, number, issued));
    Header {
        number,
        issue_date,
        due_date,
        buyer_reference: ballot::elect(&heads::buyer_references(&view)),
        project: ballot::elect(&heads::projects(&view)),
        contract: ballot::elect(&heads::contracts(&view)),
        order: ballot::elect(&heads::orders(&view)),
        payment_terms: due::payment_terms(&view, issued),
        preceding: if credit { ballot::elect(&heads::preceding(&view)) } else { None },
        seller,
        buyer,
        delivered: ballot::elect(&issued::delivery_dates(&view)),
        period: ballot::elect(&issued::periods(&view)),
    }
}

/// Of several weak candidates none is better than the others.
fn is_decided<T>(guess: &Guess<T>) -> bool {
    guess.evidence.confidence >= 0.45 || !guess.evidence.marks.iter().any(|mark| mark == "several")
}

fn codes(text: &Text) -> Vec<&str> {
    text.pages.iter().flat_map(|page| &page.codes).map(|code| code.text.as_str()).take(20).collect()
}

/// A name with less to it is not given.
const LEAST: f32 = 0.25;

/// Seller and buyer exclude each other: who stands for the sender in two ways is not the receiver.
fn parties(view: &View, codes: &[&str]) -> (Option<Guess<String>>, Option<Guess<String>>) {
    let domains = spelling::domains(view);
    let sellers = seller::names(view, codes);
    let first = seller::elect(&sellers, None, &domains);
    let sure: Vec<String> = first
        .iter()
        .filter(|first| first.evidence.confidence >= 0.5)
        .map(|first| ballot::key(&first.value))
        .collect();
    let mut buyer = ballot::elect(&buyer::names(view, &sure));
    let seller = seller::elect(&sellers, buyer.as_ref().map(|buyer| buyer.value.as_str()), &domains);
    if let (Some(buyer), Some(seller)) = (&mut buyer, &seller)
        && ballot::key(&buyer.value) == ballot::key(&seller.value)
    {
        buyer.evidence.confidence *= 0.3;
    }
    let spelled = |guess: Guess<String>| {
        let value = spelling::spelled(view, &guess.value);
        let respelled = value != guess.value;
        let guess = Guess { value, ..guess };
        if respelled { guess.marked("repaired") } else { guess }
    };
    let likely = |guess: &Guess<String>| guess.evidence.confidence >= LEAST;
    (seller.filter(likely).map(spelled), buyer.filter(likely).map(spelled))
}

/// An invoice is written after what it delivers and before it is due.
fn weigh_dates(view: &View, issued: Option<&mut Guess<Date>>, due: Option<&mut Guess<Date>>) {
    let (Some(issued), Some(due)) = (issued, due) else { return };
    let days = issued.value.until(due.value).map_or(0, |span| span.get_days());
    if due.value < issued.value || days > 200 {
        due.evidence.marks.push("disorder".into());
        due.evidence.confidence *= 0.5;
        return;
    }
    let usual = [7, 8, 10, 14, 15, 20, 21, 28, 30, 31, 45, 60, 90].contains(&days);
    let later =
        issued::dates(view).iter().any(|dated: &Dated| dated.date > issued.value && dated.date < due.value);
    for evidence in [&mut issued.evidence, &mut due.evidence] {
        evidence.marks.push(if usual { "usual-term" } else { "in-order" }.into());
        if later {
            evidence.marks.push("dates-between".into());
        }
    }
}
