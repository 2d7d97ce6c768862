//! A list whose beginning is shared between a timetable and its edited copies.

use std::sync::Arc;

/// Items held in common with other lists, and own ones behind them. A block of items lies wholly in one of the two.
#[derive(Clone, Debug)]
pub(crate) struct Pool<T> {
    shared: Arc<Vec<T>>,
    own: Vec<T>,
}

impl<T> Default for Pool<T> {
    fn default() -> Pool<T> {
        Pool::new(Vec::new())
    }
}

impl<T> Pool<T> {
    pub(crate) fn new(items: Vec<T>) -> Pool<T> {
        Pool { shared: Arc::new(items), own: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.shared.len() + self.own.len()
    }

    /// A block that was put in at once, or a part of it.
    #[inline]
    pub(crate) fn block(&self, start: usize, length: usize) -> &[T] {
        match start.checked_sub(self.shared.len()) {
            None => &self.shared[start..start + length],
            Some(start) => &self.own[start..start + length],
        }
    }

    #[inline]
    pub(crate) fn at(&self, at: usize) -> &T {
        match at.checked_sub(self.shared.len()) {
            None => &self.shared[at],
            Some(at) => &self.own[at],
        }
    }

    /// Puts a block behind all others; where it begins.
    pub(crate) fn push(&mut self, block: impl IntoIterator<Item = T>) -> usize {
        let start = self.len();
        self.own.extend(block);
        start
    }

    /// The same items, all to be held in common with copies to come.
    pub(crate) fn shared(self) -> Pool<T>
    where
        T: Clone,
    {
        if self.own.is_empty() {
            return self;
        }
        let mut items = Arc::unwrap_or_clone(self.shared);
        items.extend(self.own);
        items.shrink_to_fit();
        Pool { shared: Arc::new(items), own: Vec::new() }
    }
}
