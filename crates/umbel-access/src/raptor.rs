//! Journeys by timetable over a window of departures (range-RAPTOR).
