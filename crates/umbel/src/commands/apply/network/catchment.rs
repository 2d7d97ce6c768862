//! `umbel apply catchment`: supply that many share.

use super::data::{Data, Halt};
use super::{out, times};
use crate::output::{Ended, Outcome, Stop};
use umbel_study::methods::catchment::Catchment;
use umbel_study::network::OnNetwork;
use umbel_study::network::sharing::{Costs, shared};
use umbel_table::stream::{Cells, Id, Kind};

/// Computes catchments and writes a row for each origin.
pub fn run(data: &Data<'_>) -> Ended {
    match catchment(data) {
        Ok(()) => Ok(Outcome::Fine),
        Err(halt) => halt.ended(),
    }
}

fn catchment(data: &Data<'_>) -> Result<(), Halt> {
    let method: Catchment = data.parameters()?;
    method.weights().map_err(Stop::Usage)?;
    let trip = method.trip();
    data.check(&trip)?;
    let form = (data.text("out"), data.text("format"));
    out::form(form.0, form.1)?;
    let (origins, destinations) = data.pairs()?;
    let amounts = |points: &umbel_study::network::Points, column: &str, option: &str| -> Result<Vec<f64>, Halt> {
        let amounts = data.sound(points.amounts(column, option))?;
        Ok(amounts.into_iter().map(|amount| amount.unwrap_or(0.0)).collect())
    };
    let demand = amounts(&origins, &method.demand, "--demand")?;
    let supply = amounts(&destinations, &method.supply, "--supply")?;
    let mut pairs: Vec<(u32, u32, f64)> = Vec::new();
    match times::given(data, (&origins, &destinations))? {
        Some(given) => {
            for origin in 0..origins.len() {
                pairs.extend(given.from(origin).iter().map(|&(to, minutes)| (origin as u32, to, minutes)));
            }
        }
        None => {
            let network = data.network(&trip)?;
            let linked = data.linked(&network, &trip, (&origins, &destinations))?;
            let travel = data.travel(&linked, (&origins, &destinations))?;
            times::rows(data, &travel, &trip, origins.len(), |origin, row| {
                let reached = row.iter().enumerate().filter_map(|(to, time)| Some((to, time.get()?)));
                pairs.extend(reached.map(|(to, seconds)| (origin as u32, to as u32, f64::from(seconds) / 60.0)));
                Ok(())
            })?;
        }
    }
    let costs = Costs::from_pairs(origins.len(), destinations.len(), &pairs);
    drop(pairs);
    let costs = costs.map_err(|error| Stop::Failed(error.to_string()))?;
    let found = shared(&method, &costs, &demand, &supply).map_err(Stop::Failed)?;
    let header: Vec<(String, Kind)> = std::iter::once(("id".to_owned(), Kind::Text))
        .chain(found.columns.iter().map(|(name, _)| ((*name).to_owned(), Kind::Number)))
        .collect();
    let ids: Vec<Id> = origins.ids.iter().map(|id| Id::new(id)).collect();
    let mut table = out::table(form.0, form.1, &header, data.console)?;
    let mut cells = vec![Cells::Ids(&ids)];
    cells.extend(found.columns.iter().map(|(_, values)| Cells::Numbers(values)));
    table.rows(ids.len(), &cells).map_err(out::wrong)?;
    table.finish().map_err(out::wrong)?;
    if found.supply_unreached > 0.0 {
        data.console.remark(format!("supply that no demand reaches: {}", found.supply_unreached));
    }
    Ok(())
}
