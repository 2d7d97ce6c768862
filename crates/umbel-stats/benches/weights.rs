//! Neighbours of many places.

use divan::Bencher;
use umbel_core::random::Stream;
use umbel_stats::weights::contiguity::{Contiguity, contiguity, contiguity_snapped};
use umbel_stats::weights::distance::{Metric, k_nearest};
use umbel_stats::weights::gaps::near;
use umbel_stats::weights::polygons::Polygons;

/// A lattice of squares.
fn squares(side: usize) -> Polygons {
    let mut polygons = Polygons::new();
    for at in 0..side * side {
        let (x, y) = ((at % side) as f64, (at / side) as f64);
        let ring = [[x, y], [x + 1.0, y], [x + 1.0, y + 1.0], [x, y + 1.0]];
        polygons.place();
        if let Err(error) = polygons.ring(&ring, false) {
            panic!("{error}");
        }
    }
    polygons
}

#[divan::bench]
fn queen_of_90_000_squares(bencher: Bencher) {
    let polygons = squares(300);
    bencher.bench(|| contiguity(&polygons, Contiguity::Queen));
}

#[divan::bench]
fn rook_of_90_000_squares(bencher: Bencher) {
    let polygons = squares(300);
    bencher.bench(|| contiguity(&polygons, Contiguity::Rook));
}

#[divan::bench]
fn queen_of_90_000_squares_snapped(bencher: Bencher) {
    let polygons = squares(300);
    bencher.bench(|| contiguity_snapped(&polygons, Contiguity::Queen, 1e-6));
}

#[divan::bench]
fn gaps_between_90_000_squares(bencher: Bencher) {
    let polygons = squares(300);
    bencher.bench(|| near(&polygons, 1e-3));
}

#[divan::bench]
fn eight_nearest_of_100_000(bencher: Bencher) {
    let mut stream = Stream::new(1, 0);
    let points: Vec<[f64; 2]> = (0..100_000).map(|_| [stream.uniform(), stream.uniform()]).collect();
    bencher.bench(|| k_nearest(&points, 8, Metric::Planar));
}

#[divan::bench]
fn eight_nearest_of_100_000_on_the_sphere(bencher: Bencher) {
    let mut stream = Stream::new(1, 0);
    let points: Vec<[f64; 2]> =
        (0..100_000).map(|_| [360.0 * stream.uniform() - 180.0, 180.0 * stream.uniform() - 90.0]).collect();
    bencher.bench(|| k_nearest(&points, 8, Metric::GreatCircle));
}
