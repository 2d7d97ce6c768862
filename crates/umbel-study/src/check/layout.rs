//! A001: indicators, places and kinds that report.toml names and that are not there.

use super::drafts::Drafts;
use crate::filter::Places;
use crate::layout::MapLayout;
use crate::study::Study;
use crate::suggest::nearest;
use umbel_core::{Finding, Location, Period, code};

/// All names in the layout.
pub fn check(study: &Study, drafts: &mut Drafts) {
    let layout = &study.layout;
    let mut names = Names { study, drafts };
    if !layout.region.is_empty() {
        names.place("region", &layout.region);
    }
    if let Some(places) = &layout.jurisdictions {
        names.places("jurisdictions", places);
    }
    names.figures("headlines", &layout.headlines);
    if let Some(population) = &layout.population {
        names.indicator("population", population);
    }
    for (number, plan) in layout.plan.iter().enumerate() {
        names.plan(&format!("plan.{number}.id"), &plan.id);
        if let Some(base) = &plan.base {
            names.plan(&format!("plan.{number}.base"), base);
        }
        for (at, indicator) in plan.indicators.iter().enumerate() {
            names.indicator(&format!("plan.{number}.indicators.{at}"), indicator);
        }
    }
    if let Some(map) = &layout.front_map {
        names.map("front_map", map);
    }
    for (number, chapter) in layout.chapter.iter().enumerate() {
        let path = |part: &str| format!("chapter.{number}.{part}");
        names.figures(&path("figures"), &chapter.figures);
        for (at, series) in chapter.series.iter().enumerate() {
            names.indicator(&path(&format!("series.{at}.indicator")), &series.indicator);
            if let Some(places) = &series.places {
                names.places(&path(&format!("series.{at}.places")), places);
            }
        }
        for (at, map) in chapter.maps.iter().enumerate() {
            names.map(&path(&format!("maps.{at}")), map);
        }
        for (at, circle) in chapter.circles.iter().enumerate() {
            let path = path(&format!("circles.{at}"));
            names.indicator(&format!("{path}.indicator"), &circle.indicator);
            names.places(&format!("{path}.places"), &circle.places);
            if let Some(share) = &circle.share {
                names.indicator(&format!("{path}.share"), share);
            }
        }
        for (at, matrix) in chapter.matrices.iter().enumerate() {
            let path = path(&format!("matrices.{at}"));
            names.places(&format!("{path}.places"), &matrix.places);
            for (number, column) in matrix.columns.iter().enumerate() {
                names.indicator(&format!("{path}.columns.{number}.indicator"), &column.indicator);
            }
        }
        for (at, statistic) in chapter.statistics.iter().enumerate() {
            names.measure(&path(&format!("statistics.{at}.measure")), &statistic.measure);
            if let Some(place) = &statistic.place {
                names.place(&path(&format!("statistics.{at}.place")), place);
            }
            if let Some(by) = &statistic.by {
                names.indicator(&path(&format!("statistics.{at}.by")), by);
            }
        }
        let region = &study.region;
        for (at, flows) in chapter.flows.iter().enumerate() {
            let held = region.flows.iter().map(|flow| region.id(flow.kind)).collect();
            names.kind(&path(&format!("flows.{at}.kind")), "flows", &flows.kind, held);
        }
        for (at, links) in chapter.links.iter().enumerate() {
            let held = region.links.iter().map(|link| region.id(link.kind)).collect();
            names.kind(&path(&format!("links.{at}.kind")), "links", &links.kind, held);
        }
    }
}

struct Names<'a> {
    study: &'a Study,
    drafts: &'a mut Drafts,
}

impl Names<'_> {
    fn tell(&mut self, path: &str, message: String, name: &str, known: &[&str]) {
        let place = self.study.layout.positions.value(path).unwrap_or_else(|| Location::new("report.toml", 0, 0));
        let fix = match nearest(name, known.iter().copied()) {
            Some(close) => format!("write \"{close}\" if that is meant"),
            None => "correct the name, or remove this part of the layout".to_owned(),
        };
        self.drafts.placed(Finding::new(&code::A001, place, message, fix));
    }

    fn indicator(&mut self, path: &str, id: &str) {
        let known = self.study.region.symbols.get(id).is_some_and(|id| self.study.indicator_info(id).is_some());
        if !known {
            let ids = self.study.indicator_ids();
            self.tell(path, format!("there is no indicator \"{id}\""), id, &ids);
        }
    }

    /// A measure whose method is an analysis.
    fn measure(&mut self, path: &str, id: &str) {
        let region = &self.study.region;
        let analyses = self.study.measures.iter().filter(|measure| measure.registration.analysis.is_some());
        let ids: Vec<&str> = analyses.map(|measure| region.id(measure.id)).collect();
        if !ids.contains(&id) {
            self.tell(path, format!("there is no measure \"{id}\" whose method is an analysis"), id, &ids);
        }
    }

    fn plan(&mut self, path: &str, id: &str) {
        let region = &self.study.region;
        let ids: Vec<&str> = region.plans.iter().map(|plan| region.id(plan.id)).collect();
        if !ids.contains(&id) {
            self.tell(path, format!("there is no plan \"{id}\""), id, &ids);
        }
    }

    fn place(&mut self, path: &str, id: &str) {
        let region = &self.study.region;
        if !region.symbols.get(id).is_some_and(|id| self.study.tree().contains(id)) {
            let ids: Vec<&str> = region.places.iter().map(|place| region.id(place.id)).collect();
            self.tell(path, format!("there is no place \"{id}\""), id, &ids);
        }
    }

    fn places(&mut self, path: &str, places: &Places) {
        match places {
            Places::One(id) => self.place(path, id),
            Places::List(ids) => {
                ids.iter().enumerate().for_each(|(at, id)| self.place(&format!("{path}.{at}"), id));
            }
            Places::Filter(_) => {}
        }
    }

    /// `indicator`, `indicator@place` or `indicator@place@period`.
    fn figures(&mut self, path: &str, figures: &[String]) {
        for (at, figure) in figures.iter().enumerate() {
            let path = format!("{path}.{at}");
            let mut parts = figure.splitn(4, '@');
            self.indicator(&path, parts.next().unwrap_or_default());
            if let Some(place) = parts.next() {
                self.place(&path, place);
            }
            if let Some(period) = parts.next().filter(|text| Period::parse(text).is_none()) {
                self.tell(&path, format!("\"{period}\" is no period"), period, &[]);
            }
        }
    }

    fn map(&mut self, path: &str, map: &MapLayout) {
        self.indicator(&format!("{path}.indicator"), &map.indicator);
        self.places(&format!("{path}.places"), &map.places);
    }

    fn kind(&mut self, path: &str, table: &str, kind: &str, held: Vec<&str>) {
        if !held.contains(&kind) {
            self.tell(path, format!("there are no {table} of kind \"{kind}\""), kind, &held);
        }
    }
}
