//! Our side of benches/peers/run.py: `peers CASE FOLDER` reads the inputs of a case (raw little-endian 64-bit floats, one
//! file each), makes one call of the engine on data in memory, writes the statistics to FOLDER/ours.f64 and prints CPU
//! seconds of all threads, wall seconds and peak megabytes. Linux only: times come from /proc.

#[path = "../../../benches/peers/measure.rs"]
mod measure;

use measure::{Done, cpu_seconds, peak_megabytes, write};
use std::path::Path;
use std::time::Instant;
use umbel_stats::autocorrelation::local_moran::{Divisor as LocalDivisor, local_moran};
use umbel_stats::autocorrelation::moran::moran;
use umbel_stats::autocorrelation::significance::{Islands, Test};
use umbel_stats::inequality::gini::{Divisor, gini};
use umbel_stats::inequality::theil::{Measure, theil};
use umbel_stats::panel::covariance::Errors;
use umbel_stats::panel::fixed_effects::{Regression, fixed_effects};
use umbel_stats::panel::groups::Groups;
use umbel_stats::trend::mann_kendall::{Options, mann_kendall_all};
use umbel_stats::weights::contiguity::{Contiguity, contiguity};
use umbel_stats::weights::distance::{Metric, k_nearest};
use umbel_stats::{Weights, weights::Polygons};

/// What a call gives.
type Call = Box<dyn FnOnce() -> Done<Vec<f64>>>;

fn main() -> Done<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [case, folder] = &arguments[..] else { return Err("usage: peers CASE FOLDER".into()) };
    let folder = Path::new(folder);
    let call = prepared(case, folder)?;
    // Threads are started before, as those of the peer are.
    rayon::broadcast(|_| ());
    let (cpu, wall) = (cpu_seconds()?, Instant::now());
    let result = call()?;
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds()? - cpu);
    write(folder, "ours", result)?;
    println!("{cpu} {wall} {}", peak_megabytes()?);
    Ok(())
}

/// Reads the data of a case.
fn prepared(case: &str, folder: &Path) -> Done<Call> {
    let read = |name: &str| measure::read(folder, name);
    let codes = |name: &str| -> Done<Vec<u32>> { Ok(read(name)?.into_iter().map(|code| code as u32).collect()) };
    Ok(match case {
        "local_moran" | "moran" => {
            let values = read("values")?;
            let weights = lattice(values.len())?;
            let test = Test::default();
            if case == "moran" {
                Box::new(move || Ok(vec![moran(&values, &weights, &test)?.i]))
            } else {
                Box::new(move || {
                    let found = local_moran(&values, &weights, LocalDivisor::PlacesLessOne, Islands::Undefined, &test)?;
                    Ok(found.into_iter().map(|place| place.i).collect())
                })
            }
        }
        "queen" => {
            let corners: Vec<[f64; 2]> = read("corners")?.as_chunks::<2>().0.to_vec();
            Box::new(move || {
                let rings: Vec<usize> = (0..=corners.len() / 5).map(|at| at * 5).collect();
                let places: Vec<usize> = (0..rings.len()).collect();
                let polygons = Polygons::from_parts(&corners, &rings, &vec![false; rings.len() - 1], &places)?;
                Ok(degrees(&contiguity(&polygons, Contiguity::Queen)))
            })
        }
        "knn" => {
            let points: Vec<[f64; 2]> = read("points")?.as_chunks::<2>().0.to_vec();
            Box::new(move || Ok(columns(&k_nearest(&points, 8, Metric::Planar)?)))
        }
        "theil" => {
            let (values, groups) = (read("values")?, codes("groups")?);
            Box::new(move || {
                let found = theil(&values, None, &[&groups], Measure::T)?;
                Ok(vec![found.total, found.levels[0].between, found.within])
            })
        }
        "gini" => {
            let values = read("values")?;
            Box::new(move || Ok(vec![gini(&values, None, Divisor::Population)?]))
        }
        "mann_kendall" => {
            let values = read("values")?;
            let series: Vec<Vec<f64>> = values.chunks(500).map(<[f64]>::to_vec).collect();
            Box::new(move || {
                let mut all = Vec::new();
                for found in mann_kendall_all(&series, &Options::default()) {
                    let found = found?;
                    all.extend([found.s, found.z.unwrap_or(f64::NAN), found.slope]);
                }
                Ok(all)
            })
        }
        "fixed_effects" => {
            let (y, x, d, unit, period) = (read("y")?, read("x")?, read("d")?, codes("u")?, codes("t")?);
            Box::new(move || {
                let effects = [Groups::from_codes(&unit), Groups::from_codes(&period)];
                let (clusters, explained) = ([effects[0].clone()], [&x[..], &d[..]]);
                let regression = Regression::new(&y, &explained).with_errors(Errors::Clustered(&clusters));
                let fit = fixed_effects(&regression, &effects)?;
                let estimates = fit.coefficients.iter().flatten();
                Ok(estimates.flat_map(|one| [one.estimate, one.standard_error]).collect())
            })
        }
        _ => return Err(format!("there is no case {case}").into()),
    })
}

/// Queen weights of a square lattice, row-standardised.
fn lattice(places: usize) -> Done<Weights> {
    let side = (places as f64).sqrt() as usize;
    let mut polygons = Polygons::new();
    for at in 0..places {
        let (x, y) = ((at % side) as f64, (at / side) as f64);
        polygons.place();
        polygons.ring(&[[x, y], [x + 1.0, y], [x + 1.0, y + 1.0], [x, y + 1.0]], false)?;
    }
    Ok(contiguity(&polygons, Contiguity::Queen).row_standardised())
}

fn degrees(weights: &Weights) -> Vec<f64> {
    (0..weights.len()).map(|place| weights.degree(place) as f64).collect()
}

fn columns(weights: &Weights) -> Vec<f64> {
    weights.all_neighbours().iter().map(|&to| f64::from(to)).collect()
}
