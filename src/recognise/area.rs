//! Rectangles of pixels.
//!
//! In: pixels. Out: [`Area`]s, and how they lie to each other. Absent on purpose: points and inches.

use image::GrayImage;

/// A rectangle of pixels, both corners in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub left: u32,
    pub top: u32,
    pub right: u32,
    pub bottom: u32,
}

impl Area {
    /// Around pixels, of which there is at least one.
    pub fn around(spot: &[(u32, u32)]) -> Self {
        let mut area = Self { left: u32::MAX, top: u32::MAX, right: 0, bottom: 0 };
        for (x, y) in spot {
            area.left = area.left.min(*x);
            area.right = area.right.max(*x);
            area.top = area.top.min(*y);
            area.bottom = area.bottom.max(*y);
        }
        area
    }

    pub fn width(&self) -> u32 {
        self.right - self.left + 1
    }

    pub fn height(&self) -> u32 {
        self.bottom - self.top + 1
    }

    pub fn with(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Shares at least half of the lower one's height.
    pub fn in_line_with(&self, other: &Self) -> bool {
        let shared = (self.bottom + 1).min(other.bottom + 1).saturating_sub(self.top.max(other.top));
        2 * shared >= self.height().min(other.height())
    }

    /// Pixels between them across.
    pub fn apart(&self, other: &Self) -> u32 {
        self.left.saturating_sub(other.right).max(other.left.saturating_sub(self.right))
    }

    /// Larger by some pixels on each side, within a picture.
    pub fn grown(&self, by: u32, picture: &GrayImage) -> Self {
        let (width, height) = picture.dimensions();
        Self {
            left: self.left.saturating_sub(by).min(width.saturating_sub(1)),
            top: self.top.saturating_sub(by).min(height.saturating_sub(1)),
            right: (self.right + by).min(width.saturating_sub(1)),
            bottom: (self.bottom + by).min(height.saturating_sub(1)),
        }
    }

    pub fn times(&self, factor: u32) -> Self {
        Self {
            left: self.left * factor,
            top: self.top * factor,
            right: (self.right + 1) * factor - 1,
            bottom: (self.bottom + 1) * factor - 1,
        }
    }
}
