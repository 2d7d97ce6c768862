//! From the tags of a way or node to who may use it.

use super::rules::{Access, Class, Rules};
use super::speed;
use rustc_hash::FxHashMap;
use umbel_access::streets::{Mode, Passage};

/// The tags of one element.
#[derive(Debug, Default)]
pub struct Tags<'a>(pub Vec<(&'a str, &'a str)>);

impl<'a> Tags<'a> {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(k, _)| *k == key).map(|(_, value)| *value)
    }

    /// Whether it has one of these tags, written `key=value`.
    fn any(&self, tags: &[String]) -> bool {
        tags.iter().any(|tag| tag.split_once('=').is_some_and(|(key, value)| self.get(key) == Some(value)))
    }
}

/// A street by its tags.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usage {
    /// Class: an index into [`Table::classes`].
    pub class: u16,
    /// In the direction of the way.
    pub forward: Passage,
    /// Against it.
    pub backward: Passage,
    /// Whether no point is joined to it.
    pub apart: bool,
}

/// What matters of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mark {
    /// Modes that cannot pass, one bit each (walk 1, bike 2, car 4).
    pub blocked: u8,
    /// Seconds that a car loses there.
    pub delay: f32,
}

/// The bit of a mode in [`Mark::blocked`].
pub fn bit(mode: Mode) -> u8 {
    match mode {
        Mode::Walk => 1,
        Mode::Bike => 2,
        Mode::Car => 4,
    }
}

/// Rules made ready to be asked.
#[derive(Debug)]
pub struct Table<'r> {
    rules: &'r Rules,
    /// Names of the classes, in the order of their numbers.
    pub classes: Vec<String>,
    all: Vec<&'r Class>,
    /// Number of the class by key and value of its tag.
    by_tag: FxHashMap<&'r str, FxHashMap<&'r str, u16>>,
    other: Option<u16>,
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Both,
    Forward,
    Backward,
}

impl<'r> Table<'r> {
    /// Makes rules ready.
    pub fn new(rules: &'r Rules) -> Table<'r> {
        let mut table =
            Table { rules, classes: Vec::new(), all: Vec::new(), by_tag: FxHashMap::default(), other: None };
        for (name, class) in &rules.class {
            let (key, value) = class.tag.as_deref().and_then(|tag| tag.split_once('=')).unwrap_or(("highway", name));
            table.by_tag.entry(key).or_default().insert(value, table.all.len() as u16);
            table.all.push(class);
            table.classes.push(name.clone());
        }
        if let Some(class) = &rules.other {
            table.other = Some(table.all.len() as u16);
            table.all.push(class);
            table.classes.push("other".to_owned());
        }
        table
    }

    /// Whether a way with this key can be a street.
    pub fn is_street_key(&self, key: &str) -> bool {
        key == "highway" || self.by_tag.contains_key(key)
    }

    /// Whether a node with this key can matter.
    pub fn is_mark_key(&self, key: &str) -> bool {
        key == "barrier" && !self.rules.barrier.is_empty()
            || self.rules.delay.keys().any(|tag| tag.split_once('=').is_some_and(|(k, _)| k == key))
    }

    fn class(&self, tags: &Tags) -> Option<u16> {
        let named = |key: &str, value: &str| self.by_tag.get(key).and_then(|values| values.get(value)).copied();
        match tags.get("highway") {
            Some(value) => named("highway", value).or(self.other),
            // The first class in the order of names, so that the order of tags does not matter.
            None => tags.0.iter().filter_map(|(key, value)| named(key, value)).min(),
        }
    }

    /// The street that a way with these tags is; `None` = none, or open to nobody.
    pub fn street(&self, tags: &Tags) -> Option<Usage> {
        let number = self.class(tags)?;
        if tags.any(&self.rules.skip) {
            return None;
        }
        let class = self.all[usize::from(number)];
        let roundabout = tags.get("junction").is_some_and(|value| self.rules.roundabout.iter().any(|r| r == value));
        let implied = if class.oneway || roundabout { Way::Forward } else { Way::Both };
        let (mut forward, mut backward) = (Passage::CLOSED, Passage::CLOSED);
        let said = |rule: &Access, mode| said(rule, tags, class.made_for.contains(&mode));
        if said(&self.rules.walk, Mode::Walk).unwrap_or(class.walk && !tags.any(&self.rules.walk.closed_by)) {
            let way = oneway(&self.rules.walk, tags, Way::Both);
            forward.walk = way != Way::Backward;
            backward.walk = way != Way::Forward;
        }
        if let Some(speed) = opened_speed(&self.rules.bike, tags, class.bike, said(&self.rules.bike, Mode::Bike)) {
            let way = oneway(&self.rules.bike, tags, implied);
            let against = tags.any(&self.rules.bike.contraflow);
            forward.bike_speed = if way != Way::Backward || against { speed } else { 0.0 };
            backward.bike_speed = if way != Way::Forward || against { speed } else { 0.0 };
        }
        if let Some(speed) = self.car_speed(tags, class) {
            let way = oneway(&self.rules.car, tags, implied);
            let posted = |direction| self.posted(tags, direction).unwrap_or(speed);
            forward.car_speed = if way != Way::Backward { posted("maxspeed:forward") } else { 0.0 };
            backward.car_speed = if way != Way::Forward { posted("maxspeed:backward") } else { 0.0 };
        }
        (forward != Passage::CLOSED || backward != Passage::CLOSED).then_some(Usage {
            class: number,
            forward,
            backward,
            apart: tags.any(&self.rules.apart),
        })
    }

    /// Speed of cars where no limit is posted; `None` = closed.
    fn car_speed(&self, tags: &Tags, class: &Class) -> Option<f32> {
        let rule = &self.rules.car;
        let mut speed = opened_speed(rule, tags, class.car, said(rule, tags, class.made_for.contains(&Mode::Car)))?;
        if let Some(&service) = tags.get("service").and_then(|value| self.rules.service.get(value)) {
            speed = service;
        }
        if rule.urban_factor > 0.0 {
            speed *= rule.urban_factor;
        }
        let zoned = |key: &String| tags.get(key).and_then(|value| speed::zone(value, &rule.zones));
        if let Some(limit) = rule.zone_keys.iter().find_map(zoned) {
            speed = speed.min(limit * rule.limit_factor);
        }
        (speed > 0.0).then(|| self.capped(speed))
    }

    /// Speed of cars by the limit posted for a direction.
    fn posted(&self, tags: &Tags, direction: &str) -> Option<f32> {
        let rule = &self.rules.car;
        let none = std::collections::BTreeMap::new();
        let value = [direction, "maxspeed"].iter().find_map(|key| tags.get(key))?;
        let limit = speed::limit(value, &none)?;
        (rule.limit_factor > 0.0).then(|| self.capped(limit * rule.limit_factor))
    }

    fn capped(&self, speed: f32) -> f32 {
        if self.rules.car.fastest > 0.0 { speed.min(self.rules.car.fastest) } else { speed }
    }

    /// What matters of a node with these tags.
    pub fn mark(&self, tags: &Tags) -> Mark {
        let mut mark = Mark::default();
        if let Some(value) = tags.get("barrier").filter(|_| !self.rules.barrier.is_empty()) {
            let passes = self.rules.barrier.get(value).or_else(|| self.rules.barrier.get("other"));
            for (mode, rule) in
                [(Mode::Walk, &self.rules.walk), (Mode::Bike, &self.rules.bike), (Mode::Car, &self.rules.car)]
            {
                let by_default = passes.is_some_and(|modes| modes.contains(&mode));
                if !said(rule, tags, false).unwrap_or(by_default) {
                    mark.blocked |= bit(mode);
                }
            }
        }
        let here = |(key, value): &(&str, &str)| self.rules.delay.get(&format!("{key}={value}")).copied();
        mark.delay = tags.0.iter().filter(|(key, _)| self.is_mark_key(key)).filter_map(here).fold(0.0, f32::max);
        mark
    }
}

/// Whether the keys of access open or close; `None` = they say nothing. Of a class made for the mode only the last key,
/// the one for this mode alone, is asked.
fn said(rule: &Access, tags: &Tags, made_for: bool) -> Option<bool> {
    let word = |value: &str| {
        let known = |word: &str| {
            let holds = |list: &[String]| list.iter().any(|listed| listed == word);
            if holds(&rule.open) { Some(true) } else { holds(&rule.closed).then_some(false) }
        };
        value.split(';').find_map(|part| known(part.trim()))
    };
    let (last, general) = rule.keys.split_last()?;
    if let Some(own) = tags.get(last).and_then(word) {
        return Some(own);
    }
    if tags.any(&rule.opened_by) {
        return Some(true);
    }
    if made_for { None } else { general.iter().rev().find_map(|key| tags.get(key).and_then(word)) }
}

/// The speed of the class, or that of what a key opens; `None` = closed.
fn opened_speed(rule: &Access, tags: &Tags, speed: f32, said: Option<bool>) -> Option<f32> {
    let open = said.unwrap_or(speed > 0.0 && !tags.any(&rule.closed_by));
    let speed = if speed > 0.0 { speed } else { rule.opened_speed };
    (open && speed > 0.0).then_some(speed)
}

fn oneway(rule: &Access, tags: &Tags, implied: Way) -> Way {
    let word = |value: &str| match value {
        "yes" | "1" | "true" => Some(Way::Forward),
        "-1" | "reverse" => Some(Way::Backward),
        // Lanes that change their direction in the course of the day are open both ways.
        "no" | "0" | "false" | "reversible" | "alternating" => Some(Way::Both),
        _ => None,
    };
    rule.oneway.iter().rev().find_map(|key| tags.get(key).and_then(word)).unwrap_or(implied)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn street(rules: &Rules, tags: &[(&'static str, &'static str)]) -> Option<(String, Passage, Passage)> {
        let table = Table::new(rules);
        let usage = table.street(&Tags(tags.to_vec()))?;
        Some((table.classes[usize::from(usage.class)].clone(), usage.forward, usage.backward))
    }

    fn open(passage: Passage) -> (bool, bool, bool) {
        (passage.walk, passage.bike_speed > 0.0, passage.car_speed > 0.0)
    }

    type Case = (&'static [(&'static str, &'static str)], (bool, bool, bool), (bool, bool, bool));

    #[test]
    fn tags_open_and_close() {
        let rules = Rules::standard();
        let (all, none) = ((true, true, true), (false, false, false));
        let walk = (true, false, false);
        let soft = (true, true, false);
        let cases: &[Case] = &[
            (&[("highway", "residential")], all, all),
            (&[("highway", "motorway")], (false, false, true), none),
            (&[("highway", "motorway"), ("oneway", "no")], (false, false, true), (false, false, true)),
            (&[("highway", "residential"), ("oneway", "yes")], all, walk),
            (&[("highway", "residential"), ("oneway", "-1")], walk, all),
            (&[("highway", "residential"), ("oneway", "yes"), ("oneway:bicycle", "no")], all, soft),
            (&[("highway", "residential"), ("oneway", "yes"), ("cycleway", "opposite_lane")], all, soft),
            (&[("highway", "residential"), ("junction", "roundabout")], all, walk),
            (&[("highway", "footway")], walk, walk),
            (&[("highway", "footway"), ("bicycle", "designated")], soft, soft),
            (&[("highway", "footway"), ("oneway:foot", "yes"), ("bicycle", "no")], walk, none),
            (&[("highway", "cycleway"), ("foot", "no")], (false, true, false), (false, true, false)),
            (&[("highway", "residential"), ("access", "private")], none, none),
            (&[("highway", "service"), ("access", "private"), ("foot", "yes")], walk, walk),
            (&[("highway", "residential"), ("motor_vehicle", "no")], soft, soft),
            (
                &[("highway", "residential"), ("vehicle", "no"), ("motorcar", "permissive")],
                (true, false, true),
                (true, false, true),
            ),
            (&[("highway", "service"), ("access", "destination")], none, none),
            (&[("highway", "footway"), ("access", "destination")], walk, walk),
            (&[("highway", "footway"), ("access", "private"), ("foot", "no")], none, none),
            (&[("highway", "primary"), ("access", "no"), ("sidewalk", "right")], walk, walk),
            (
                &[("highway", "primary"), ("foot", "no"), ("sidewalk", "right")],
                (false, true, true),
                (false, true, true),
            ),
            (&[("highway", "trunk"), ("motorroad", "yes")], (false, false, true), (false, false, true)),
            (&[("highway", "trunk"), ("motorroad", "yes"), ("foot", "yes")], (true, false, true), (true, false, true)),
            (&[("railway", "platform")], walk, walk),
            (&[("highway", "construction")], none, none),
            (&[("highway", "pedestrian"), ("area", "yes")], walk, walk),
            (&[("highway", "service"), ("area", "yes")], soft, soft),
            (&[("building", "yes")], none, none),
        ];
        for (tags, forward, backward) in cases {
            let (f, b) = street(&rules, tags).map_or((none, none), |(_, f, b)| (open(f), open(b)));
            assert_eq!((f, b), (*forward, *backward), "{tags:?}");
        }
    }

    #[test]
    fn no_door_stands_in_a_tunnel() {
        let rules = Rules::standard();
        let table = Table::new(&rules);
        let apart = |tags: &[(&'static str, &'static str)]| table.street(&Tags(tags.to_vec())).map(|usage| usage.apart);
        assert_eq!(apart(&[("highway", "primary"), ("tunnel", "yes")]), Some(true));
        assert_eq!(apart(&[("railway", "platform"), ("covered", "yes")]), Some(true));
        assert_eq!(apart(&[("highway", "motorway")]), Some(true));
        assert_eq!(apart(&[("highway", "footway"), ("tunnel", "building_passage")]), Some(false));
        assert_eq!(apart(&[("highway", "primary"), ("tunnel", "no")]), Some(false));
    }

    #[test]
    fn limits_speak_before_classes() {
        let mut rules = Rules::standard();
        rules.car.urban_factor = 0.0;
        let speeds = |tags: &[(&'static str, &'static str)]| {
            street(&rules, tags).map_or((0.0, 0.0), |(_, f, b)| (f.car_speed, b.car_speed))
        };
        let residential = rules.class["residential"].car;
        let factor = rules.car.limit_factor;
        assert_eq!(speeds(&[("highway", "residential")]), (residential, residential));
        assert_eq!(speeds(&[("highway", "residential"), ("maxspeed", "60")]), (60.0 * factor, 60.0 * factor));
        let mixed = [("highway", "residential"), ("maxspeed", "40"), ("maxspeed:forward", "20 mph")];
        assert_eq!(speeds(&mixed), (20.0 * 1.609_344 * factor, 40.0 * factor));
        let zone = [("highway", "primary"), ("source:maxspeed", "BR:urban")];
        assert_eq!(speeds(&zone).0, rules.class["primary"].car.min(50.0 * factor));
        assert_eq!(speeds(&[("highway", "motorway"), ("maxspeed", "300")]).0, rules.car.fastest);
        assert_eq!(speeds(&[("highway", "service"), ("service", "driveway")]).0, rules.service["driveway"]);
    }

    #[test]
    fn the_neutral_rules_open_nearly_everything_on_foot() {
        let rules = Rules::neutral();
        let walks =
            |tags: &[(&'static str, &'static str)]| street(&rules, tags).is_some_and(|(_, f, b)| f.walk && b.walk);
        assert!(walks(&[("highway", "trunk"), ("oneway", "yes")]));
        assert!(walks(&[("highway", "anything")]));
        assert!(walks(&[("highway", "service"), ("access", "private"), ("foot", "permissive")]));
        assert!(!walks(&[("highway", "service"), ("access", "private")]));
        assert!(!walks(&[("highway", "service"), ("foot", "no")]));
        assert!(!walks(&[("highway", "motorway")]));
        assert!(!walks(&[("highway", "pedestrian"), ("area", "yes")]));
        assert!(!walks(&[("railway", "platform")]));
        assert_eq!(
            street(&rules, &[("highway", "primary")]).map(|s| (open(s.1), s.0)),
            Some(((true, false, false), "other".to_owned()))
        );
    }

    #[test]
    fn barriers_stop_whom_they_should() {
        let rules = Rules::standard();
        let table = Table::new(&rules);
        let blocked = |tags: &[(&'static str, &'static str)]| table.mark(&Tags(tags.to_vec())).blocked;
        assert_eq!(blocked(&[("barrier", "bollard")]), 4);
        assert_eq!(blocked(&[("barrier", "gate")]), 0);
        assert_eq!(blocked(&[("barrier", "gate"), ("access", "private")]), 7);
        assert_eq!(blocked(&[("barrier", "gate"), ("access", "private"), ("foot", "yes")]), 6);
        assert_eq!(blocked(&[("barrier", "wall")]), 7);
        assert_eq!(blocked(&[("highway", "traffic_signals")]), 0);
        assert_eq!(
            table.mark(&Tags(vec![("highway", "traffic_signals")])).delay,
            rules.delay["highway=traffic_signals"]
        );
    }
}
