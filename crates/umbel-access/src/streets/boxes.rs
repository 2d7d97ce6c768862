//! An index of boxes: which may hold something within a distance of a point, the nearest first.
//!
//! A packed tree: boxes are sorted along Hilbert's curve, every sixteen make a box of the level above. Source: Kamel,
//! Faloutsos, On packing R-trees, CIKM 1993.

use crate::streets::sphere::{Local, hilbert};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

const FAN: usize = 16;

/// A packed tree of boxes of degrees: 17 bytes a box and a number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Boxes {
    /// Number of each box of the lowest level.
    items: Vec<u32>,
    /// Boxes of all levels, the lowest first: west, south, east, north, rounded outward.
    boxes: Vec<[f32; 4]>,
    /// Where each level begins, and the end.
    levels: Vec<usize>,
}

/// A part of the tree and the square of the least distance to it.
struct Near {
    square: f64,
    level: u32,
    at: u32,
}

impl Ord for Near {
    fn cmp(&self, other: &Near) -> Ordering {
        self.square.total_cmp(&other.square).then(self.level.cmp(&other.level)).then(self.at.cmp(&other.at))
    }
}

impl PartialOrd for Near {
    fn partial_cmp(&self, other: &Near) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Near {
    fn eq(&self, other: &Near) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Near {}

/// The box in single precision, not smaller.
fn outward([west, south, east, north]: [f64; 4]) -> [f32; 4] {
    let below = |value: f64| if f64::from(value as f32) > value { (value as f32).next_down() } else { value as f32 };
    let above = |value: f64| if f64::from(value as f32) < value { (value as f32).next_up() } else { value as f32 };
    [below(west), below(south), above(east), above(north)]
}

impl Boxes {
    /// The tree of boxes numbered 0, 1, 2, ... within a frame.
    pub fn new(boxes: impl Iterator<Item = [f64; 4]>, frame: [f64; 4]) -> Boxes {
        let boxes: Vec<[f64; 4]> = boxes.collect();
        let middle = |[west, south, east, north]: [f64; 4]| [(west + east) / 2.0, (south + north) / 2.0];
        let mut order: Vec<(u32, u32)> =
            boxes.iter().enumerate().map(|(at, &edges)| (hilbert(middle(edges), frame), at as u32)).collect();
        order.sort_unstable();
        let items: Vec<u32> = order.into_iter().map(|(_, at)| at).collect();
        let mut all: Vec<[f32; 4]> = items.iter().map(|&at| outward(boxes[at as usize])).collect();
        let mut levels = vec![0, all.len()];
        let mut below = 0..all.len();
        while below.len() > 1 {
            let above = all.len();
            for from in below.clone().step_by(FAN) {
                let children = &all[from..(from + FAN).min(below.end)];
                let edges = children
                    .iter()
                    .copied()
                    .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
                all.extend(edges);
            }
            below = above..all.len();
            levels.push(all.len());
        }
        Boxes { items, boxes: all, levels }
    }

    /// Calls `look` with the numbers of boxes in order of their distance from a point, until the distance to the next
    /// is more than the bound. The bound is a squared distance in metres: first `within`, then what `look` returns.
    pub fn nearest_first(&self, local: &Local, within: f64, mut look: impl FnMut(u32) -> f64) {
        let Some(top) = self.levels.len().checked_sub(2).filter(|_| !self.items.is_empty()) else { return };
        let mut bound = within;
        let mut waiting = BinaryHeap::new();
        waiting.push(Reverse(Near { square: 0.0, level: top as u32, at: 0 }));
        while let Some(Reverse(Near { square, level, at })) = waiting.pop() {
            if square > bound {
                return;
            }
            if level == 0 {
                bound = look(self.items[at as usize]);
                continue;
            }
            let start = self.levels[level as usize - 1];
            let end = self.levels[level as usize];
            let first = start + at as usize * FAN;
            for child in first..(first + FAN).min(end) {
                let square = local.square_to_box(self.boxes[child].map(f64::from));
                if square <= bound {
                    waiting.push(Reverse(Near { square, level: level - 1, at: (child - start) as u32 }));
                }
            }
        }
    }
}
