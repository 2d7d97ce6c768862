//! The codes of findings: a public contract; a code is never given a second meaning.

use crate::Severity;

/// A kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable id: a letter for the family and three digits.
    pub id: &'static str,
    /// Short name.
    pub title: &'static str,
    /// Severity it has unless a finding says otherwise.
    pub severity: Severity,
    /// What it means and why it matters.
    pub meaning: &'static str,
    /// How it is mended.
    pub mend: &'static str,
}

macro_rules! codes {
    ($($id:ident $severity:ident $title:literal $meaning:literal $mend:literal;)*) => {
        $(#[doc = $title]
        pub static $id: Code = Code {
            id: stringify!($id), title: $title, severity: Severity::$severity, meaning: $meaning, mend: $mend,
        };)*
        /// Every code, in the order of the families.
        pub static CODES: &[&Code] = &[$(&$id),*];
    };
}

impl Code {
    /// The code with this id (case does not matter).
    pub fn find(id: &str) -> Option<&'static Code> {
        CODES.iter().find(|code| code.id.eq_ignore_ascii_case(id)).copied()
    }
}

codes! {
    F001 Error "file missing" "The package names a file that is not in the folder." "Add the file, or remove its resource from datapackage.json.";
    F002 Error "package unreadable" "datapackage.json is missing or not valid JSON, or lacks what a package needs; nothing else can be read without it." "Correct it at the place named, or write a fresh one with `umbel init`.";
    F003 Error "unknown table" "A resource says it belongs to a table that does not exist." "Use one of the tables of the region format in `umbel:table`.";
    F004 Error "column missing" "A required column is not in the header line." "Add the column to the header and fill it.";
    F005 Warning "unknown column" "The table has no such column and keeps no attributes; its cells are not read." "Correct the name, or remove the column.";
    F006 Error "wrong number of cells" "A row has more or fewer cells than the header, so its cells cannot be told apart." "Quote cells that contain a comma; add or remove cells.";
    F007 Error "not UTF-8" "The file holds bytes that are not UTF-8 text." "Save the file as UTF-8.";
    F008 Error "quote not closed" "A quoted cell runs to the end of the file." "Close the quote, or double quotes inside a cell.";
    F009 Error "required cell empty" "A cell that every row must have is empty." "Fill the cell.";
    F010 Error "malformed id" "An id has characters other than a-z, 0-9, dot, dash and underscore, or starts with none of a letter or digit." "Rewrite the id in lower-case letters, digits, `.`, `-`, `_`.";
    F011 Error "number does not parse" "The cell is not a finite decimal number." "Write a plain number such as 1234.5: no thousands separator, no unit, a point before the decimals.";
    F012 Error "period does not parse" "The cell is not a period." "Write 2022, 2022-07, 2022-07-29, 2022-Q3, 2022-S1, 2022-W07 or an interval such as 2014/2022.";
    F013 Error "date does not parse" "The cell is not a calendar date." "Write the date as 2022-07-29.";
    F014 Error "neither true nor false" "The cell must be true or false." "Write true or false.";
    F015 Error "word not allowed" "The column takes only certain words." "Use one of the words named.";
    F016 Error "unit does not parse" "The text is not a UCUM unit with annotations." "Write for example km2, ug/m3, {person}, 10*8.{CNY}.";
    F017 Error "GeoJSON unreadable" "The file is not a GeoJSON feature collection with a place_id in each feature." "Correct the file at the place named.";
    F018 Error "TOML unreadable" "The file is not valid TOML." "Correct the file at the place named.";
    F019 Error "Parquet unreadable" "The file is not a Parquet file, or a column has a type that the table does not take." "Write the file again with the column types of the region format.";
    F020 Error "column twice" "The header names a column twice, so its cells cannot be told apart." "Remove or rename one of them.";
    F021 Error "neighbours unreadable" "A file of neighbours (GAL, GWT, JSON) is not laid out as its format says." "Correct the file at the place named.";
    F022 Error "instance unreadable" "A file of instances (JSON) is not laid out as its method asks." "Correct the file at the place named.";
    R001 Error "duplicate key" "Two rows have the same key, so a figure would be counted twice or chosen at random." "Remove one of the rows, or tell them apart by breakdown or vintage.";
    R002 Error "unknown place" "The row names a place that is not in the places table." "Correct the id, or add the place.";
    R003 Error "unknown indicator" "The row names an indicator that is neither in the indicators table nor defined by a measure." "Correct the id, or add the indicator.";
    R004 Error "unknown source" "The row names a source that is not in the sources table." "Correct the id, or add the source.";
    R005 Error "unknown project" "The row names a project that is not in the projects table." "Correct the id, or add the project.";
    R006 Error "unknown plan" "The row names a plan that is not in the plans table." "Correct the id, or add the plan.";
    R007 Error "unknown scale or step" "A class or stage is not on its scale." "Use a code of the scale, or add it to the scales table.";
    U001 Error "unit of another dimension" "The unit of an observation measures something else than its indicator's unit." "Correct the unit, or the indicator.";
    U002 Error "target in another unit" "The unit of a target measures something else than its indicator's unit." "State the target in a unit of the indicator's dimension.";
    U003 Error "claim in another unit" "The unit of a claim measures something else than its indicator's unit." "State the claim in a unit of the indicator's dimension.";
    U004 Error "flows in several dimensions" "Flows of one kind are stated in units that cannot be added." "Use units of one dimension for one kind.";
    V001 Error "interval out of order" "low <= value <= high does not hold." "Correct low, value or high.";
    V002 Error "value missing without a reason" "The value is empty and the status does not say why." "Give the value, or a status that says why it is missing (H, L, M, O, Q).";
    V003 Error "value present though missing" "The status says that there is no value, yet there is one." "Remove the value, or give another status.";
    V004 Warning "parent and children disagree" "The figure of a place differs from the sum of the parts that divide it by more than the tolerance." "Check the parts, the parent, their vintages and boundaries, or raise the indicator's tolerance.";
    V005 Warning "share out of range" "A share lies outside 0 to 100 per cent." "Check value and unit.";
    P001 Error "cycle in the place tree" "A place is its own ancestor." "Correct parent_id.";
    P002 Error "parent missing" "parent_id names a place that is not in the table." "Correct parent_id, or add the place.";
    P003 Error "no single root" "Exactly one place, the region itself, has no parent." "Give every other place a parent.";
    P004 Error "overlapping validity" "Two rows of one place are valid on the same day." "End the earlier row before the later begins.";
    P005 Error "validity ends before it begins" "valid_to lies before valid_from." "Correct the dates.";
    G001 Error "boundary invalid" "A boundary crosses itself, is not closed, or has too few points." "Repair the geometry.";
    G002 Warning "boundary far from its point" "The point of a place lies outside its boundary." "Correct the point or the boundary.";
    G003 Error "coordinates swapped" "Longitude and latitude look swapped: the other way round the point lies where it should." "Swap lon and lat.";
    G004 Error "coordinates in GCJ-02" "The point looks like GCJ-02 (the shifted system of Chinese web maps): moved back to WGS84 it lies where it should." "Convert the coordinates to WGS84.";
    G005 Error "coordinate out of range" "Longitude must lie within -180..180 and latitude within -90..90." "Correct the coordinate.";
    G006 Warning "boundary of no place" "A boundary names a place that is not in the places table." "Correct place_id, or add the place.";
    J001 Error "project finishes before it starts" "finish lies before start." "Correct the dates.";
    J002 Error "effect on a row that is not there" "The key of an effect names no row of its table, so the effect would do nothing." "Correct the key or the table.";
    J003 Error "effects contradict" "Two effects of one plan set the same cell to different values from the same date." "Remove one of them, or date them apart.";
    J004 Error "cycle among plans" "A plan is its own ancestor." "Correct parent_id.";
    J005 Warning "stages out of order" "A project reaches a later stage before an earlier one." "Correct the dates of the stages.";
    J006 Error "effect out of time" "An effect changes a place, or a figure of it, before the place exists, or a figure of a period before the effect is in force." "Correct the date of the effect, the period, or valid_from of the place.";
    J007 Error "plan over its budget" "The projects of a plan cost more together than its budget." "Take a project out, correct the costs, or raise the budget.";
    J008 Error "value of an effect does not fit" "The value, unit or interval of an effect does not fit the column that it changes." "Write a value that the column can hold.";
    M001 Error "unknown method" "The measure names a method that does not exist." "Use one of the methods listed by `umbel methods`.";
    M002 Error "parameter wrong" "A parameter is unknown, missing or of the wrong type." "See the method's page: `umbel methods NAME`.";
    M003 Error "reads what nobody provides" "A measure reads an indicator, kind or place that is in no table and written by no measure." "Correct the name, or add what is read.";
    M004 Error "cycle among measures" "A measure reads, through others, what it writes." "Break the cycle.";
    M005 Error "formula does not parse" "The formula is not arithmetic over indicators." "Correct it at the place named.";
    M006 Error "units do not fit" "The formula or measure combines units that cannot be combined, or yields another dimension than declared." "Correct the formula or the declared unit.";
    M007 Warning "measure gives nothing" "The measure found no rows to work on." "Check its filters and what it reads.";
    K001 Error "claim incomplete" "A claim with an indicator needs place, period, comparator and value." "Fill the cells named, or leave the indicator empty when nothing measurable was said.";
    K002 Error "target incomplete" "The direction of a target needs other cells than those given (within: low and high; else: value)." "Fill the cells named.";
    N001 Error "not an OpenStreetMap extract" "The file is no PBF file, so no street can be read from it." "Give an extract in the PBF format (.osm.pbf).";
    N002 Error "extract cut" "The file ends in the middle of a block: part of it is missing." "Fetch or write the file again.";
    N003 Error "block corrupt" "A block of the extract cannot be inflated or decoded; its streets or nodes are missing." "Fetch or write the file again.";
    N004 Error "extract demands what is not understood" "The file says that a reader must know a feature, or uses a compression, that is not known here." "Write it with zlib compression and without history.";
    N005 Warning "nodes of streets missing" "Streets name nodes that the extract does not hold, as at the edge of a clipped extract; they are cut there." "Take a larger extract if streets near its edge matter.";
    N006 Error "no street" "Nothing in the file is a street that anybody may use by the rules." "Check the extract, and the rules of streets.";
    N007 Error "rules of streets wrong" "A tag, speed or factor in the rules of streets makes no sense." "Correct it; the standard rules show every key.";
    N008 Error "link to an unknown node" "A link names a node that is not in the table of nodes, so it leads nowhere." "Correct the id, or add the node.";
    N009 Warning "street without length" "A street has fewer than two nodes, or begins and ends at one node without a way between; it is left out." "Mend it in the source, or ignore this.";
    N010 Error "length or speed out of range" "The length or speed of a link is not above zero, or larger than anything on Earth." "Correct the number, and check its unit.";
    A001 Note "report layout names something unknown" "report.toml names an indicator, place or chapter that is not there; that part of the report stays empty." "Correct the name.";
    T001 Error "feed unreadable" "The feed is not a readable zip file or folder: cut short, encrypted, compressed in an unknown way, or not there." "Fetch the feed again, or unpack it into a folder.";
    T002 Error "feed too large" "The files of the feed hold far more than their packed size lets expect, or more than the limit; they were not unpacked." "Check the file; raise the limit if it is sound.";
    T003 Error "invalid_input_files_in_subfolder" "Files of the feed lie in a folder inside the zip file; the standard wants them at its top." "Pack the files without their folder.";
    T004 Error "missing_required_file" "A file that every feed must have is not there." "Add the file.";
    T005 Error "missing_calendar_and_calendar_date_files" "Neither calendar.txt nor calendar_dates.txt is there, so nobody knows on which days trips run." "Add one of them.";
    T006 Warning "missing_recommended_file" "A file that every feed should have is not there." "Add the file.";
    T007 Note "unknown_file" "The feed holds a file that the standard does not know; it is not read." "Correct the name, or remove the file.";
    T008 Error "empty_file" "A file has no header line, or a required file has no row." "Fill the file, or remove it if it may be missing.";
    T009 Error "csv_parsing_failed" "A quote is not closed or stands where none may; the row was not read." "Close the quote, or double quotes inside a cell.";
    T010 Error "invalid_row_length" "A row has more or fewer cells than the header, so its cells cannot be told apart; it was not read." "Quote cells that contain a comma; add or remove cells.";
    T011 Warning "empty_row" "A row holds only spaces." "Remove the row.";
    T012 Error "empty_column_name" "A column has no name; it is not read." "Name the column, or remove it.";
    T013 Error "duplicated_column" "The header names a column twice; only the first is read." "Remove one of them.";
    T014 Note "unknown_column" "The standard knows no such column in this file; it is not read." "Correct the name, or leave it.";
    T015 Error "missing_required_column" "A column that the file must have is not in its header." "Add the column to the header and fill it.";
    T016 Error "missing_required_field" "A cell that must be filled is empty." "Fill the cell.";
    T017 Warning "missing_recommended_field" "A cell that should be filled is empty." "Fill the cell.";
    T018 Warning "leading_or_trailing_whitespaces" "A value begins or ends with spaces; they were dropped." "Remove the spaces.";
    T019 Error "new_line_in_value" "A value holds a line end." "Write the value on one line.";
    T020 Error "invalid_character" "The file holds bytes that are not UTF-8 text." "Save the file as UTF-8.";
    T021 Warning "non_ascii_or_non_printable_char" "An id has characters other than printable ASCII." "Use plain letters, digits and signs in ids.";
    T022 Error "invalid_integer" "The cell is not a whole number." "Write a whole number.";
    T023 Error "invalid_float" "The cell is not a finite decimal number." "Write a plain number such as 12.5.";
    T024 Error "number_out_of_range" "A number lies outside the range that its column allows." "Correct the number.";
    T025 Error "invalid_time" "The cell is not a time of the form HH:MM:SS (hours may pass 24)." "Write the time as 08:05:00.";
    T026 Error "invalid_date" "The cell is not a calendar date of the form YYYYMMDD." "Write the date as 20220729.";
    T027 Error "invalid_timezone" "The cell is not a name of the time zone database." "Write for example Asia/Shanghai.";
    T028 Error "invalid_language_code" "The cell is not a language code (IETF BCP 47)." "Write for example en or zh-Hans.";
    T029 Error "invalid_url" "The cell is not an address that begins with http:// or https://." "Write the whole address.";
    T030 Error "invalid_email" "The cell is not an e-mail address." "Correct the address.";
    T031 Error "invalid_phone_number" "The cell holds no telephone number." "Correct the number.";
    T032 Error "invalid_color" "The cell is not a colour of six hexadecimal digits." "Write for example FFD700, without #.";
    T033 Error "invalid_currency" "The cell is not a currency code of three letters (ISO 4217)." "Write for example CNY.";
    T034 Warning "unexpected_enum_value" "The column takes only certain numbers and this is none of them; the cell was taken as empty." "Use one of the numbers named.";
    T035 Error "duplicate_key" "Two rows have the same key; the second was not read." "Remove one of the rows.";
    T036 Error "foreign_key_violation" "A row names something that is not in the file where it should be." "Correct the id, or add what it names.";
    T037 Warning "more_than_one_entity" "A file that may have one row has more; only the first is read." "Keep one row.";
    T038 Error "inconsistent_agency_timezone" "The agencies of a feed must have one time zone; that of the first is used." "Give all agencies one time zone.";
    T039 Warning "inconsistent_agency_lang" "The agencies of a feed have different languages." "Give all agencies one language.";
    T040 Warning "feed_info_lang_and_agency_lang_mismatch" "feed_info.txt and agency.txt name different languages." "Use one language, or mul in feed_info.txt.";
    T041 Error "missing_stop_name" "A stop, station or entrance has no name." "Fill stop_name.";
    T042 Error "stop_without_location" "A stop, station or entrance has no coordinates, so it cannot be reached." "Fill stop_lat and stop_lon.";
    T043 Error "point_near_origin" "A point lies within a degree of latitude 0, longitude 0: as a rule its coordinates were not known." "Correct the coordinates.";
    T044 Error "point_near_pole" "A point lies within a degree of a pole." "Correct the coordinates.";
    T045 Error "location_without_parent_station" "An entrance, generic node or boarding area must name the station or platform it belongs to." "Fill parent_station.";
    T046 Error "station_with_parent_station" "A station cannot belong to another place." "Empty parent_station.";
    T047 Error "wrong_parent_location_type" "The parent of a platform, entrance or node must be a station, that of a boarding area a platform." "Correct parent_station or location_type.";
    T048 Warning "platform_without_parent_station" "A stop has a platform code and belongs to no station." "Fill parent_station.";
    T049 Note "unused_station" "No stop names this station as its parent." "Remove the station, or name it in parent_station.";
    T050 Warning "stop_without_stop_time" "No trip calls at this stop." "Remove the stop, or add its stop times.";
    T051 Error "stop_without_zone_id" "Fares depend on zones, and a stop that is called at has none." "Fill zone_id.";
    T052 Error "location_with_unexpected_stop_time" "A stop time names a station, entrance or node: vehicles call at stops and platforms only." "Name the platform.";
    T053 Warning "same_name_and_description_for_stop" "stop_desc only repeats stop_name." "Empty stop_desc.";
    T054 Warning "same_stop_and_agency_url" "stop_url is the address of an agency." "Give the address of the stop, or none.";
    T055 Warning "same_stop_and_route_url" "stop_url is the address of a route." "Give the address of the stop, or none.";
    T056 Error "route_both_short_and_long_name_missing" "A route has neither a short nor a long name." "Fill one of them.";
    T057 Warning "route_short_name_too_long" "route_short_name has more than 12 characters." "Shorten it.";
    T058 Warning "route_long_name_contains_short_name" "route_long_name begins with route_short_name." "Drop it from the long name.";
    T059 Warning "same_name_and_description_for_route" "route_desc only repeats a name of the route." "Empty route_desc.";
    T060 Warning "route_color_contrast" "route_color and route_text_color are too alike to be read." "Choose colours that differ more.";
    T061 Warning "duplicate_route_name" "Two routes of one agency and vehicle have the same names." "Tell them apart by name.";
    T062 Warning "same_route_and_agency_url" "route_url is the address of the agency." "Give the address of the route, or none.";
    T063 Warning "unused_trip" "A trip has no stop times." "Remove the trip, or add its stop times.";
    T064 Warning "unusable_trip" "A trip calls at a single stop, so nobody can travel with it." "Add the missing stop times.";
    T065 Error "block_trips_with_overlapping_stop_times" "Two trips of one block and day overlap, though one vehicle runs both." "Correct block_id or the times.";
    T066 Error "missing_trip_edge" "The first or last stop of a trip has no time, so those between cannot be interpolated; the trip is left out." "Fill arrival_time and departure_time.";
    T067 Error "stop_time_with_only_arrival_or_departure_time" "One of arrival_time and departure_time is missing; it was taken as equal to the other." "Fill both or none.";
    T068 Error "stop_time_with_arrival_before_previous_departure_time" "A trip arrives before it left the stop before; the trip is left out." "Correct the times.";
    T069 Error "stop_time_timepoint_without_times" "timepoint says that the times are exact, and there are none." "Fill the times, or set timepoint to 0.";
    T070 Warning "missing_timepoint_value" "A stop time with times does not say whether they are exact." "Fill timepoint with 1 or 0.";
    T071 Error "decreasing_or_equal_stop_time_distance" "shape_dist_traveled does not grow along a trip." "Correct the distances.";
    T072 Warning "fast_travel_between_consecutive_stops" "Between two stops a vehicle moves faster than its kind can." "Check the coordinates and the times.";
    T073 Warning "fast_travel_between_far_stops" "Between two stops more than 10 km apart a vehicle moves faster than its kind can." "Check the coordinates and the times.";
    T074 Error "start_and_end_range_out_of_order" "A range ends before it begins." "Correct its start or end.";
    T075 Error "start_and_end_range_equal" "A range ends where it begins." "Correct its start or end.";
    T076 Warning "unused_shape" "No trip follows this shape." "Remove the shape, or name it in trips.txt.";
    T077 Warning "single_shape_point" "A shape has one point only." "Add the others, or remove the shape.";
    T078 Error "decreasing_shape_distance" "shape_dist_traveled falls along a shape." "Correct the distances or the sequence.";
    T079 Error "equal_shape_distance_diff_coordinates" "Two different points of a shape have one shape_dist_traveled." "Correct the distances.";
    T080 Warning "equal_shape_distance_same_coordinates" "A point of a shape is written twice." "Remove one of them.";
    T081 Warning "stop_too_far_from_shape" "A stop lies more than 100 m from the shape of its trip." "Check the shape and the coordinates of the stop.";
    T082 Warning "stops_match_shape_out_of_order" "The stops of a trip do not follow its shape in their order." "Check the order of stops and the direction of the shape.";
    T083 Error "trip_distance_exceeds_shape_distance" "The last stop of a trip lies beyond the end of its shape by shape_dist_traveled." "Use one unit of distance in both files.";
    T084 Warning "expired_calendar" "A service ended before the day asked about." "Remove it, or publish a new timetable.";
    T085 Warning "feed_expiration_date7_days" "The feed ends within seven days of the day asked about." "Publish the next timetable.";
    T086 Warning "feed_expiration_date30_days" "The feed ends within thirty days of the day asked about." "Publish the next timetable.";
    T087 Warning "missing_feed_info_date" "feed_info.txt names only one of the two days between which the feed is valid." "Fill both feed_start_date and feed_end_date.";
    T088 Error "overlapping_frequency" "Two headways of a trip hold at the same time." "End the first before the second begins.";
    T089 Error "transfer_with_invalid_stop_location_type" "A transfer leads from or to something other than a stop or station." "Name the stop or station.";
    T090 Error "transfer_with_invalid_trip_and_route" "A transfer names a trip that is not of the route it names." "Correct the trip or the route.";
    T091 Error "transfer_with_invalid_trip_and_stop" "A transfer names a trip that does not call at the stop it names." "Correct the trip or the stop.";
    T092 Warning "transfer_distance_too_large" "The stops of a transfer are more than 10 km apart." "Check the stops.";
    T093 Note "transfer_distance_above_2_km" "The stops of a transfer are more than 2 km apart." "Check the stops.";
    T094 Warning "transfer_with_suspicious_mid_trip_in_seat" "People who stay in their seats change between trips elsewhere than at the last stop of the one and the first of the other." "Check the stops.";
    T095 Error "pathway_to_wrong_location_type" "A pathway leads to a station; it must lead to a platform, entrance or node of it." "Name the part of the station.";
    T096 Error "pathway_to_platform_with_boarding_areas" "A pathway leads to a platform that has boarding areas; it must lead to one of these." "Name the boarding area.";
    T097 Error "pathway_unreachable_location" "A part of a station with pathways cannot be reached from an entrance, or none from it." "Add the missing pathway.";
    T098 Warning "pathway_dangling_generic_node" "A generic node has one neighbour only, so it leads nowhere." "Add the missing pathway, or remove the node.";
    T099 Warning "pathway_loop" "A pathway begins and ends at the same place." "Correct one of its ends.";
    T100 Error "bidirectional_exit_gate" "An exit gate is marked as usable in both directions." "Set is_bidirectional to 0.";
    T101 Error "missing_level_id" "An elevator leads to a place without a level." "Fill level_id.";
    T102 Error "duplicate_fare_rule_zone_id_fields" "Two fare rules say the same." "Remove one of them.";
    T104 Warning "trip_coverage_not_active_for_next7_days" "From the day asked about most trips have no service within seven days." "Check calendar.txt and calendar_dates.txt.";
    T105 Warning "stop_has_too_many_matches_for_shape" "A stop lies near a shape at more than 20 places, so it is unclear where it belongs." "State shape_dist_traveled.";
    T110 Error "no service on the day" "No trip of the feed runs on the day asked about, so nobody could travel with it." "Choose a day that the feed covers.";
    T111 Note "part of the feed not used" "The feed says something that is not taken into account; results are as if it did not." "Nothing, unless results depend on it.";
    T112 Error "line incomplete" "A line of lines.toml lacks something that it needs, or says something impossible; the line is left out." "Correct it at the place named.";
    T113 Error "unknown stop of a line" "A line calls at a stop that is neither declared nor in the feed beside it." "Declare the stop, or correct its id.";
}
