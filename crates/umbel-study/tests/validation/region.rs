//! Regions written for one check, and the figures that come out of them.

use crate::support::open;
use std::fmt::Write;
use tempfile::TempDir;
use umbel_core::{Period, Symbol};
use umbel_study::{Study, View};

/// A region with the places p0, p1 ... below it.
pub struct Region {
    pub places: String,
    pub indicators: String,
    pub observations: String,
    pub links: String,
    pub flows: String,
    pub projects: String,
    pub stages: String,
    pub targets: String,
    pub claims: String,
    pub measures: String,
}

impl Region {
    pub fn new(parts: usize) -> Region {
        let mut places = "place_id,kind,name,parent_id,lon,lat,source_id\nregion,region,Region,,,,s\n".to_owned();
        (0..parts).for_each(|part| writeln!(places, "p{part},part,P,region,,,s").expect("text"));
        Region {
            places,
            indicators: "indicator_id,title,unit,direction,kind,aggregation,weight\n".to_owned(),
            observations: "indicator_id,place_id,period,vintage,value,source_id\n".to_owned(),
            links: "link_id,kind,from_place_id,to_place_id,length,time,opened,closed,source_id\n".to_owned(),
            flows: "kind,origin_id,destination_id,period,value,unit,source_id\n".to_owned(),
            projects: "project_id,title,kind,lead_place_id,start,cost,cost_unit,source_id\n".to_owned(),
            stages: "project_id,stage,date,source_id\n".to_owned(),
            targets: "target_id,title,indicator_id,place_id,period,direction,value,force,baseline,source_id\n"
                .to_owned(),
            claims: "claim_id,system,statement,indicator_id,place_id,period,comparator,value,tolerance,source_id\n"
                .to_owned(),
            measures: String::new(),
        }
    }

    pub fn indicator(&mut self, id: &str, unit: &str) -> &mut Region {
        writeln!(self.indicators, "{id},T,{unit},none,stock,none,").expect("text");
        self
    }

    pub fn figure(&mut self, indicator: &str, place: &str, period: &str, value: &str) {
        writeln!(self.observations, "{indicator},{place},{period},,{value},s").expect("text");
    }

    pub fn measure(&mut self, id: &str, keys: &str) {
        writeln!(self.measures, "[{id}]\ntitle = \"M\"\n{keys}\n").expect("text");
    }

    pub fn study(&self) -> (TempDir, Study) {
        let tables: [(&str, &str); 11] = [
            ("places", &self.places),
            ("indicators", &self.indicators),
            ("observations", &self.observations),
            ("links", &self.links),
            ("flows", &self.flows),
            ("projects", &self.projects),
            ("stages", &self.stages),
            ("targets", &self.targets),
            ("claims", &self.claims),
            ("scales", "scale,rank,code,title\nstage,1,planned,P\nstage,2,started,S\nstage,3,operating,O\n"),
            ("sources", "source_id,title,published,licence,obtained,mark\ns,S,2020,CC0-1.0,typed,sourced\n"),
        ];
        let report = "period = \"2020\"\nregion = \"region\"\nlanguages = [\"en\"]\ntitle = \"T\"\n";
        let (folder, study, told) = open(&tables, &[("m", &self.measures)], report);
        assert_eq!(told, [""; 0]);
        (folder, study)
    }
}

/// The figure of a measure, which must be there.
pub fn figure(study: &Study, measure: &str, place: &str, period: &str) -> f64 {
    let id = |text: &str| study.region.symbols.get(text).expect(text);
    let node = study.node(id(measure), View::default()).expect(measure);
    let period = Period::parse(period).expect("a period");
    let row = node.series.find(id(place), period, Symbol::NONE, study.ranks());
    let row = row.unwrap_or_else(|| panic!("{measure}@{place}@{period} has no row"));
    node.series.value(row).unwrap_or_else(|| panic!("{measure}@{place}@{period} has no value"))
}
