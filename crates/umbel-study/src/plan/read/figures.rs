//! Effects on observations.

use super::Reader;
use super::cells::{Wrong, stated, unknown_place};
use crate::plan::edit::{Cells, Change};
use crate::suggest::nearest;
use umbel_core::{Period, Symbol, Unit, code};
use umbel_table::{Effect, Region};

impl Reader<'_> {
    pub(super) fn observation(&self, region: &mut Region, effect: &Effect) -> Result<(Cells, Change), Wrong> {
        let cells = self.cells(region, effect)?;
        if !effect.column.is_empty() && effect.column != "value" {
            let message = format!("effects change the value of an observation, not its {}", effect.column);
            return Err(("column", &code::J002, message, "leave column empty".to_owned()));
        }
        if let (Some(from), Some(period)) = (effect.from, cells.period)
            && period.end() < from.start()
        {
            let message = format!("the effect is in force from {from}, so it changes nothing in {period}");
            return Err(("from", &code::J006, message, "correct the date, or the period in the key".to_owned()));
        }
        if let (Some(since), Some(period)) = (self.known.since.get(&cells.place), cells.period)
            && period.end() < *since
        {
            let place = region.id(cells.place);
            let message = format!("\"{place}\" exists only from {since}, after {period}");
            return Err(("key", &code::J006, message, "correct the period, or the place".to_owned()));
        }
        let key = |period| (cells.indicator, cells.place, period, cells.breakdown);
        let adds = effect.operation == "add";
        let there = match cells.period {
            Some(period) => self.known.figures.contains(&key(period)) || self.known.added.contains(&key(period)),
            None => self.known.series.contains(&(cells.indicator, cells.place, cells.breakdown)),
        };
        match (adds, cells.period) {
            (true, None) => {
                let message = "an observation that is added needs its period".to_owned();
                return Err(("key", &code::J002, message, "write indicator@place@period".to_owned()));
            }
            (true, Some(period)) if self.known.figures.contains(&key(period)) => {
                let message = format!("there is an observation \"{}\" already", effect.key);
                return Err(("key", &code::J002, message, "use the operation set, scale or shift".to_owned()));
            }
            (false, _) if !there => {
                let of = cells.period.map_or_else(String::new, |period| format!(" in {period}"));
                let (indicator, place) = (region.id(cells.indicator), region.id(cells.place));
                let message = format!("there is no observation of \"{indicator}\" for \"{place}\"{of}");
                return Err(("key", &code::J002, message, "correct the key, or use the operation add".to_owned()));
            }
            _ => {}
        }
        if effect.operation == "retire" {
            return Ok((cells, Change::Retire));
        }
        let unit = match effect.operation.as_str() {
            "scale" => Some(Unit::one()),
            _ => self.unit(region, cells.indicator),
        };
        let stated = stated(effect, unit.as_ref())?;
        Ok((
            cells,
            match effect.operation.as_str() {
                "add" => Change::Add(stated),
                "set" => Change::Set(stated),
                "scale" => Change::Scale(stated),
                _ => Change::Shift(stated),
            },
        ))
    }

    pub(super) fn unit(&self, region: &Region, indicator: Symbol) -> Option<Unit> {
        let observed = region.observations.observed(indicator).and_then(|rows| rows.unit.clone());
        let table = || region.indicator(indicator).map(|indicator| indicator.unit.clone());
        observed.or_else(table).or_else(|| (self.unit_of)(indicator))
    }

    fn cells(&self, region: &mut Region, effect: &Effect) -> Result<Cells, Wrong> {
        let form =
            "write it as indicator@place@period, for example gdp@north@2022; leave the period out for all of them";
        let bad = |message: String| ("key", &code::J002, message, form.to_owned());
        let parts: Vec<&str> = effect.key.split('@').collect();
        let (indicator, place, period, breakdown) = match *parts.as_slice() {
            [indicator, place] => (indicator, place, "*", ""),
            [indicator, place, period] => (indicator, place, period, ""),
            [indicator, place, period, breakdown] => (indicator, place, period, breakdown),
            _ => return Err(bad(format!("\"{}\" is no key of an observation", effect.key))),
        };
        let known = |id: &Symbol| self.known.indicators.contains(id) || (self.unit_of)(*id).is_some();
        let Some(of) = region.symbols.get(indicator).filter(known) else {
            let fix = match nearest(indicator, self.known.indicators.iter().map(|&id| region.id(id))) {
                Some(near) => format!("write \"{near}\" if that is meant, or add the indicator"),
                None => "correct the key, or add the indicator".to_owned(),
            };
            return Err(("key", &code::J002, format!("there is no indicator \"{indicator}\""), fix));
        };
        let Some(at) = region.symbols.get(place).filter(|id| self.known.places.contains(id)) else {
            return Err(unknown_place(region, &self.known.places, place, "key"));
        };
        let period = match period {
            "*" | "" => None,
            text => Some(Period::parse(text).ok_or_else(|| bad(format!("\"{text}\" in the key is no period")))?),
        };
        let breakdown = if breakdown == "_T" { "" } else { breakdown };
        Ok(Cells { indicator: of, place: at, period, breakdown: region.symbols.intern(breakdown) })
    }
}
