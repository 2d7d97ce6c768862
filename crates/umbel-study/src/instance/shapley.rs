//! The Shapley value: a total divided among those who bring it about.

use super::games::{Numbers, Stated, Worth, read};
use super::{Instance, Solved};
use crate::analysis::{Figure, Outcome, Table, seed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::Finding;
use umbel_core::code::F022;
use umbel_optimize::Error;
use umbel_optimize::attribution::interaction::{self, MOST_PAIRED, pairs};
use umbel_optimize::attribution::marginal::marginal;
use umbel_optimize::attribution::sampled::MOST_SAMPLED;
use umbel_optimize::attribution::weighted_vote::WeightedVote;
use umbel_optimize::attribution::{Design, MOST_EXACT, Mask, Method, Rational, Shares, airport, recompute, shapley};
use umbel_table::instance::{Reader, decode};

/// Parameters of `shapley`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shapley {
    /// The most players of whom every coalition is looked at, up to 24; of more, orders are drawn at random. Votes and
    /// airports have closed forms, which are exact for more players.
    #[serde(default = "exact_up_to")]
    pub exact_up_to: u32,
    /// Orders drawn at random, each second one the reverse of the one before: an even number from 4 to 1,048,576.
    #[serde(default = "permutations")]
    pub permutations: u32,
    /// Seed of the random orders.
    #[serde(default = "seed")]
    pub seed: u64,
}

fn exact_up_to() -> u32 {
    20
}

fn permutations() -> u32 {
    1000
}

/// Players of a closed form whose coalitions are all looked at to check it.
const CHECKED_BY_ALL: usize = 20;
/// Steps that counting the coalitions of a vote anew may take.
const MOST_STEPS: u64 = 2_000_000_000;

impl Instance for Shapley {
    const NAME: &'static str = "shapley";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "The Shapley value: what each player (a project, a party) contributes to a total.";
    const FORMULA: &'static str = "share of i = Σ s! (n − s − 1)! / n! (v(S + i) − v(S)) over the coalitions S of s players without i: \
        the mean of what i adds over all orders of the players; alone = v(i) − v(∅), leave one out = v(N) − v(N − i); \
        interaction of i and j = Σ s! (n − s − 2)! / (n − 1)! (v(S + i + j) − v(S + i) − v(S + j) + v(S))";
    const CITATION: &'static str = "Shapley, A value for n-person games, Annals of Mathematics Studies 28, 1953, section 3; \
        interaction: Grabisch and Roubens, International Journal of Game Theory 28, 1999; votes: Mann and Shapley, RAND \
        RM-3158, 1962; airports: Littlechild and Owen, Management Science 20(3), 1973; random orders and their reverses: Mitchell, \
        Cooper, Frank and Holmes, Journal of Machine Learning Research 23, 2022.";
    const ASSUMPTIONS: &'static str = "Every coalition could come about, and every order of the players counts the same. v(∅) need not \
        be 0: what is divided is v(N) − v(∅). Numbers are taken as they are written (0.1 is a tenth), and shares are exact \
        fractions unless they have more than 18 digits after the point. Each share of up to 24 players is computed a second \
        time in another way (all orders, dividends of coalitions, or counting anew), and `checked` says whether both agree \
        and the shares add up exactly.";
    const NOT_FOR: &'static str = "Projects that can only be built one after the other: a share is a mean over coalitions that could \
        never be formed. What each adds in the order in which they are built says more there.";
    const EXAMPLE: &'static str =
        r#"{"type": "value-table", "players": ["bridge", "railway"], "value_by_bitmask": [0, 3, 5, 10]}"#;

    fn problems(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if self.exact_up_to as usize > MOST_EXACT {
            found.push(("exact_up_to".to_owned(), format!("{} is more than {MOST_EXACT}", self.exact_up_to)));
        }
        if !self.permutations.is_multiple_of(2) || !(4..=1 << 20).contains(&self.permutations) {
            let message = format!("{} is not an even number from 4 to 1,048,576", self.permutations);
            found.push(("permutations".to_owned(), message));
        }
        found
    }

    fn solve(&self, path: &str, bytes: Vec<u8>) -> Result<Solved, Vec<Finding>> {
        let text = decode(path, bytes)?;
        let mut reader = Reader::new(path, &text);
        let Some((objects, list)) = reader.objects("a game") else { return Err(reader.finish()) };
        let mut outcomes = Vec::with_capacity(objects.len());
        for object in &objects {
            let Some(game) = read(&mut reader, object) else { continue };
            match self.divide(&game) {
                Ok(found) => outcomes.push(found.outcome(&game)),
                Err(error) => {
                    reader.tell(&F022, object.text(), format!("the game cannot be solved: {error}"), F022.mend)
                }
            }
        }
        if reader.is_fine() { Ok(Solved { outcomes, list }) } else { Err(reader.finish()) }
    }
}

/// What was found of a game.
#[derive(Default)]
struct Found {
    shares: Vec<f64>,
    fractions: Option<Vec<Rational>>,
    total: f64,
    alone: Vec<f64>,
    leave_one_out: Vec<f64>,
    interaction: Option<Vec<f64>>,
    standard_errors: Option<Vec<f64>>,
    checked: bool,
    notes: Vec<String>,
}

const OVERFLOW: Error = Error::Overflow { what: "a share", limit: "127 bits" };

/// Fractions of integers over the scale that the integers have.
fn scaled(fractions: &[Rational], scale: i128) -> Result<Vec<Rational>, Error> {
    fractions.iter().map(|fraction| fraction.checked_div(scale).ok_or(OVERFLOW)).collect()
}

/// An integer over its scale as a double.
fn double(integer: i128, scale: i128) -> f64 {
    Rational::new(integer, scale).map_or(f64::NAN, Rational::to_f64)
}

/// A figure of every coalition, each from the one without its first player.
fn every<T: Copy>(players: usize, nobody: T, with: impl Fn(T, usize) -> T) -> Vec<T> {
    let mut all = vec![nobody; 1 << players];
    for set in 1..all.len() {
        all[set] = with(all[set & (set - 1)], set.trailing_zeros() as usize);
    }
    all
}

impl Shapley {
    fn divide(&self, game: &Stated) -> Result<Found, Error> {
        match &game.worth {
            Worth::Vote(vote) => self.vote(vote),
            Worth::Airport(costs) => airport(costs),
            Worth::Table(table) => {
                let players = table.values.len().ilog2() as usize;
                if players > self.exact_up_to as usize {
                    let exact = |set: Mask| Some(table.exact.as_ref()?.0[set as usize]);
                    return self.sampled(players, |set| table.values[set as usize], exact);
                }
                match &table.exact {
                    Some((integers, scale)) => exact(players, integers, *scale),
                    None => doubles(players, &table.values),
                }
            }
        }
    }

    /// Orders drawn at random.
    fn sampled(
        &self,
        players: usize,
        value: impl Fn(Mask) -> f64,
        exact: impl Fn(Mask) -> Option<i128>,
    ) -> Result<Found, Error> {
        let method = Method::Sampled { permutations: self.permutations, seed: self.seed };
        let design = Design::new(players, method)?;
        let values: Vec<f64> = design.masks().iter().map(|&set| value(set)).collect();
        let found = design.attribute(&values)?;
        let mut notes = vec![format!(
            "{players} players: the shares are means over {} orders drawn at random ({} coalitions), with standard errors; \
             they were not computed a second time",
            self.permutations,
            values.len()
        )];
        // The changes along each order add up to the total, so the exact means do.
        let integers: Option<Vec<i128>> = design.masks().iter().map(|&set| exact(set)).collect();
        let checked = match integers {
            Some(integers) => {
                let total = integers[integers.len() - 1] - integers[0];
                Rational::sum(&design.fractions(&integers)?) == Some(Rational::from(total))
            }
            None => found.shares.adds_up,
        };
        notes.extend(about_nobody(values[0]));
        notes.extend(about_sum(found.shares.adds_up));
        Ok(Found {
            shares: found.shares.values,
            total: found.shares.total,
            alone: found.alone,
            leave_one_out: found.leave_one_out,
            standard_errors: found.standard_errors,
            checked,
            notes,
            ..Found::default()
        })
    }

    fn vote(&self, vote: &WeightedVote) -> Result<Found, Error> {
        let players = vote.players();
        let all = |players| {
            let sums = every(players, 0_u64, |sum, player| sum + vote.weights()[player]);
            sums.into_iter().map(|sum| i128::from(sum >= vote.quota())).collect::<Vec<i128>>()
        };
        if let Err(why) = vote.countable() {
            return match players {
                _ if players <= self.exact_up_to as usize => exact(players, &all(players), 1),
                ..=MOST_SAMPLED => self.sampled(players, |set| vote.value(set) as f64, |set| Some(vote.value(set))),
                _ => Err(why),
            };
        }
        let fractions = vote.shapley()?;
        let won = |is_in: &dyn Fn(usize) -> bool| vote.wins(is_in);
        let change = |from: bool, to: bool| f64::from(i8::from(to) - i8::from(from));
        let everybody = won(&|_| true);
        let mut found = Found {
            total: f64::from(u8::from(everybody)),
            alone: (0..players).map(|player| change(false, won(&|other| other == player))).collect(),
            leave_one_out: (0..players).map(|player| change(won(&|other| other != player), everybody)).collect(),
            ..Found::default()
        };
        let again = if players <= CHECKED_BY_ALL {
            Some(shapley::exact(players, &all(players))?)
        } else if vote.counts().saturating_mul((players * players) as u64) <= MOST_STEPS {
            Some(vote.recompute()?)
        } else {
            found.notes.push("too many players to compute the shares a second time: their sum was checked".to_owned());
            None
        };
        if players <= MOST_PAIRED {
            let fractions = interaction::exact(players, &all(players))?;
            found.interaction = Some(fractions.into_iter().map(Rational::to_f64).collect());
        }
        if !everybody {
            found
                .notes
                .push("all weights together do not reach the quota: nobody wins, and every share is 0".to_owned());
        }
        let agrees = again.is_none_or(|again| again == fractions);
        Ok(found.with_fractions(fractions, Rational::from(i128::from(everybody)), agrees))
    }
}

impl Found {
    /// The same with exact shares of a total, which agree with those computed a second time or do not.
    fn with_fractions(mut self, fractions: Vec<Rational>, total: Rational, agrees: bool) -> Found {
        let nearest = fractions.iter().map(|fraction| fraction.to_f64()).collect();
        let shares = Shares::of(nearest, total.to_f64());
        self.checked = agrees && Rational::sum(&fractions) == Some(total);
        self.notes.extend(about_sum(shares.adds_up));
        Found { shares: shares.values, total: shares.total, fractions: Some(fractions), ..self }
    }

    /// Figures and lists for programs, tables for people.
    fn outcome(self, game: &Stated) -> Outcome {
        let players = game.players.len();
        let mut outcome = Outcome::new();
        if let Some(name) = &game.name {
            outcome.figure("name", name.as_str());
        }
        outcome.figure("players", game.players.clone()).figure("values", self.shares.clone());
        let texts = self.fractions.map(|all| all.iter().map(Rational::to_string).collect::<Vec<_>>());
        if let Some(texts) = &texts {
            outcome.figure("fractions", texts.clone());
        }
        outcome.figure("total", self.total);
        outcome.figure("leave_one_out", self.leave_one_out.clone()).figure("alone", self.alone.clone());
        let mut of_pairs = vec![vec![None; players]; players];
        for ((first, second), value) in pairs(players).zip(self.interaction.iter().flatten()) {
            of_pairs[first][second] = Some(*value);
            of_pairs[second][first] = Some(*value);
        }
        if self.interaction.is_some() {
            outcome.figure("interaction", of_pairs.clone());
        }
        if let Some(errors) = &self.standard_errors {
            outcome.figure("standard_error", errors.clone());
        }
        outcome.figure("checked", self.checked);
        let mut shares = Table::named(game.players.clone()).values("share", &self.shares);
        if let Some(texts) = texts {
            shares = shares.figures("fraction", texts.into_iter().map(Figure::Word));
        }
        if let Some(errors) = &self.standard_errors {
            shares = shares.values("standard_error", errors);
        }
        shares = shares.values("alone", &self.alone).values("leave_one_out", &self.leave_one_out);
        outcome.table("shares", shares);
        if self.interaction.is_some() && players > 1 {
            let columns = game.players.iter().zip(of_pairs);
            let table = columns
                .fold(Table::named(game.players.clone()), |table, (name, column)| table.numbers(name.clone(), column));
            outcome.table("interaction", table);
        }
        self.notes.into_iter().for_each(|note| _ = outcome.note(note));
        outcome
    }
}

/// A note where the empty coalition has a value.
fn about_nobody(nobody: f64) -> Option<String> {
    let note = || format!("the empty coalition has the value {nobody}: what is divided is the value of all less that");
    (nobody != 0.0).then(note)
}

/// A note where doubles do not add up.
fn about_sum(adds_up: bool) -> Option<String> {
    let note = "shares of both signs are larger than their total: as doubles they add up to it but for the last digit";
    (!adds_up).then(|| note.to_owned())
}

/// All coalitions of a game of integers over a scale.
fn exact(players: usize, values: &[i128], scale: i128) -> Result<Found, Error> {
    let fractions = shapley::exact(players, values)?;
    let agrees = recompute::exact(players, values)? == fractions;
    let ends = marginal(players, values)?;
    let doubles = |integers: Vec<i128>| integers.into_iter().map(|integer| double(integer, scale)).collect();
    let interaction = if players <= MOST_PAIRED {
        let fractions = scaled(&interaction::exact(players, values)?, scale)?;
        Some(fractions.into_iter().map(Rational::to_f64).collect())
    } else {
        None
    };
    let total = Rational::new(values[values.len() - 1] - values[0], scale).ok_or(OVERFLOW)?;
    let found = Found {
        alone: doubles(ends.alone),
        leave_one_out: doubles(ends.leave_one_out),
        interaction,
        notes: about_nobody(double(values[0], scale)).into_iter().collect(),
        ..Found::default()
    };
    Ok(found.with_fractions(scaled(&fractions, scale)?, total, agrees))
}

/// All coalitions of a game of doubles.
fn doubles(players: usize, values: &[f64]) -> Result<Found, Error> {
    let shares = shapley::shapley(players, values)?;
    let agrees = recompute::agrees(players, values)?;
    let ends = marginal(players, values)?;
    let mut notes =
        vec!["the values have too many digits for exact fractions: the shares are the nearest doubles".to_owned()];
    notes.extend(about_nobody(values[0]));
    notes.extend(about_sum(shares.adds_up));
    Ok(Found {
        checked: agrees && shares.adds_up,
        shares: shares.values,
        total: shares.total,
        alone: ends.alone,
        leave_one_out: ends.leave_one_out,
        interaction: if players <= MOST_PAIRED { Some(interaction::interaction(players, values)?) } else { None },
        notes,
        ..Found::default()
    })
}

fn airport(costs: &Numbers) -> Result<Found, Error> {
    let players = costs.values.len();
    let (mut total, mut second) = (0.0_f64, 0.0_f64);
    for &cost in &costs.values {
        second = second.max(cost.min(total));
        total = total.max(cost);
    }
    // Only the dearest one saves something by staying away, when there is no other as dear.
    let lost = |cost: f64| if cost == total { total - second } else { 0.0 };
    let mut found = Found {
        total,
        alone: costs.values.clone(),
        leave_one_out: costs.values.iter().map(|&cost| lost(cost)).collect(),
        ..Found::default()
    };
    if players > CHECKED_BY_ALL {
        let note = format!("more than {CHECKED_BY_ALL} players: the shares were checked by their sum alone");
        found.notes.push(note);
    }
    let fractions = costs.exact.as_ref().and_then(|(costs, scale)| {
        let shares = airport::exact(costs).ok()?;
        Some((scaled(&shares, *scale).ok()?, costs, *scale))
    });
    let Some((fractions, integers, scale)) = fractions else {
        found.notes.push("the shares have too many digits for exact fractions: they are doubles".to_owned());
        let shares = airport::airport(&costs.values)?;
        let agrees = if players <= CHECKED_BY_ALL {
            let all = every(players, 0.0_f64, |most, player| most.max(costs.values[player]));
            if players <= MOST_PAIRED {
                found.interaction = Some(interaction::interaction(players, &all)?);
            }
            let again = shapley::shapley(players, &all)?.values;
            shares.values.iter().zip(again).all(|(one, other)| (one - other).abs() <= 1e-15 * total)
        } else {
            true
        };
        found.notes.extend(about_sum(shares.adds_up));
        return Ok(Found { checked: agrees && shares.adds_up, shares: shares.values, ..found });
    };
    let mut agrees = true;
    if players <= CHECKED_BY_ALL {
        let all = every(players, 0_i128, |most, player| most.max(integers[player]));
        if players <= MOST_PAIRED {
            let pairs = scaled(&interaction::exact(players, &all)?, scale)?;
            found.interaction = Some(pairs.into_iter().map(Rational::to_f64).collect());
        }
        agrees = scaled(&shapley::exact(players, &all)?, scale)? == fractions;
    }
    let mut ascending = integers.clone();
    ascending.sort_unstable();
    let (dearest, before) = match ascending[..] {
        [.., before, dearest] => (dearest, before),
        _ => (integers[0], 0),
    };
    let lost = |cost: i128| if cost == dearest { double(dearest - before, scale) } else { 0.0 };
    found.leave_one_out = integers.iter().map(|&cost| lost(cost)).collect();
    let total = Rational::new(dearest, scale).ok_or(OVERFLOW)?;
    Ok(found.with_fractions(fractions, total, agrees))
}
