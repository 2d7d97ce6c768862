//! The table of rules: which streets are open to whom and how fast. It is data, so that people can change it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use umbel_access::streets::Mode;
use umbel_core::code::{F018, N007};
use umbel_core::problems::Problems;
use umbel_core::{Finding, csv};

const STANDARD: &str = include_str!("rules/standard.toml");
const NEUTRAL: &str = include_str!("rules/neutral.toml");

/// The rules of streets as a TOML file states them; `rules/standard.toml` says what each key means.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Name of the set.
    pub name: String,
    /// Tags (`key=value`) of ways that are no streets.
    #[serde(default)]
    pub skip: Vec<String>,
    /// Tags (`key=value`) of ways at which nothing stands: points are joined to other streets.
    #[serde(default)]
    pub apart: Vec<String>,
    /// Values of `junction` that make a street one-way for vehicles.
    #[serde(default)]
    pub roundabout: Vec<String>,
    /// Class of highways that are not listed; `None` = they are no streets.
    #[serde(default)]
    pub other: Option<Class>,
    /// Classes of street by name.
    pub class: BTreeMap<String, Class>,
    /// Car speed by value of `service`.
    #[serde(default)]
    pub service: BTreeMap<String, f32>,
    /// People on foot.
    pub walk: Access,
    /// Bicycles.
    pub bike: Access,
    /// Cars.
    pub car: Access,
    /// Seconds lost by a car at a node with this tag (`key=value`).
    #[serde(default)]
    pub delay: BTreeMap<String, f32>,
    /// Who passes a barrier, by value of `barrier`; `other` for those not listed (without it nobody
    /// passes them). With no line at all, barriers are not looked at.
    #[serde(default)]
    pub barrier: BTreeMap<String, Vec<Mode>>,
}

/// A class of street.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Its tag; `highway=NAME` when left out.
    #[serde(default)]
    pub tag: Option<String>,
    /// Open to people on foot.
    #[serde(default)]
    pub walk: bool,
    /// Speed of bicycles, km/h; 0 = closed.
    #[serde(default)]
    pub bike: f32,
    /// Speed of cars, km/h; 0 = closed.
    #[serde(default)]
    pub car: f32,
    /// One-way for vehicles unless a tag says otherwise.
    #[serde(default)]
    pub oneway: bool,
    /// Modes that the class is made for: only the last key of their access closes it to them, not a general one.
    #[serde(default)]
    pub made_for: Vec<Mode>,
}

/// How one mode reads tags.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// Keys that open or close, from the general to the particular.
    pub keys: Vec<String>,
    /// Values that open.
    pub open: Vec<String>,
    /// Values that close.
    pub closed: Vec<String>,
    /// Keys that make one-way, from the general to the particular.
    pub oneway: Vec<String>,
    /// Tags that let the mode go against a one-way street.
    pub contraflow: Vec<String>,
    /// Tags that open a street, unless the last key closes it.
    pub opened_by: Vec<String>,
    /// Tags that close a street unless a key opens it.
    pub closed_by: Vec<String>,
    /// Speed, km/h, where a key opens a class that is closed by default.
    pub opened_speed: f32,
    /// What a posted limit is multiplied by; 0 = limits are not read.
    pub limit_factor: f32,
    /// What the speed of a class is multiplied by in a built-up area; 0 = nothing.
    pub urban_factor: f32,
    /// Upper end of speeds, km/h; 0 = none.
    pub fastest: f32,
    /// Keys that may name a limit by its zone.
    pub zone_keys: Vec<String>,
    /// Limit of each zone, km/h.
    pub zones: BTreeMap<String, f32>,
}

impl Rules {
    /// The rules used when none are named.
    #[expect(clippy::expect_used, reason = "the file is part of the program and read by a test")]
    pub fn standard() -> Rules {
        toml::from_str(STANDARD).expect("the standard rules are sound")
    }

    /// A graph for comparing engines: nearly everything open on foot in both directions, nothing to vehicles.
    #[expect(clippy::expect_used, reason = "the file is part of the program and read by a test")]
    pub fn neutral() -> Rules {
        toml::from_str(NEUTRAL).expect("the neutral rules are sound")
    }

    /// The set of this name.
    pub fn named(name: &str) -> Option<Rules> {
        match name {
            "standard" => Some(Rules::standard()),
            "neutral" => Some(Rules::neutral()),
            _ => None,
        }
    }

    /// The rules of a TOML text; `path` is what findings call the file. Without rules the file is not usable.
    ///
    /// # Errors
    /// Findings: not TOML or an unknown key (F018), a tag that is not `key=value` or a speed that is none (N007).
    pub fn parse(path: &str, text: &str) -> Result<Rules, Vec<Finding>> {
        let mut problems = Problems::new(path);
        match toml::from_str::<Rules>(text) {
            Ok(rules) => {
                for message in rules.faults() {
                    problems.add(&N007, "", (0, 0), message, "correct it; the standard rules show every key");
                }
                if problems.is_empty() { Ok(rules) } else { Err(problems.finish()) }
            }
            Err(error) => {
                let at = error.span().map_or((0, 0), |span| csv::place(text, (0, 1), span.start));
                problems.add(&F018, "", at, error.message(), "correct it; the standard rules show every key");
                Err(problems.finish())
            }
        }
    }

    /// What is wrong with the values, each in one sentence.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let access = [&self.walk, &self.bike, &self.car];
        let tags = (self.skip.iter().chain(&self.apart))
            .chain(self.class.values().filter_map(|class| class.tag.as_ref()))
            .chain(access.iter().flat_map(|a| a.contraflow.iter().chain(&a.opened_by).chain(&a.closed_by)))
            .chain(self.delay.keys());
        for tag in tags.filter(|tag| tag.split_once('=').is_none_or(|(key, value)| key.is_empty() || value.is_empty()))
        {
            faults.push(format!("\"{tag}\" is not a tag: it lacks the form key=value"));
        }
        let wrong = |number: f32| !(0.0..=1000.0).contains(&number);
        let other = "other".to_owned();
        for (name, class) in self.class.iter().chain(self.other.as_ref().map(|class| (&other, class))) {
            if wrong(class.bike) || wrong(class.car) {
                faults.push(format!("the speed of class {name} lies outside 0 to 1000 km/h"));
            }
        }
        for (key, &number) in self.service.iter().chain(access.iter().flat_map(|a| &a.zones)) {
            if wrong(number) {
                faults.push(format!("the speed {key} lies outside 0 to 1000 km/h"));
            }
        }
        for (key, _) in self.delay.iter().filter(|(_, seconds)| wrong(**seconds)) {
            faults.push(format!("the delay {key} lies outside 0 to 1000 s"));
        }
        for rule in access {
            let numbers = [rule.opened_speed, rule.limit_factor, rule.urban_factor, rule.fastest];
            if numbers.into_iter().any(wrong) {
                faults.push("a speed or factor of a mode lies outside 0 to 1000".to_owned());
            }
        }
        faults
    }
}
