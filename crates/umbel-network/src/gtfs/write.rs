//! A feed as the text files of the standard.

use super::feed::Feed;
use super::model::{LocationKind, Trip};
use super::schema;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use umbel_access::timetable::Wheelchair;

/// A feed that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written: {source}", path.display())]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// What happened.
    pub source: io::Error,
}

/// A table as CSV text.
struct Table(String);

impl Table {
    fn new(header: &str) -> Table {
        Table(format!("{header}\n"))
    }

    fn row(&mut self, cells: &[&str]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            if cell.contains([',', '"', '\n', '\r']) || cell.trim() != *cell {
                self.0.push('"');
                self.0.push_str(&cell.replace('"', "\"\""));
                self.0.push('"');
            } else {
                self.0.push_str(cell);
            }
        }
        self.0.push('\n');
    }
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn date(date: Date) -> String {
    date.strftime("%Y%m%d").to_string()
}

fn time(seconds: i32) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn wheelchair(wheelchair: Wheelchair) -> &'static str {
    match wheelchair {
        Wheelchair::Unknown => "",
        Wheelchair::Yes => "1",
        Wheelchair::No => "2",
    }
}

fn color(color: Option<u32>) -> String {
    color.map_or_else(String::new, |color| format!("{color:06X}"))
}

impl Feed {
    /// The files of the feed: name and content. Only files with rows are made, but those that must be there.
    pub fn files(&self) -> BTreeMap<&'static str, String> {
        let mut files = BTreeMap::new();
        let mut add = |name: &'static str, needed: bool, table: Table| {
            if needed || table.0.lines().count() > 1 {
                files.insert(name, table.0);
            }
        };
        add("agency.txt", true, self.agency_table());
        add("stops.txt", true, self.stops_table());
        add("routes.txt", true, self.routes_table());
        add("trips.txt", true, self.trips_table());
        add("stop_times.txt", true, self.stop_times_table());
        add("calendar.txt", true, self.calendar_table());
        add("calendar_dates.txt", false, self.calendar_dates_table());
        add("frequencies.txt", false, self.frequencies_table());
        add("transfers.txt", false, self.transfers_table());
        add("pathways.txt", false, self.pathways_table());
        add("levels.txt", false, self.levels_table());
        add("shapes.txt", false, self.shapes_table());
        add("fare_attributes.txt", false, self.fares_table());
        add("fare_rules.txt", false, self.fare_rules_table());
        add("feed_info.txt", false, self.info_table());
        files
    }

    /// Writes the feed into a folder, which is made if need be: each file beside its place first, and renamed once all
    /// are on the disk. Files of the standard that the feed does not have are taken away from the folder, others stay.
    ///
    /// # Errors
    /// [`WriteError`]; then no file has changed, unless the system fails between two renames.
    pub fn write(&self, folder: &Path) -> Result<(), WriteError> {
        let failed = |path: &Path, source: io::Error| WriteError { path: path.to_owned(), source };
        fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        let files = self.files();
        let mut written = Vec::with_capacity(files.len());
        let result = files.iter().try_for_each(|(name, content)| {
            let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
            let path = folder.join(name);
            let mut file = fs::File::create(&temporary).map_err(|error| failed(&path, error))?;
            written.push((temporary, path.clone()));
            file.write_all(content.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| failed(&path, error))
        });
        let result = result.and_then(|()| {
            written
                .iter()
                .try_for_each(|(temporary, path)| fs::rename(temporary, path).map_err(|error| failed(path, error)))
        });
        if let Err(error) = result {
            for (temporary, _) in &written {
                // What was renamed already is not there any more; the first error is the one to tell.
                let _ = fs::remove_file(temporary);
            }
            return Err(error);
        }
        for schema in schema::FILES.iter().filter(|schema| !files.contains_key(schema.name)) {
            let path = folder.join(schema.name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&path, error)),
                _ => {}
            }
        }
        Ok(())
    }

    fn agency_table(&self) -> Table {
        let mut table = Table::new("agency_id,agency_name,agency_url,agency_timezone,agency_lang");
        for agency in &self.agencies {
            table.row(&[&agency.id, &agency.name, &agency.url, &agency.timezone, &agency.language]);
        }
        table
    }

    fn stop_id(&self, row: Option<u32>) -> &str {
        row.and_then(|row| self.stops.get(row as usize)).map_or("", |stop| &stop.id)
    }

    fn route_id(&self, row: Option<u32>) -> &str {
        row.and_then(|row| self.routes.get(row as usize)).map_or("", |route| &route.id)
    }

    fn trip_id(&self, row: Option<u32>) -> &str {
        row.and_then(|row| self.trips.get(row as usize)).map_or("", |trip| &trip.id)
    }

    fn stops_table(&self) -> Table {
        let mut table = Table::new(
            "stop_id,stop_name,stop_desc,stop_lat,stop_lon,zone_id,stop_url,location_type,parent_station,\
             wheelchair_boarding,level_id,platform_code",
        );
        for stop in &self.stops {
            let kind = match stop.kind {
                LocationKind::Stop => "",
                LocationKind::Station => "1",
                LocationKind::Entrance => "2",
                LocationKind::GenericNode => "3",
                LocationKind::BoardingArea => "4",
            };
            let level = stop.level.and_then(|level| self.levels.get(level as usize)).map_or("", |level| &level.id);
            let latitude = text(stop.point.map(|(_, latitude)| latitude));
            let longitude = text(stop.point.map(|(longitude, _)| longitude));
            let parent = self.stop_id(stop.parent);
            let wheelchair = wheelchair(stop.wheelchair);
            table.row(&[
                &stop.id,
                &stop.name,
                &stop.description,
                &latitude,
                &longitude,
                &stop.zone,
                &stop.url,
                kind,
                parent,
                wheelchair,
                level,
                &stop.platform,
            ]);
        }
        table
    }

    fn routes_table(&self) -> Table {
        let mut table = Table::new(
            "route_id,agency_id,route_short_name,route_long_name,route_desc,route_type,route_url,route_color,\
             route_text_color",
        );
        for route in &self.routes {
            let agency = route.agency.and_then(|agency| self.agencies.get(agency as usize));
            table.row(&[
                &route.id,
                agency.map_or("", |agency| &agency.id),
                &route.short_name,
                &route.long_name,
                &route.description,
                &route.vehicle.to_string(),
                &route.url,
                &color(route.color),
                &color(route.text_color),
            ]);
        }
        table
    }

    fn trips_table(&self) -> Table {
        let mut table = Table::new(
            "route_id,service_id,trip_id,trip_headsign,trip_short_name,direction_id,block_id,shape_id,\
             wheelchair_accessible",
        );
        for trip in &self.trips {
            let shape = trip.shape.and_then(|shape| self.shapes.get(shape as usize)).map_or("", |shape| &shape.id);
            let service = self.services.get(trip.service as usize).map_or("", |service| &service.id);
            table.row(&[
                self.route_id(Some(trip.route)),
                service,
                &trip.id,
                &trip.headsign,
                &trip.short_name,
                &text(trip.direction),
                &trip.block,
                shape,
                wheelchair(trip.wheelchair),
            ]);
        }
        table
    }

    fn stop_times_table(&self) -> Table {
        let mut header = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type,\
                          shape_dist_traveled"
            .to_owned();
        if self.has.timepoint {
            header.push_str(",timepoint");
        }
        let mut table = Table::new(&header);
        let of_trip = |trip: &Trip| self.times(trip).iter();
        for stop_time in self.trips.iter().flat_map(of_trip) {
            let choice = |choice: u8| if choice == 0 { String::new() } else { choice.to_string() };
            let (arrival, departure) = (stop_time.arrival.map(time), stop_time.departure.map(time));
            let (sequence, distance) = (stop_time.sequence.to_string(), text(stop_time.distance));
            let (pickup, drop_off) = (choice(stop_time.pickup), choice(stop_time.drop_off));
            let (arrival, departure) = (text(arrival), text(departure));
            let timepoint = text(stop_time.timepoint.map(u8::from));
            let cells = [
                self.trip_id(Some(stop_time.trip)),
                &arrival,
                &departure,
                self.stop_id(Some(stop_time.stop)),
                &sequence,
                &pickup,
                &drop_off,
                &distance,
                &timepoint,
            ];
            table.row(&cells[..if self.has.timepoint { 9 } else { 8 }]);
        }
        table
    }

    fn calendar_table(&self) -> Table {
        let mut table =
            Table::new("service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date");
        for service in &self.services {
            let Some((first, last)) = service.span else { continue };
            let day = |bit: u8| if service.weekdays & (1 << bit) != 0 { "1" } else { "0" };
            let (first, last) = (date(first), date(last));
            table.row(&[&service.id, day(0), day(1), day(2), day(3), day(4), day(5), day(6), &first, &last]);
        }
        table
    }

    fn calendar_dates_table(&self) -> Table {
        let mut table = Table::new("service_id,date,exception_type");
        for service in &self.services {
            for (days, kind) in [(&service.added, "1"), (&service.removed, "2")] {
                days.iter().for_each(|&day| table.row(&[&service.id, &date(day), kind]));
            }
        }
        table
    }

    fn frequencies_table(&self) -> Table {
        let mut table = Table::new("trip_id,start_time,end_time,headway_secs,exact_times");
        for frequency in &self.frequencies {
            table.row(&[
                self.trip_id(Some(frequency.trip)),
                &time(frequency.start),
                &time(frequency.end),
                &frequency.headway.to_string(),
                if frequency.exact { "1" } else { "0" },
            ]);
        }
        table
    }

    fn transfers_table(&self) -> Table {
        let mut table = Table::new(
            "from_stop_id,to_stop_id,from_route_id,to_route_id,from_trip_id,to_trip_id,transfer_type,min_transfer_time",
        );
        for transfer in &self.transfers {
            table.row(&[
                self.stop_id(transfer.from_stop),
                self.stop_id(transfer.to_stop),
                self.route_id(transfer.from_route),
                self.route_id(transfer.to_route),
                self.trip_id(transfer.from_trip),
                self.trip_id(transfer.to_trip),
                &transfer.kind.to_string(),
                &text(transfer.seconds),
            ]);
        }
        table
    }

    fn pathways_table(&self) -> Table {
        let mut table = Table::new(
            "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,length,traversal_time,stair_count,max_slope,min_width",
        );
        for pathway in &self.pathways {
            table.row(&[
                &pathway.id,
                self.stop_id(Some(pathway.from)),
                self.stop_id(Some(pathway.to)),
                &pathway.mode.to_string(),
                if pathway.bidirectional { "1" } else { "0" },
                &text(pathway.length),
                &text(pathway.traversal),
                &text(pathway.stairs),
                &text(pathway.slope),
                &text(pathway.width),
            ]);
        }
        table
    }

    fn levels_table(&self) -> Table {
        let mut table = Table::new("level_id,level_index,level_name");
        for level in &self.levels {
            table.row(&[&level.id, &level.index.to_string(), &level.name]);
        }
        table
    }

    fn shapes_table(&self) -> Table {
        let mut table = Table::new("shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence,shape_dist_traveled");
        for point in &self.points {
            table.row(&[
                self.shapes.get(point.shape as usize).map_or("", |shape| &shape.id),
                &point.latitude.to_string(),
                &point.longitude.to_string(),
                &point.sequence.to_string(),
                &text(point.distance),
            ]);
        }
        table
    }

    fn fares_table(&self) -> Table {
        let mut table = Table::new("fare_id,price,currency_type,payment_method,transfers,agency_id,transfer_duration");
        for fare in &self.fares {
            let agency = fare.agency.and_then(|agency| self.agencies.get(agency as usize));
            table.row(&[
                &fare.id,
                &fare.price.to_string(),
                &fare.currency,
                &fare.payment.to_string(),
                &text(fare.transfers),
                agency.map_or("", |agency| &agency.id),
                &text(fare.duration),
            ]);
        }
        table
    }

    fn fare_rules_table(&self) -> Table {
        let mut table = Table::new("fare_id,route_id,origin_id,destination_id,contains_id");
        for rule in &self.fare_rules {
            let fare = self.fares.get(rule.fare as usize).map_or("", |fare| &fare.id);
            table.row(&[fare, self.route_id(rule.route), &rule.origin, &rule.destination, &rule.contains]);
        }
        table
    }

    fn info_table(&self) -> Table {
        let mut table =
            Table::new("feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version");
        if let Some(info) = &self.info {
            let (start, end) = (text(info.start.map(date)), text(info.end.map(date)));
            table.row(&[&info.publisher, &info.url, &info.language, &start, &end, &info.version]);
        }
        table
    }
}
