//! What a search knows at a stop after so many rides.

/// Never: behind all times and all trips.
pub(super) const NEVER: i32 = i32::MAX;

/// A number for each item and number of rides, the least found for at most that many.
///
/// Those of one item stand beside each other and never rise with the rides, so that a lower one is written from its
/// number of rides on until one is met that is as low.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub(super) rounds: usize,
    pub(super) cells: Vec<i32>,
}

impl Labels {
    /// Room for so many items and rides; all cells are [`NEVER`].
    pub(super) fn reset(&mut self, items: usize, rounds: usize) {
        self.rounds = rounds;
        if self.cells.len() < items * rounds {
            self.cells.resize(items * rounds, NEVER);
        }
    }

    /// The cells of some items become [`NEVER`].
    pub(super) fn clear(&mut self, first: usize, items: usize) {
        self.cells[first * self.rounds..(first + items) * self.rounds].fill(NEVER);
    }

    #[inline]
    pub(super) fn get(&self, item: usize, round: usize) -> i32 {
        self.cells[item * self.rounds + round]
    }

    /// The least of an item.
    #[inline]
    pub(super) fn least(&self, item: usize) -> i32 {
        self.cells[(item + 1) * self.rounds - 1]
    }

    /// Lowers the label of an item from a round on.
    #[inline]
    pub(super) fn lower(&mut self, item: usize, round: usize, value: i32) {
        for cell in &mut self.cells[item * self.rounds + round..(item + 1) * self.rounds] {
            if *cell <= value {
                break;
            }
            *cell = value;
        }
    }
}

/// As [`Labels`], but those of one number of rides stand beside each other: they are looked at far more often than
/// they are written, and for one number of rides at a time.
#[derive(Debug, Default)]
pub(super) struct Planes {
    items: usize,
    rounds: usize,
    cells: Vec<i32>,
}

impl Planes {
    /// Room for so many items and rides; all cells are [`NEVER`].
    pub(super) fn reset(&mut self, items: usize, rounds: usize) {
        (self.items, self.rounds) = (items, rounds);
        if self.cells.len() < items * rounds {
            self.cells.resize(items * rounds, NEVER);
        }
    }

    /// The cells of some items become [`NEVER`].
    pub(super) fn clear(&mut self, first: usize, items: usize) {
        for round in 0..self.rounds {
            self.cells[round * self.items + first..round * self.items + first + items].fill(NEVER);
        }
    }

    #[inline]
    pub(super) fn get(&self, item: usize, round: usize) -> i32 {
        self.cells[round * self.items + item]
    }

    /// Lowers the label of an item from a round on.
    #[inline]
    pub(super) fn lower(&mut self, item: usize, round: usize, value: i32) {
        for round in round..self.rounds {
            let cell = &mut self.cells[round * self.items + item];
            if *cell <= value {
                break;
            }
            *cell = value;
        }
    }
}

/// Items marked since the last time, each once.
#[derive(Debug, Default)]
pub(super) struct Marks {
    stamps: Vec<u32>,
    now: u32,
    pub(super) list: Vec<u32>,
}

impl Marks {
    /// Forgets all marks; there are so many items.
    pub(super) fn begin(&mut self, items: usize) {
        if self.stamps.len() < items {
            self.stamps.resize(items, self.now);
        }
        self.now = self.now.wrapping_add(1);
        if self.now == 0 {
            self.stamps.fill(0);
            self.now = 1;
        }
        self.list.clear();
    }

    #[inline]
    pub(super) fn has(&self, item: u32) -> bool {
        self.stamps[item as usize] == self.now
    }

    /// Marks an item; whether it was not marked before.
    #[inline]
    pub(super) fn mark(&mut self, item: u32) -> bool {
        let stamp = &mut self.stamps[item as usize];
        let new = *stamp != self.now;
        if new {
            *stamp = self.now;
            self.list.push(item);
        }
        new
    }
}
