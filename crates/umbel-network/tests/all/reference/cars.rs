//! Cars without congestion.

use super::{folder, number, points, publish, quantile, rows, share, streets};
use umbel_access::door::SNAP_RADIUS;
use umbel_access::streets::{CLOSED, Mode, ProfileOptions, SMALL_ISLAND_FOR_CARS, Snap, table};
use umbel_network::osm::Rules;

#[test]
fn cars_lie_in_the_band_of_osrm() {
    let Some(folder) = folder() else { return };
    let points = points(&folder.join("poa_points200.csv"));
    let streets = streets(&folder.join("data/poa_osm.pbf"), &Rules::standard());
    let options = ProfileOptions { smallest_island: SMALL_ISLAND_FOR_CARS, ..ProfileOptions::default() };
    let car = streets.profile(Mode::Car, &options).expect("a profile");
    let reference = rows(&folder.join("poa_car.csv"));
    let compare = |radius: f64| {
        let joined = |at: &[f64; 2]| streets.snap(&car, at[0], at[1], radius);
        let snaps: Vec<Option<Snap>> = points.at.iter().map(joined).collect();
        let table = table(&streets, &car, &snaps, &snaps, 1 << 29);
        let (mut ratios, mut unreached, mut alone) = (Vec::new(), 0, 0);
        for row in &reference {
            let (from, to) = (points.ids[&row["from_id"]], points.ids[&row["to_id"]]);
            let Some(osrm) = number(row, "osrm_car_s").filter(|osrm| *osrm > 0.0) else { continue };
            let found = table[from * snaps.len() + to];
            // A pair that is not reached lies outside of every band.
            ratios.push(if found == CLOSED { f64::INFINITY } else { f64::from(found) / 1000.0 / osrm });
            if found == CLOSED {
                unreached += 1;
                assert!(snaps[from].is_none() || snaps[to].is_none(), "{row:?}");
                let reached = |column| number(row, column).is_some();
                alone += usize::from(!reached("r5_car_s") && !reached("valhalla_auto_s"));
            }
        }
        ratios.sort_by(f64::total_cmp);
        let [low, middle, high] = [0.05, 0.5, 0.95].map(|share| quantile(&ratios, share));
        println!("own car / osrm_car_s: {} pairs, 5/50/95 %: {low:.3} {middle:.3} {high:.3}", ratios.len());
        let inside = share(&ratios, |ratio| (0.75..=1.45).contains(&ratio));
        let mut result = format!(
            "ratio {middle:.3}, 90 % between {low:.3} and {high:.3}; {:.1} % between 0.75 and 1.45, {unreached} not reached",
            inside * 100.0
        );
        if unreached > 0 {
            result.push_str(&format!(", {alone} of them neither by R5 and Valhalla"));
        }
        (ratios.len(), inside, unreached, alone, result)
    };
    // OSRM joins points however far away; we and R5 do not beyond a limit.
    let (pairs, inside, unreached, alone, result) = compare(SNAP_RADIUS);
    assert!(pairs > 10_000 && inside >= 0.9 && unreached - alone < 10, "{inside} {unreached} {alone}");
    let (_, all_inside, none, _, joined) = compare(10_000.0);
    assert!(all_inside >= 0.95 && none == 0, "{all_inside} {none}");
    publish(
        "cars",
        &[
            ("car without congestion, Porto Alegre", "OSRM 26.10", pairs, result),
            ("the same, points joined however far", "OSRM 26.10", pairs, joined),
        ],
    );
}
