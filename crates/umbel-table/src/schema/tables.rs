//! The tables, column by column.

use super::{ColumnSpec, TableSpec, Type};

const fn column(name: &'static str, kind: Type, doc: &'static str) -> ColumnSpec {
    ColumnSpec::new(name, kind, doc)
}

const fn id(name: &'static str) -> ColumnSpec {
    ColumnSpec::new(name, Type::Id, "").key().required()
}

const fn reference(name: &'static str, table: &'static str, doc: &'static str) -> ColumnSpec {
    ColumnSpec::new(name, Type::Reference(table), doc)
}

const SOURCE: ColumnSpec = reference("source_id", "sources", "").required();
const NOTE: ColumnSpec = column("note", Type::Text, "");
const TITLE: ColumnSpec = column("title", Type::Text, "").languages();
const VINTAGE: ColumnSpec = column(
    "vintage",
    Type::Date,
    "the date this figure was released; empty = not known (visible in every view, overridden by any dated release)",
)
.key();
const STATUS: ColumnSpec = column(
    "status",
    Type::Status,
    "empty = `A` normal. B break, D definition differs, E estimated, F forecast, I imputed, P provisional, U low reliability, ...; H L M O Q = no value, and why",
);
const BOUND: ColumnSpec = column(
    "bound",
    Type::Word(&["above", "below", "about"]),
    "the source states only that the figure lies above, just below, about the value",
);

/// Every table of a region, in the order in which they are documented and written.
pub static TABLES: &[TableSpec] = &[
    TableSpec {
        name: "places",
        attributes: true,
        doc: "Anything that has a where: the region, a province, a county, a hospital, a school, a reservoir, a station, a port.",
        columns: &[
            id("place_id"),
            column("kind", Type::IdList, "the first is the main kind; a municipality that is also a city is `municipality;city`").required(),
            column("name", Type::Text, "").required().languages(),
            reference("parent_id", "places", "one tree; exactly one place (the region) has no parent"),
            column("straddles", Type::ReferenceList("places"), "for a zone that lies in several jurisdictions (its parent is then their common ancestor)"),
            column("lon", Type::Number, "longitude in degrees, WGS84"),
            column("lat", Type::Number, "latitude in degrees, WGS84"),
            column("valid_from", Type::Date, "first day on which this row holds; several rows a place may follow each other").key(),
            column("valid_to", Type::Date, "last day on which this row holds"),
            SOURCE,
            NOTE,
        ],
    },
    TableSpec {
        name: "observations",
        attributes: false,
        doc: "Figures: one indicator, at one place, in one period, as released on one day.",
        columns: &[
            reference("indicator_id", "indicators", "").key().required(),
            reference("place_id", "places", "").key().required(),
            column("period", Type::Period, "`2022`, `2022-07`, `2022-07-29`, `2022-Q3`, `2022-S1`, `2022-W07`, `2014/2022`, `2014-02/2023-02`").key().required(),
            column("breakdown", Type::Breakdown, "empty or `_T` = total; else `dimension=code`, several with `;` (`sex=F;age=65+`)").key(),
            VINTAGE,
            column("value", Type::Number, "empty exactly where the status says why"),
            column("unit", Type::Unit, "empty = the unit of the indicator; else converted exactly (same dimension required)"),
            STATUS,
            BOUND,
            column("low", Type::Number, "interval, same unit as value"),
            column("high", Type::Number, "interval, same unit as value"),
            SOURCE,
            NOTE,
        ],
    },
    TableSpec {
        name: "links",
        attributes: true,
        doc: "What connects two places: a railway service, a road, the support of a school, the recognition of test results.",
        columns: &[
            id("link_id"),
            column("kind", Type::Id, "`railway_service`, `road`, `school_support`, `mutual_recognition`, ...").required(),
            column("name", Type::Text, "").languages(),
            reference("from_place_id", "places", "").required(),
            reference("to_place_id", "places", "").required(),
            column("directed", Type::Bool, "empty = false"),
            column("length", Type::Number, "").in_unit("km"),
            column("time", Type::Number, "").in_unit("min"),
            column("capacity", Type::Number, "unit declared in the package"),
            column("opened", Type::Period, "empty = always there"),
            column("closed", Type::Period, ""),
            SOURCE,
            NOTE,
        ],
    },
    TableSpec {
        name: "flows",
        attributes: true,
        doc: "What moves between places: commuters, patients, contracts, tonnes, students, computing jobs, water, money.",
        columns: &[
            column("kind", Type::Id, "").key().required(),
            reference("origin_id", "places", "").key().required(),
            reference("destination_id", "places", "").key().required(),
            column("period", Type::Period, "").key().required(),
            VINTAGE,
            column("value", Type::Number, "empty exactly where the status says why"),
            column("unit", Type::Unit, "").required(),
            STATUS,
            BOUND,
            SOURCE,
            NOTE,
        ],
    },
    TableSpec {
        name: "projects",
        attributes: true,
        doc: "What is built, moved or agreed.",
        columns: &[
            id("project_id"),
            TITLE.required(),
            column("kind", Type::Id, "").required(),
            reference("lead_place_id", "places", "jurisdiction in the lead"),
            column("partner_ids", Type::ReferenceList("places"), "jurisdictions taking part"),
            reference("place_id", "places", "where it is (the destination of a relocation)"),
            reference("origin_id", "places", "where it moves from"),
            column("start", Type::Period, ""),
            column("finish", Type::Period, ""),
            column("cost", Type::Number, ""),
            column("cost_unit", Type::Unit, "a unit of money"),
            SOURCE,
            NOTE,
        ],
    },
    TableSpec {
        name: "stages",
        attributes: false,
        doc: "The log of the projects, never a state.",
        columns: &[
            reference("project_id", "projects", "").key().required(),
            column("stage", Type::Text, "a code of the scale `stage`").key().required(),
            column("date", Type::Period, "the stage was reached at its end").key().required(),
            SOURCE,
            NOTE,
        ],
    },
    TableSpec {
        name: "effects",
        attributes: false,
        doc: "Dated edits of rows of the other tables: what a project does.",
        columns: &[
            id("effect_id"),
            reference("project_id", "projects", "").required(),
            column("op", Type::Word(&["add", "set", "scale", "shift", "retire"]), "`add` a row, `set` a cell, multiply it by (`scale`), add to it (`shift`), or `retire` a row").required(),
            column("table", Type::Word(&["places", "observations", "links", "flows", "targets", "stages", "networks"]), "").required(),
            column("key", Type::Text, "id of the row; `indicator@place@period@breakdown` of an observation, `kind@origin@destination@period` of a flow, `project@stage` of a stage, `network@route@ID` or the like of a network (period left out or `*` = every period from `from` on; breakdown left out = the total)").required(),
            column("column", Type::Text, "empty = `value` (of a stage its `date`); a row that is added has one line for each of its columns"),
            column("from", Type::Period, "in force from its start"),
            column("stage", Type::Id, "instead of `from`: in force from the start of the period in which its project reaches this stage, never if it does not"),
            column("value", Type::Text, "the cell, the factor or the amount"),
            column("unit", Type::Unit, "empty = the unit of the column"),
            column("low", Type::Number, "interval of the value (95 %), same unit"),
            column("high", Type::Number, "interval of the value (95 %), same unit"),
            reference("source_id", "sources", ""),
            NOTE,
        ],
    },
    TableSpec {
        name: "plans",
        attributes: false,
        doc: "Sets of projects, each building on a parent.",
        columns: &[
            id("plan_id"),
            TITLE.required(),
            reference("parent_id", "plans", ""),
            column("projects", Type::ReferenceList("projects"), "in order"),
            column("horizon", Type::Period, "the year it is judged in"),
            column("budget", Type::Number, "what its projects may cost together, those of its parents included"),
            column("budget_unit", Type::Unit, "a unit of money"),
            NOTE,
        ],
    },
    TableSpec {
        name: "indicators",
        attributes: false,
        doc: "What the figures are figures of.",
        columns: &[
            id("indicator_id"),
            TITLE.required(),
            column("unit", Type::Unit, "").required(),
            column("direction", Type::Word(&["up", "down", "none"]), "which way is better").required(),
            column("kind", Type::Word(&["stock", "flow", "share", "rate", "cumulative", "class"]), "").required(),
            column("aggregation", Type::Word(&["sum", "mean", "weighted_mean", "max", "min", "none"]), "how children make a parent").required(),
            reference("weight", "indicators", "for weighted_mean"),
            column("scale", Type::Id, "for kind `class`: the value is the rank on this scale"),
            column("system", Type::Id, "the chapter of the report it belongs to"),
            column("decimals", Type::Integer, "shown digits"),
            column("tolerance", Type::NumberOrPercent, "by how much a parent may differ from the sum of its children (empty = 0.5%)"),
            column("description", Type::Text, "definition in one sentence").languages(),
        ],
    },
    TableSpec {
        name: "targets",
        attributes: false,
        doc: "What is to be reached, where and by when.",
        columns: &[
            id("target_id"),
            TITLE,
            reference("indicator_id", "indicators", "").required(),
            reference("place_id", "places", "").required(),
            column("period", Type::Period, "by which it is to be met").required(),
            column("direction", Type::Word(&["at_least", "at_most", "within", "exactly"]), "").required(),
            column("value", Type::Number, "for all but `within`"),
            column("low", Type::Number, "for `within`"),
            column("high", Type::Number, "for `within`"),
            column("unit", Type::Unit, "empty = the unit of the indicator"),
            column("force", Type::Word(&["binding", "expected", "advisory"]), "").required(),
            column("baseline", Type::Period, "from which the pace is counted"),
            SOURCE,
            NOTE,
        ],
    },
    TableSpec {
        name: "claims",
        attributes: false,
        doc: "Statements that someone published.",
        columns: &[
            column("claim_id", Type::Text, "the number it is cited by, such as `C001`").key().required(),
            column("system", Type::Id, "the chapter of the report it belongs to").required(),
            column("statement", Type::Text, "what was said").required().languages(),
            reference("indicator_id", "indicators", "empty = nothing measurable was said"),
            reference("place_id", "places", ""),
            column("period", Type::Period, ""),
            column("comparator", Type::Word(&["=", "<", "<=", ">", ">=", "about", "between"]), ""),
            column("value", Type::Number, "the published figure"),
            column("high", Type::Number, "for `between`"),
            column("unit", Type::Unit, "empty = the unit of the indicator"),
            column("baseline", Type::Period, "what a change is counted from"),
            column("tolerance", Type::NumberOrPercent, "in the claim's unit or a percentage; empty = half a unit of the last published digit"),
            column("kind", Type::Text, ""),
            reference("source_id", "sources", "who published it").required(),
            column("note", Type::Text, "").languages(),
        ],
    },
    TableSpec {
        name: "sources",
        attributes: false,
        doc: "Where the rows come from.",
        columns: &[
            id("source_id"),
            column("title", Type::Text, "").required(),
            column("publisher", Type::Text, ""),
            column("published", Type::Period, "date or period"),
            column("retrieved", Type::Period, "date or period"),
            column("licence", Type::Text, "").required(),
            column("url", Type::Text, ""),
            column("obtained", Type::Text, "how the figures came from there into the table").required(),
            column("mark", Type::Word(&["sourced", "unverified", "synthetic"]), "sourced = seen in the named source; unverified = from general knowledge; synthetic = made for illustration").required(),
            column("derived_from", Type::ReferenceList("sources"), "this source only repeats those"),
            NOTE,
        ],
    },
    TableSpec {
        name: "kinds",
        attributes: false,
        doc: "How kinds, and the codes of breakdowns, are called (optional).",
        columns: &[
            column("table", Type::Word(&["places", "links", "flows", "projects", "breakdowns"]), "").key().required(),
            column("kind", Type::Id, "of `breakdowns` a code (`mining` of `industry=mining`)").key().required(),
            TITLE.required(),
            column("divides", Type::Bool, "`true`: the children of this kind divide their parent without gap or overlap"),
        ],
    },
    TableSpec {
        name: "scales",
        attributes: false,
        doc: "The steps of ordinal scales (optional).",
        columns: &[
            column("scale", Type::Id, "").key().required(),
            column("rank", Type::Integer, "worst or first = lowest").key().required(),
            column("code", Type::Text, "").required(),
            TITLE.required(),
        ],
    },
    TableSpec {
        name: "units",
        attributes: false,
        doc: "How units are shown (optional).",
        columns: &[
            column("unit", Type::Unit, "as written in the tables").key().required(),
            column("label", Type::Text, "").required().languages(),
        ],
    },
];
