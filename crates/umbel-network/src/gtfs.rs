//! GTFS feeds: read with findings, checked, and compiled to the timetable of a day.
