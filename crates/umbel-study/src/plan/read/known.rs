//! What effects can name.

use crate::plan::edit::Target;
use rustc_hash::{FxHashMap, FxHashSet};
use umbel_core::{Date, Period, Symbol};
use umbel_table::Region;
use umbel_table::edit::Object;

/// What can be named by a key.
pub(super) struct Known {
    pub objects: FxHashMap<Target, Object>,
    pub places: FxHashSet<Symbol>,
    /// First day of a place, where it has one.
    pub since: FxHashMap<Symbol, Date>,
    pub figures: FxHashSet<(Symbol, Symbol, Period, Symbol)>,
    pub series: FxHashSet<(Symbol, Symbol, Symbol)>,
    pub added: FxHashSet<(Symbol, Symbol, Period, Symbol)>,
    pub indicators: FxHashSet<Symbol>,
}

impl Known {
    pub fn new(region: &Region) -> Known {
        let mut objects = FxHashMap::default();
        for place in &region.places {
            objects.insert(Target::Place(place.id), Object::Place(place.clone()));
        }
        for link in &region.links {
            objects.insert(Target::Link(link.id), Object::Link(link.clone()));
        }
        for target in &region.targets {
            objects.insert(Target::Wanted(target.id), Object::Target(target.clone()));
        }
        for flow in &region.flows {
            let object = Object::Flow(flow.clone());
            objects.insert(Target::Flow(flow.kind, flow.from, flow.to, None), object.clone());
            objects.insert(Target::Flow(flow.kind, flow.from, flow.to, Some(flow.period)), object);
        }
        for stage in &region.stages {
            let object = Object::Stage(stage.clone());
            objects.insert(Target::Stage(stage.project, stage.stage, None), object.clone());
            objects.insert(Target::Stage(stage.project, stage.stage, Some(stage.date)), object);
        }
        let (mut since, mut figures, mut series): (FxHashMap<Symbol, Date>, FxHashSet<_>, FxHashSet<_>) =
            Default::default();
        for place in &region.places {
            match (since.get(&place.id).copied(), place.valid_from) {
                (held, Some(from)) if held.is_none_or(|held| from < held) => drop(since.insert(place.id, from)),
                _ => {}
            }
        }
        // Only the indicators that an effect names are looked into: their rows may not have been made yet.
        let mut named: FxHashSet<Symbol> = FxHashSet::default();
        for effect in region.effects.iter().filter(|effect| effect.table == "observations") {
            named.extend(effect.key.split('@').next().and_then(|id| region.symbols.get(id)));
        }
        for (indicator, rows) in region.observations.by_indicator.iter().filter(|(id, _)| named.contains(id)) {
            for row in 0..rows.len() {
                if rows.value(row).is_some() {
                    figures.insert((*indicator, rows.place[row], rows.period[row], rows.breakdown[row]));
                }
                series.insert((*indicator, rows.place[row], rows.breakdown[row]));
            }
        }
        let indicators = region.indicators.iter().map(|indicator| indicator.id);
        let indicators = indicators.chain(region.observations.by_indicator.iter().map(|(id, _)| *id)).collect();
        let places = region.places.iter().map(|place| place.id).collect();
        Known { objects, places, since, figures, series, added: FxHashSet::default(), indicators }
    }
}
