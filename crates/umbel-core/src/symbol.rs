//! Symbols: ids as small integers.

use rustc_hash::FxHashMap;

/// An id (of a place, indicator, source, breakdown ...) as an index into [`Symbols`].
///
/// The numbers follow the order of first appearance; sort by [`Symbols::name`] where an order must depend on content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(pub u32);

impl Symbol {
    /// The empty text: "not given". Always the first symbol.
    pub const NONE: Symbol = Symbol(0);

    /// Whether the text is not empty.
    pub fn is_some(self) -> bool {
        self != Symbol::NONE
    }

    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A set of texts, each stored once and named by a [`Symbol`].
#[derive(Clone, Debug)]
pub struct Symbols {
    names: Vec<Box<str>>,
    index: FxHashMap<Box<str>, u32>,
}

impl Default for Symbols {
    fn default() -> Self {
        let mut symbols = Symbols { names: Vec::new(), index: FxHashMap::default() };
        symbols.intern("");
        symbols
    }
}

impl Symbols {
    /// The symbol of `name`, added when new. Amortised constant time.
    pub fn intern(&mut self, name: &str) -> Symbol {
        if let Some(&at) = self.index.get(name) {
            return Symbol(at);
        }
        let at = self.names.len() as u32;
        self.names.push(name.into());
        self.index.insert(name.into(), at);
        Symbol(at)
    }

    /// The symbol of `name` if it is known.
    pub fn get(&self, name: &str) -> Option<Symbol> {
        self.index.get(name).map(|&at| Symbol(at))
    }

    /// The text of a symbol made by this set (empty for a foreign one).
    pub fn name(&self, symbol: Symbol) -> &str {
        self.names.get(symbol.index()).map_or("", |name| name)
    }

    /// Number of symbols, the empty one included.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Never true: the empty text is always there.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// For every symbol its place in the alphabetical order of the texts.
    pub fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.names.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| self.names[a as usize].cmp(&self.names[b as usize]));
        let mut ranks = vec![0; order.len()];
        for (rank, &at) in order.iter().enumerate() {
            ranks[at as usize] = rank as u32;
        }
        ranks
    }
}
