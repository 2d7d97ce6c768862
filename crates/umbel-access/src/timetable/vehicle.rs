//! Classes of vehicles.

use serde::{Deserialize, Serialize};

/// Class of a vehicle: what GTFS `route_type` says, with the extended types (100 to 1799) put to the class they refine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Vehicle {
    /// Tram, light rail (0, 900-999).
    Tram,
    /// Metro, underground (1, 400-499).
    Metro,
    /// Rail between cities or in the suburbs (2, 100-199, 300-399).
    Rail,
    /// Bus (3, 700-799).
    Bus,
    /// Coach (200-299).
    Coach,
    /// Ferry (4, 1000-1099, 1200-1299).
    Ferry,
    /// Cable tram, aerial lift, funicular (5, 6, 7, 1300-1499).
    Cable,
    /// Trolleybus (11, 800-899).
    Trolleybus,
    /// Monorail (12).
    Monorail,
    /// Air (1100-1199).
    Air,
    /// Anything else.
    Other,
}

impl Vehicle {
    /// All classes, in their order.
    pub const ALL: [Vehicle; 11] = [
        Vehicle::Tram,
        Vehicle::Metro,
        Vehicle::Rail,
        Vehicle::Bus,
        Vehicle::Coach,
        Vehicle::Ferry,
        Vehicle::Cable,
        Vehicle::Trolleybus,
        Vehicle::Monorail,
        Vehicle::Air,
        Vehicle::Other,
    ];

    /// The class of a GTFS `route_type`.
    ///
    /// Source: GTFS Schedule reference, routes.txt; extended route types of Google Transit.
    pub fn of(route_type: u16) -> Vehicle {
        match route_type {
            0 | 900..=999 => Vehicle::Tram,
            1 | 400..=499 => Vehicle::Metro,
            2 | 100..=199 | 300..=399 => Vehicle::Rail,
            3 | 700..=799 => Vehicle::Bus,
            200..=299 => Vehicle::Coach,
            4 | 1000..=1099 | 1200..=1299 => Vehicle::Ferry,
            5..=7 | 1300..=1499 => Vehicle::Cable,
            11 | 800..=899 => Vehicle::Trolleybus,
            12 => Vehicle::Monorail,
            1100..=1199 => Vehicle::Air,
            _ => Vehicle::Other,
        }
    }

    /// The GTFS `route_type` that stands for the class; none for what is in no class.
    pub fn route_type(self) -> Option<u16> {
        Some(match self {
            Vehicle::Tram => 0,
            Vehicle::Metro => 1,
            Vehicle::Rail => 2,
            Vehicle::Bus => 3,
            Vehicle::Coach => 200,
            Vehicle::Ferry => 4,
            Vehicle::Cable => 5,
            Vehicle::Trolleybus => 11,
            Vehicle::Monorail => 12,
            Vehicle::Air => 1100,
            Vehicle::Other => return None,
        })
    }
}

/// Which classes of vehicles may be ridden; at first all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VehicleFilter(u16);

impl VehicleFilter {
    /// All vehicles.
    pub const ALL: VehicleFilter = VehicleFilter((1 << Vehicle::ALL.len()) - 1);

    /// These only.
    pub fn only(vehicles: &[Vehicle]) -> VehicleFilter {
        VehicleFilter(vehicles.iter().fold(0, |mask, &vehicle| mask | 1 << vehicle as u8))
    }

    /// All but these.
    pub fn without(vehicles: &[Vehicle]) -> VehicleFilter {
        VehicleFilter(VehicleFilter::ALL.0 & !VehicleFilter::only(vehicles).0)
    }

    /// Whether a vehicle of this class may be ridden.
    pub fn allows(self, vehicle: Vehicle) -> bool {
        self.0 & 1 << vehicle as u8 != 0
    }
}

impl Default for VehicleFilter {
    fn default() -> VehicleFilter {
        VehicleFilter::ALL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_knows_classes() {
        assert_eq!(Vehicle::of(702), Vehicle::of(3));
        assert_eq!(Vehicle::of(109), Vehicle::Rail);
        assert_eq!(Vehicle::of(1700), Vehicle::Other);
        for class in Vehicle::ALL {
            assert!(class.route_type().is_none_or(|number| Vehicle::of(number) == class), "{class:?}");
        }
        let filter = VehicleFilter::without(&[Vehicle::Bus]);
        assert!(!filter.allows(Vehicle::Bus) && filter.allows(Vehicle::Rail) && filter.allows(Vehicle::Other));
        assert_eq!(VehicleFilter::only(&Vehicle::ALL), VehicleFilter::ALL);
        assert!(Vehicle::ALL.iter().enumerate().all(|(at, &vehicle)| vehicle as usize == at));
    }
}
