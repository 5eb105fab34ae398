//! EN 16931: the lines.

use super::codes::{UNITS, listed};
use super::engine::{Rule, cents, fatal, needs};
use super::present::Present;
use crate::invoice::{Amount, Line, bt};

#[rustfmt::skip]
pub const LINE: &[Rule<Line>] = &[
    needs("BR-21", &[bt(126)], |line| line.id.present()),
    needs("BR-22", &[bt(129)], |line| line.quantity.is_some()),
    needs("BR-23", &[bt(130)], |line| line.unit.is_some()),
    needs("BR-24", &[bt(131)], |line| line.net.is_some()),
    needs("BR-25", &[bt(153)], |line| line.item.name.present()),
    needs("BR-26", &[bt(146)], |line| line.price.is_some()),
    // The official comparison is false, too, where there is no price.
    fatal("BR-27", &[bt(146)],
        "Der Nettopreis des Artikels (BT-146) ist nicht negativ.",
        "The item net price (BT-146) is not negative.",
        |_, line| line.price.is_some_and(|price| price >= Amount::ZERO).into()),
    fatal("BR-28", &[bt(148)],
        "Der Bruttopreis des Artikels (BT-148) ist nicht negativ.",
        "The item gross price (BT-148) is not negative.",
        |_, line| line.gross_price.is_none_or(|price| price >= Amount::ZERO).into()),
    needs("BR-CO-04", &[bt(151)], |line| line.vat_category.is_some() && !line.other_tax),
    cents("BR-DEC-23", &[bt(131)], |line| line.net),
    fatal("BR-CL-23", &[bt(130)],
        "Die Einheit der Menge (BT-130) steht in der Liste der Einheiten (UN/ECE 20 und 21).",
        "The unit of the quantity (BT-130) is in the list of units (UN/ECE 20 and 21).",
        |_, line| listed(&UNITS, &line.unit)),
    fatal("BR-CL-23", &[bt(150)],
        "Die Einheit der Preismenge (BT-150) steht in der Liste der Einheiten (UN/ECE 20 und 21).",
        "The unit of the price base quantity (BT-150) is in the list of units (UN/ECE 20 and 21).",
        |_, line| listed(&UNITS, &line.price_unit)),
];
