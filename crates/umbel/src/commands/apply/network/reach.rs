//! `umbel apply reach`: opportunities within reach of each origin.

use super::data::{Data, Halt};
use super::{out, times};
use crate::output::{Ended, Outcome, Stop};
use std::collections::BTreeMap;
use umbel_study::methods::reach::Reach;
use umbel_study::network::reaching::{Amount, Labels, Reaching, groups};
use umbel_study::network::{OnNetwork, Points, Seconds};
use umbel_table::stream::{Cells, Id, Kind, StreamWriter};

/// Computes what is reached and writes a row for each origin.
pub fn run(data: &Data<'_>) -> Ended {
    match reach(data) {
        Ok(()) => Ok(Outcome::Fine),
        Err(halt) => halt.ended(),
    }
}

/// The jurisdictions of origins and destinations as numbers, and how many there are.
fn borders(data: &Data<'_>, column: &str, pairs: (&Points, &Points)) -> Result<(Vec<usize>, Labels), Halt> {
    let of =
        |points: &Points| points.words(column, "--border").map(|all| all.iter().map(|w| (*w).to_owned()).collect());
    let from: Vec<String> = data.sound(of(pairs.0))?;
    let to: Vec<String> = data.sound(of(pairs.1))?;
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    from.iter().chain(&to).for_each(|name| {
        numbers.entry(name).or_insert(0);
    });
    numbers.values_mut().enumerate().for_each(|(at, number)| *number = at);
    let label = |name: &String| numbers.get(name.as_str()).copied().unwrap_or(0);
    Ok((from.iter().map(label).collect(), (to.iter().map(|name| label(name) as u32).collect(), numbers.len())))
}

fn reach(data: &Data<'_>) -> Result<(), Halt> {
    let method: Reach = data.parameters()?;
    if method.opportunities.is_empty() {
        return Err(Stop::Usage(
            "--opportunities COLUMN,.. names the columns of the destinations to be counted".to_owned(),
        )
        .into());
    }
    if method.cutoffs.is_empty() && method.decay.is_empty() && method.nth.is_empty() {
        return Err(Stop::Usage(
            "say what counts: --cutoffs 30min,60min, --decay exponential:0.05 or --nth 1".to_owned(),
        )
        .into());
    }
    let trip = method.trip();
    data.check(&trip)?;
    let form = (data.text("out"), data.text("format"));
    out::form(form.0, form.1)?;
    if !method.groups.is_empty() && data.text("group-report").is_none() {
        return Err(Stop::Usage("--group-report FILE says where the figures of the groups go".to_owned()).into());
    }
    let (origins, destinations) = data.pairs()?;
    let mut columns = Vec::new();
    for name in &method.opportunities {
        let amounts = data.sound(destinations.amounts(name, "--opportunities"))?;
        columns.push(amounts.into_iter().map(|amount| amount.unwrap_or(0.0)).collect());
    }
    let (labels, jurisdictions) = match &method.border {
        Some(column) => {
            let (from, to) = borders(data, column, (&origins, &destinations))?;
            (from, Some(to))
        }
        None => (vec![0; origins.len()], None),
    };
    let mut people = Vec::new();
    for name in &method.groups {
        let amounts = data.sound(origins.amounts(name, "--groups"))?;
        people.push(amounts.into_iter().map(|amount| amount.unwrap_or(0.0)).collect::<Vec<f64>>());
    }
    let reaching = Reaching::new(&method, columns, jurisdictions).map_err(Stop::Usage)?;
    let mut results = Results::new(data, form, &reaching, &origins, &method)?;
    let mut take = |origin: usize, row: &[Seconds]| -> Result<(), Stop> {
        results.take(origin, &reaching.of(row, labels[origin]).map_err(Stop::Failed)?)
    };
    match times::given(data, (&origins, &destinations))? {
        Some(given) => {
            for origin in 0..origins.len() {
                take(origin, &given.seconds(origin, destinations.len()))?;
            }
        }
        None => {
            let network = data.network(&trip)?;
            let linked = data.linked(&network, &trip, (&origins, &destinations))?;
            let travel = data.travel(&linked, (&origins, &destinations))?;
            times::rows(data, &travel, &trip, origins.len(), take)?;
        }
    }
    results.finish(data, &method.groups, &people)
}

/// The rows written, and what the groups need of them.
struct Results<'a> {
    table: StreamWriter<'static>,
    ids: Vec<Id>,
    header: Vec<String>,
    /// For each column its figures, kept where there are groups.
    kept: Vec<Vec<Option<f64>>>,
    grouped: bool,
    path: Option<&'a str>,
}

impl<'a> Results<'a> {
    fn new(
        data: &Data<'a>,
        form: (Option<&str>, Option<&str>),
        reaching: &Reaching,
        origins: &Points,
        method: &Reach,
    ) -> Result<Results<'a>, Stop> {
        let header = reaching.header();
        let columns = header.iter().map(|name| (name.clone(), Kind::Number));
        let columns: Vec<(String, Kind)> = std::iter::once(("id".to_owned(), Kind::Text)).chain(columns).collect();
        Ok(Results {
            table: out::table(form.0, form.1, &columns, data.console)?,
            ids: origins.ids.iter().map(|id| Id::new(id)).collect(),
            kept: vec![Vec::new(); header.len()],
            grouped: !method.groups.is_empty(),
            header,
            path: data.text("group-report"),
        })
    }

    fn take(&mut self, origin: usize, row: &[Amount]) -> Result<(), Stop> {
        let numbers: Vec<[Option<f64>; 1]> = row.iter().map(|amount| [amount.number()]).collect();
        if self.grouped {
            self.kept.iter_mut().zip(&numbers).for_each(|(kept, number)| kept.push(number[0]));
        }
        let mut cells = vec![Cells::Same(&self.ids[origin])];
        cells.extend(numbers.iter().map(|number| Cells::Numbers(number)));
        self.table.rows(1, &cells).map_err(out::wrong)
    }

    fn finish(self, data: &Data<'_>, names: &[String], people: &[Vec<f64>]) -> Result<(), Halt> {
        self.table.finish().map_err(out::wrong)?;
        let Some(path) = self.path.filter(|_| self.grouped) else { return Ok(()) };
        let header = [
            ("group", Kind::Text),
            ("of", Kind::Text),
            ("people", Kind::Number),
            ("without", Kind::Number),
            ("mean", Kind::Number),
            ("gini", Kind::Number),
            ("palma", Kind::Number),
        ];
        let header = header.map(|(name, kind)| (name.to_owned(), kind));
        let mut table = out::table(Some(path), None, &header, data.console)?;
        let people: Vec<&[f64]> = people.iter().map(Vec::as_slice).collect();
        for (name, values) in self.header.iter().zip(&self.kept) {
            let of = Id::new(name);
            let figures = groups(values, &people).map_err(Stop::Failed)?;
            for (group, figure) in names.iter().zip(figures) {
                let numbers =
                    [Some(figure.mean.people), Some(figure.mean.without), figure.mean.mean, figure.gini, figure.palma];
                let numbers = numbers.map(|number| [number]);
                let group = Id::new(group);
                let mut cells = vec![Cells::Same(&group), Cells::Same(&of)];
                cells.extend(numbers.iter().map(|number| Cells::Numbers(number)));
                table.rows(1, &cells).map_err(out::wrong)?;
            }
        }
        Ok(table.finish().map_err(out::wrong)?)
    }
}
