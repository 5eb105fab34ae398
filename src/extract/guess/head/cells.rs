//! Cells and blocks: words that stand together, and the lines that stand below each other.
//!
//! In: rows. Out: [`Cell`]s in reading order, and [`Block`]s of them: an address, a column of the footer, a
//! paragraph. Absent on purpose: what they mean.

use super::sheet::{Row, Token};

/// Neighbouring words of a row without a wide gap.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    pub row: usize,
    /// Its first word in the row.
    pub start: usize,
    pub tokens: &'a [Token],
    pub page: u32,
    /// Where it stands on its page, from 0 (top) to 1.
    pub depth: f32,
    pub left: f32,
    pub right: f32,
    /// Height of its middle on the page.
    pub level: f32,
    pub height: f32,
}

/// Cells below each other, by their place in the list of cells.
pub type Block = Vec<usize>;

/// Cells of one row that are looked at for a block: no page has more columns.
const MOST_COLUMNS: usize = 40;

/// Rows of other columns that may lie between two lines of a block.
const ROWS_BETWEEN: usize = 5;

/// Gap between cells, in heights of their words.
pub const NARROW: f32 = 1.2;
/// Gap that ends a line of a paragraph: readers drop words, and justified text has wide blanks.
pub const WIDE: f32 = 3.0;

/// All cells of all rows.
pub fn cells(rows: &[Row], gap: f32) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let mut start = 0;
        for end in 1..=row.tokens.len() {
            let apart = row.tokens.get(end).is_none_or(|next| {
                let last = &row.tokens[end - 1];
                next.x - (last.x + last.width) > gap * last.height.max(next.height)
            });
            if apart {
                cells.push(cell(row, number, start, end));
                start = end;
            }
        }
    }
    cells
}

fn cell(row: &Row, number: usize, start: usize, end: usize) -> Cell<'_> {
    let tokens = &row.tokens[start..end];
    let left = tokens.iter().map(|token| token.x).fold(f32::INFINITY, f32::min);
    let right = tokens.iter().map(|token| token.x + token.width).fold(f32::NEG_INFINITY, f32::max);
    let level = tokens.iter().map(|token| token.y + token.height / 2.0).sum::<f32>() / tokens.len() as f32;
    let mut heights: Vec<f32> = tokens.iter().map(|token| token.height).collect();
    heights.sort_by(f32::total_cmp);
    let height = heights[heights.len() * 3 / 4].max(1.0);
    Cell { row: number, start, tokens, page: row.page, depth: row.depth, left, right, level, height }
}

/// Every cell in exactly one block.
pub fn blocks(cells: &[Cell]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut block_of = vec![usize::MAX; cells.len()];
    let mut taken = vec![false; cells.len()];
    for number in 0..cells.len() {
        if block_of[number] == usize::MAX {
            block_of[number] = blocks.len();
            blocks.push(vec![number]);
        }
        if let Some(below) = below(cells, number).filter(|below| !taken[*below]) {
            taken[below] = true;
            block_of[below] = block_of[number];
            blocks[block_of[number]].push(below);
        }
    }
    blocks
}

/// The cell that continues this one: in line with it, and no more than a line below.
pub fn below(cells: &[Cell], number: usize) -> Option<usize> {
    let cell = &cells[number];
    for row in cell.row + 1..=cell.row + ROWS_BETWEEN {
        let first = cells.partition_point(|other| other.row < row);
        for (place, other) in (first..).zip(&cells[first..]).take(MOST_COLUMNS) {
            if other.row != row {
                break;
            }
            let pitch = other.level - cell.level;
            if other.page != cell.page || pitch > 2.2 * cell.height.max(other.height) {
                return None;
            }
            if in_line(cell, other) {
                return Some(place);
            }
        }
    }
    None
}

fn in_line(cell: &Cell, other: &Cell) -> bool {
    let slack = 0.8 * cell.height.min(other.height);
    let near = |a: f32, b: f32| (a - b).abs() <= slack;
    let alike = cell.height.max(other.height) <= 1.9 * cell.height.min(other.height);
    let overlap = cell.left < other.right && other.left < cell.right;
    let centred = near((cell.left + cell.right) / 2.0, (other.left + other.right) / 2.0);
    overlap && alike && (near(cell.left, other.left) || near(cell.right, other.right) || centred)
}
