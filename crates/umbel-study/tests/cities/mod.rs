//! A small region on disk, and what measures make of it as lines of text.

#![allow(clippy::expect_used)]

use crate::support::open;
use tempfile::TempDir;
use umbel_study::{Node, NodeKind, Study, View};

/// Places: the region, two jurisdictions p and q, cities p1, p2 and q1, `gone` (a city until 2015), a station in each city.
const PLACES: &str = "\
place_id,kind,name,parent_id,lon,lat,valid_from,valid_to,source_id,beds
region,region,Region,,,,,,s,
p,jurisdiction,P,region,116.4,39.9,,,s,
q,jurisdiction,Q,region,117.2,39.1,,,s,
p1,city,P1,p,116.4,39.9,,,s,
p2,city,P2,p,115.5,38.9,,,s,
q1,city,Q1,q,117.2,39.1,,,s,
gone,city,Gone,p,,,,2015-12-31,s,
s1,station,S1,p1,,,,,s,
s2,station,S2,p2,,,,,s,
s3,station,S3,q1,,,,,s,
";

const INDICATORS: &str = "\
indicator_id,title,unit,direction,kind,aggregation,weight
gdp,Output,10*8.{CNY},up,flow,sum,
population,People,10*4.{person},none,stock,sum,
residents,People,{person},none,stock,sum,
schooling,Years of schooling,a,up,rate,weighted_mean,population
dust,Fine particles,ug/m3,down,rate,none,
water,Water delivered,10*8.m3,up,flow,sum,
minutes,Minutes to p,min,down,rate,none,
";

const OBSERVATIONS: &str =
    "indicator_id,place_id,period,breakdown,vintage,value,unit,status,bound,low,high,source_id,note\n";
const LINKS: &str = "link_id,kind,from_place_id,to_place_id,directed,length,time,opened,closed,source_id\n";
const FLOWS: &str = "kind,origin_id,destination_id,period,vintage,value,unit,status,bound,source_id\n";
const PROJECTS: &str =
    "project_id,title,kind,lead_place_id,partner_ids,place_id,start,finish,cost,cost_unit,source_id,batch\n";
const STAGES: &str = "project_id,stage,date,source_id\n";
const SCALES: &str =
    "scale,rank,code,title\nstage,1,planned,Planned\nstage,2,started,Started\nstage,3,operating,Operating\n";
const SOURCES: &str = "source_id,title,published,licence,obtained,mark\ns,A source,2020,CC0-1.0,typed,sourced\n";
const REPORT: &str =
    "period = \"2022\"\nbase_period = \"2013\"\nregion = \"region\"\nlanguages = [\"en\"]\ntitle = \"Test\"\n";

/// Rows added to the tables.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tables<'a> {
    /// Rows `indicator,place,period,breakdown,vintage,value,unit,status,bound`.
    pub observations: &'a str,
    /// Rows of links.
    pub links: &'a str,
    /// Rows of flows.
    pub flows: &'a str,
    /// Rows of projects.
    pub projects: &'a str,
    /// Rows of stages.
    pub stages: &'a str,
}

/// A study of the region with these rows and measures, and what is found wrong.
pub fn study(tables: &Tables<'_>, measures: &str) -> (TempDir, Study, Vec<String>) {
    let rows = |text: &str, tail: &str| -> String {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| format!("{line}{tail}\n")).collect()
    };
    let observations = format!("{OBSERVATIONS}{}", rows(tables.observations, ",,,s,"));
    let links = format!("{LINKS}{}", rows(tables.links, ",s"));
    let flows = format!("{FLOWS}{}", rows(tables.flows, ",s"));
    let projects = format!("{PROJECTS}{}", rows(tables.projects, ""));
    let stages = format!("{STAGES}{}", rows(tables.stages, ",s"));
    let tables = [
        ("places", PLACES),
        ("indicators", INDICATORS),
        ("observations", &observations),
        ("links", &links),
        ("flows", &flows),
        ("projects", &projects),
        ("stages", &stages),
        ("scales", SCALES),
        ("sources", SOURCES),
    ];
    open(&tables, &[("measures", measures)], REPORT)
}

/// `place period[ breakdown] value[ status][ sign][ coverage] <- what it rests on`, one line a row.
pub fn lines(study: &Study, node: &Node) -> Vec<String> {
    let series = &node.series;
    let name = |symbol| study.region.id(symbol);
    (0..series.len())
        .map(|row| {
            let mut line = format!("{} {}", name(series.place[row]), series.period[row]);
            if series.breakdown[row].is_some() {
                line += &format!(" [{}]", name(series.breakdown[row]));
            }
            line += &series.value(row).map_or(" -".to_owned(), |value| format!(" {}", round(value)));
            if series.status[row].letter() != "A" {
                line += &format!(" {}", series.status[row].letter());
            }
            line += series.bound[row].sign();
            if let Some(coverage) = node.coverage.get(row).filter(|coverage| **coverage < 1.0) {
                line += &format!(" ({} covered)", round(*coverage));
            }
            let members: Vec<String> = node
                .lineage
                .members(row)
                .iter()
                .map(|&(input, row)| member(study, &node.inputs[usize::from(input)], row as usize))
                .collect();
            format!("{line} <- {}", members.join(" "))
        })
        .collect()
}

fn round(value: f64) -> String {
    format!("{}", (value * 1e9).round() / 1e9)
}

fn member(study: &Study, node: &Node, row: usize) -> String {
    let name = |symbol| study.region.id(symbol);
    match &node.kind {
        NodeKind::Objects { table, label, row: rows, .. } => match *table {
            "stages" => format!("stage:{}", name(study.region.stages[rows[row] as usize].stage)),
            "flows" => {
                let flow = &study.region.flows[rows[row] as usize];
                format!("flow:{}-{}", name(flow.from), name(flow.to))
            }
            "links" => name(study.region.links[rows[row] as usize].id).to_owned(),
            "projects" => name(study.region.projects[rows[row] as usize].id).to_owned(),
            "places" => name(study.region.places[rows[row] as usize].id).to_owned(),
            _ => label[row].clone(),
        },
        _ => {
            let series = &node.series;
            let mut text = format!("{}@{}@{}", name(node.indicator), name(series.place[row]), series.period[row]);
            if series.breakdown[row].is_some() {
                text += &format!("[{}]", name(series.breakdown[row]));
            }
            text
        }
    }
}

/// The rows of the first measure, which must be without findings, and their unit.
pub fn rows(tables: &Tables<'_>, measures: &str) -> (Vec<String>, String) {
    let (_folder, study, told) = study(tables, measures);
    assert_eq!(told, [""; 0], "{measures}");
    let node = study.measure_node(0, View::default()).expect("it runs");
    (lines(&study, &node), node.series.unit.text().to_owned())
}

/// Findings of a study whose tables are empty.
pub fn findings(measures: &str) -> Vec<String> {
    study(&Tables::default(), measures).2
}
