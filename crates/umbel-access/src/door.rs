//! Door to door: streets and timetables joined.
