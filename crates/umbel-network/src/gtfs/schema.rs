//! The files of the standard and their columns (GTFS Schedule reference), as far as names and presence go.

/// Whether a file or column must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// Always.
    Required,
    /// It may be left out, or what decides it is tested where the rows are read.
    Optional,
}

/// A column.
#[derive(Debug)]
pub(super) struct ColumnSchema {
    pub name: &'static str,
    pub presence: Presence,
}

/// A file.
#[derive(Debug)]
pub(super) struct Schema {
    pub name: &'static str,
    pub presence: Presence,
    pub columns: &'static [ColumnSchema],
}

macro_rules! presence {
    (!) => {
        Presence::Required
    };
    (?) => {
        Presence::Optional
    };
}

macro_rules! files {
    ($($id:ident $file:literal $presence:tt [$($mark:tt $column:literal)*])*) => {
        $(pub(super) static $id: Schema = Schema {
            name: $file,
            presence: presence!($presence),
            columns: &[$(ColumnSchema { name: $column, presence: presence!($mark) }),*],
        };)*
        /// Every file that is read.
        pub(super) static FILES: &[&Schema] = &[$(&$id),*];
    };
}

files! {
    AGENCY "agency.txt" ! [
        ? "agency_id" ! "agency_name" ! "agency_url" ! "agency_timezone" ? "agency_lang" ? "agency_phone"
        ? "agency_fare_url" ? "agency_email" ? "cemv_support"
    ]
    STOPS "stops.txt" ! [
        ! "stop_id" ? "stop_code" ? "stop_name" ? "tts_stop_name" ? "stop_desc" ? "stop_lat" ? "stop_lon" ? "zone_id"
        ? "stop_url" ? "location_type" ? "parent_station" ? "stop_timezone" ? "wheelchair_boarding" ? "level_id"
        ? "platform_code" ? "stop_access"
    ]
    ROUTES "routes.txt" ! [
        ! "route_id" ? "agency_id" ? "route_short_name" ? "route_long_name" ? "route_desc" ! "route_type" ? "route_url"
        ? "route_color" ? "route_text_color" ? "route_sort_order" ? "continuous_pickup" ? "continuous_drop_off"
        ? "network_id" ? "cemv_support"
    ]
    TRIPS "trips.txt" ! [
        ! "route_id" ! "service_id" ! "trip_id" ? "trip_headsign" ? "trip_short_name" ? "direction_id" ? "block_id"
        ? "shape_id" ? "wheelchair_accessible" ? "bikes_allowed" ? "cars_allowed" ? "safe_duration_factor"
        ? "safe_duration_offset"
    ]
    STOP_TIMES "stop_times.txt" ! [
        ! "trip_id" ? "arrival_time" ? "departure_time" ? "stop_id" ? "location_group_id" ? "location_id"
        ! "stop_sequence" ? "stop_headsign" ? "start_pickup_drop_off_window" ? "end_pickup_drop_off_window"
        ? "pickup_type" ? "drop_off_type" ? "continuous_pickup" ? "continuous_drop_off" ? "shape_dist_traveled"
        ? "timepoint" ? "pickup_booking_rule_id" ? "drop_off_booking_rule_id"
    ]
    CALENDAR "calendar.txt" ? [
        ! "service_id" ! "monday" ! "tuesday" ! "wednesday" ! "thursday" ! "friday" ! "saturday" ! "sunday"
        ! "start_date" ! "end_date"
    ]
    CALENDAR_DATES "calendar_dates.txt" ? [! "service_id" ! "date" ! "exception_type"]
    FREQUENCIES "frequencies.txt" ? [
        ! "trip_id" ! "start_time" ! "end_time" ! "headway_secs" ? "exact_times"
    ]
    TRANSFERS "transfers.txt" ? [
        ? "from_stop_id" ? "to_stop_id" ? "from_route_id" ? "to_route_id" ? "from_trip_id" ? "to_trip_id"
        ! "transfer_type" ? "min_transfer_time"
    ]
    PATHWAYS "pathways.txt" ? [
        ! "pathway_id" ! "from_stop_id" ! "to_stop_id" ! "pathway_mode" ! "is_bidirectional" ? "length"
        ? "traversal_time" ? "stair_count" ? "max_slope" ? "min_width" ? "signposted_as" ? "reversed_signposted_as"
    ]
    LEVELS "levels.txt" ? [! "level_id" ! "level_index" ? "level_name"]
    SHAPES "shapes.txt" ? [
        ! "shape_id" ! "shape_pt_lat" ! "shape_pt_lon" ! "shape_pt_sequence" ? "shape_dist_traveled"
    ]
    FARE_ATTRIBUTES "fare_attributes.txt" ? [
        ! "fare_id" ! "price" ! "currency_type" ! "payment_method" ! "transfers" ? "agency_id" ? "transfer_duration"
    ]
    FARE_RULES "fare_rules.txt" ? [! "fare_id" ? "route_id" ? "origin_id" ? "destination_id" ? "contains_id"]
    FEED_INFO "feed_info.txt" ? [
        ! "feed_publisher_name" ! "feed_publisher_url" ! "feed_lang" ? "default_lang" ? "feed_start_date"
        ? "feed_end_date" ? "feed_version" ? "feed_contact_email" ? "feed_contact_url"
    ]
}

/// Files of the standard that say nothing about travel times, or only in ways that are not taken into account.
pub(super) static UNREAD: &[&str] = &[
    "areas.txt",
    "attributions.txt",
    "booking_rules.txt",
    "fare_leg_join_rules.txt",
    "fare_leg_rules.txt",
    "fare_media.txt",
    "fare_products.txt",
    "fare_transfer_rules.txt",
    "location_group_stops.txt",
    "location_groups.txt",
    "locations.geojson",
    "networks.txt",
    "rider_categories.txt",
    "route_networks.txt",
    "stop_areas.txt",
    "timeframes.txt",
    "translations.txt",
];

/// Whether some file has a column of this name.
pub(super) fn knows_column(name: &str) -> bool {
    FILES.iter().any(|file| file.columns.iter().any(|column| column.name == name))
}
