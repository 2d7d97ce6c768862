//! What every family of checks looks up: which ids are there, and the units of indicators.

use crate::suggest::nearest;
use rustc_hash::FxHashMap;
use umbel_core::{Code, Symbol, Unit, code};
use umbel_table::Region;

/// A register: the ids that a table defines.
pub struct Register {
    /// The code of a reference to an id that is not in it.
    pub code: &'static Code,
    /// What one id names, in a message.
    pub noun: &'static str,
    /// Its table.
    pub table: &'static str,
    /// Whether a symbol is in it, by symbol.
    known: Vec<bool>,
}

impl Register {
    fn new(
        region: &Region,
        code: &'static Code,
        noun: &'static str,
        table: &'static str,
        ids: impl Iterator<Item = Symbol>,
    ) -> Register {
        let mut known = vec![false; region.symbols.len()];
        for id in ids {
            if let Some(flag) = known.get_mut(id.index()) {
                *flag = true;
            }
        }
        // "Not given" is for the reader to judge.
        if let Some(none) = known.first_mut() {
            *none = true;
        }
        Register { code, noun, table, known }
    }

    /// Whether the id is there (an empty cell counts as known).
    pub fn has(&self, id: Symbol) -> bool {
        self.known.get(id.index()).copied().unwrap_or(false)
    }

    /// What is wrong with a reference, and how to mend it.
    pub fn unknown(&self, region: &Region, text: &str) -> (String, String) {
        let message = format!("{} \"{text}\" is not in the {} table", self.noun, self.table);
        let names = self.known.iter().enumerate().filter(|(_, known)| **known);
        let names = names.map(|(at, _)| region.symbols.name(Symbol(at as u32)));
        let fix = match nearest(text, names) {
            Some(name) => format!("write \"{name}\" if that is meant, or add \"{text}\" to {}", self.table),
            None => format!("correct the id, or add \"{text}\" to {}", self.table),
        };
        (message, fix)
    }
}

/// A region with its registers.
pub struct Context<'a> {
    /// The region.
    pub region: &'a Region,
    /// Places.
    pub places: Register,
    /// Indicators, those that measures write included.
    pub indicators: Register,
    /// Sources.
    pub sources: Register,
    /// Projects.
    pub projects: Register,
    /// Plans.
    pub plans: Register,
    units: FxHashMap<Symbol, Unit>,
}

impl<'a> Context<'a> {
    /// Reads the registers off the tables; `computed` are the indicators that measures write.
    pub fn new(region: &'a Region, computed: &[(Symbol, Option<Unit>)]) -> Context<'a> {
        let written = computed.iter().map(|(id, _)| *id);
        let indicators = region.indicators.iter().map(|row| row.id).chain(written);
        let mut units: FxHashMap<Symbol, Unit> =
            computed.iter().filter_map(|(id, unit)| Some((*id, unit.clone()?))).collect();
        units.extend(region.indicators.iter().map(|row| (row.id, row.unit.clone())));
        Context {
            region,
            places: Register::new(region, &code::R002, "place", "places", region.places.iter().map(|row| row.id)),
            indicators: Register::new(region, &code::R003, "indicator", "indicators", indicators),
            sources: Register::new(region, &code::R004, "source", "sources", region.sources.iter().map(|row| row.id)),
            projects: Register::new(
                region,
                &code::R005,
                "project",
                "projects",
                region.projects.iter().map(|row| row.id),
            ),
            plans: Register::new(region, &code::R006, "plan", "plans", region.plans.iter().map(|row| row.id)),
            units,
        }
    }

    /// The unit of an indicator, where it is known.
    pub fn unit(&self, indicator: Symbol) -> Option<&Unit> {
        self.units.get(&indicator)
    }

    /// The text of an id.
    pub fn name(&self, symbol: Symbol) -> &'a str {
        self.region.symbols.name(symbol)
    }
}
