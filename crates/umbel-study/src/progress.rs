//! The method `progress`: how every target stands.
//!
//! *Achieved pace*: change a year from the baseline to the latest figure. *Needed pace*: change a year from the latest
//! figure to the target. A target is
//! - *met* when the latest figure not after its period satisfies it,
//! - *on track* when the achieved pace is at least the needed one,
//! - *slipping* when the figure moves the right way, but too slowly,
//! - *off track* when it does not move, moves the wrong way, or the figure of the target's own period does not satisfy it,
//! - *without data* when there is no figure, or only one and it does not satisfy the target.

use crate::judge::{self, Statement};
use crate::reads::Indicators;
use crate::results::{Figure, TargetResult, TargetStatus, View};
use crate::study::Study;
use umbel_core::{Comparator, Evidence, Period, Symbol};
use umbel_table::Target;

/// A figure of the target's indicator and place: row, period, value in the target's unit.
#[derive(Clone, Copy)]
struct Point {
    row: usize,
    period: Period,
    value: f64,
}

impl Study {
    /// Judges every target, in the order of the table, on the latest releases.
    pub fn targets(&self) -> Vec<TargetResult> {
        self.region.targets.iter().enumerate().map(|(index, target)| self.target(index, target)).collect()
    }

    fn target(&self, index: usize, target: &Target) -> TargetResult {
        let info = self.graph.infos.info(target.indicator);
        let unit = target.unit.clone().or_else(|| info.map(|info| info.unit.clone())).unwrap_or_default();
        let wanted = match target.direction.as_str() {
            "at_least" => (target.value, None),
            "at_most" => (None, target.value),
            "within" => (target.low, target.high),
            _ => (target.value, target.value),
        };
        let mut result = TargetResult {
            target: index,
            status: TargetStatus::NoData,
            unit: unit.clone(),
            wanted,
            baseline: None,
            latest: None,
            pace_achieved: None,
            pace_needed: None,
            evidence: Evidence::None,
            figure: None,
        };
        let Ok(node) = self.node(target.indicator, View::default()) else { return result };
        let series = &node.series;
        let rows = self.rows_at(series, target.place).filter(|&row| series.breakdown[row] == Symbol::NONE);
        let point = |row: usize| {
            let value = series.unit.convert(series.value(row)?, &unit)?;
            Some(Point { row, period: series.period[row], value })
        };
        let points: Vec<Point> = rows.filter_map(point).collect();
        let before = points.iter().filter(|point| point.period.end() <= target.period.end());
        let rank = |point: &&Point| (point.period.end(), same_form(point.period, target.period), point.period.start());
        let Some(latest) = before.max_by_key(rank).copied() else { return result };
        let figure = Figure { node: node.clone(), row: latest.row };
        result.evidence = self.evidence(&figure, target.source);
        result.latest = Some((latest.value, latest.period));
        result.figure = Some(figure);
        let baseline = match target.baseline {
            Some(period) => points.iter().find(|point| point.period == period),
            None => points.iter().find(|point| same_form(point.period, latest.period)),
        };
        let baseline = baseline.filter(|point| point.period.end() < latest.period.end());
        result.baseline = baseline.map(|point| (point.value, point.period));
        let bound = series.bound[latest.row];
        let decimals = info.and_then(|info| info.decimals).map_or(9, i32::from);
        let satisfied = satisfied(wanted, latest.value, bound, 0.5 * 10_f64.powi(-decimals));
        // The end of the wanted range that is nearest to the latest figure.
        let goal = match wanted {
            (Some(low), _) if latest.value < low => Some(low),
            (_, Some(high)) if latest.value > high => Some(high),
            (low, high) => low.or(high),
        };
        let years_done = baseline.map(|point| point.period.years_until(latest.period)).filter(|&years| years > 0.0);
        let change = baseline.map(|point| latest.value - point.value);
        result.pace_achieved = change.zip(years_done).map(|(change, years)| change / years);
        let years_left = latest.period.years_until(target.period);
        if years_left > 0.0 && !satisfied {
            result.pace_needed = goal.map(|goal| (goal - latest.value) / years_left);
        }
        result.status = match (satisfied, result.pace_achieved, result.pace_needed) {
            _ if goal.is_none() => TargetStatus::NoData,
            (true, ..) => TargetStatus::Met,
            (_, _, None) => TargetStatus::OffTrack,
            (_, None, _) => TargetStatus::NoData,
            (_, Some(achieved), Some(needed)) => pace(achieved, needed),
        };
        result
    }

    /// Rows of one place in a series, by binary search.
    pub(crate) fn rows_at(&self, series: &umbel_table::Series, place: Symbol) -> std::ops::Range<usize> {
        let rank = |symbol: Symbol| self.ranks.get(symbol.index()).copied().unwrap_or(u32::MAX);
        let start = series.place.partition_point(|&p| rank(p) < rank(place));
        let length = series.place[start..].partition_point(|&p| p == place);
        start..start + length
    }
}

/// Whether both are years, both months, both intervals and so on.
fn same_form(a: Period, b: Period) -> bool {
    let ((a_from, a_to), (b_from, b_to)) = (a.atoms(), b.atoms());
    std::mem::discriminant(&a_from) == std::mem::discriminant(&b_from) && a_to.is_some() == b_to.is_some()
}

fn satisfied(wanted: (Option<f64>, Option<f64>), value: f64, bound: umbel_core::Bound, rounding: f64) -> bool {
    let test = |comparator, said, tolerance| {
        judge::holds(&Statement { comparator, value: said, high: None, tolerance }, value, bound) == Some(true)
    };
    match wanted {
        (None, None) => false,
        (Some(low), Some(high)) if low == high => test(Comparator::Equal, low, rounding),
        (low, high) => {
            low.is_none_or(|low| test(Comparator::GreaterEqual, low, 0.0))
                && high.is_none_or(|high| test(Comparator::LessEqual, high, 0.0))
        }
    }
}

fn pace(achieved: f64, needed: f64) -> TargetStatus {
    if achieved == 0.0 || achieved.signum() != needed.signum() {
        TargetStatus::OffTrack
    } else if achieved.abs() >= needed.abs() {
        TargetStatus::OnTrack
    } else {
        TargetStatus::Slipping
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use umbel_core::Bound;

    #[test]
    fn compares_paces() {
        assert_eq!(pace(-3.0, -2.0), TargetStatus::OnTrack);
        assert_eq!(pace(-1.0, -2.0), TargetStatus::Slipping);
        assert_eq!(pace(1.0, -2.0), TargetStatus::OffTrack);
        assert_eq!(pace(0.0, 2.0), TargetStatus::OffTrack);
    }

    #[test]
    fn a_range_has_two_ends() {
        assert!(satisfied((Some(1.0), Some(2.0)), 1.5, Bound::Exact, 0.0));
        assert!(!satisfied((Some(1.0), Some(2.0)), 2.5, Bound::Exact, 0.0));
        assert!(!satisfied((Some(3000.0), None), 3000.0, Bound::Below, 0.0));
        assert!(satisfied((Some(3.0), Some(3.0)), 3.04, Bound::Exact, 0.05));
    }
}
