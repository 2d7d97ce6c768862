//! What a window of departures costs, and an edit.

mod nation;

use divan::{Bencher, black_box};
use umbel_access::Error;
use umbel_access::raptor::{RangeQuery, RangeSearch};
use umbel_access::timetable::{Edit, Selection, Timetable};

fn main() {
    divan::main();
}

fn afternoon() -> RangeQuery {
    RangeQuery { first_departure: 14 * 3600, ..RangeQuery::default() }
}

/// Stops of a city from which windows are searched.
fn origins() -> impl Iterator<Item = u32> {
    (0..nation::STOPS).step_by(197)
}

#[divan::bench]
fn prepare_a_city(bencher: Bencher) {
    let input = nation::timetable(1);
    bencher.bench_local(|| Timetable::new(black_box(&input)));
}

/// 21 origins with buffers that were never used.
#[divan::bench(sample_count = 5)]
fn windows_of_21_origins_at_first(bencher: Bencher) {
    let Ok(timetable) = Timetable::new(&nation::timetable(1)) else { return };
    let transfers = nation::transfers(1);
    bencher.with_inputs(|| RangeSearch::new(&timetable)).bench_local_values(|mut search| {
        for origin in origins() {
            search.run(&timetable, &transfers, &nation::access(origin), &afternoon(), &mut |_, improved| {
                black_box(improved);
            });
        }
    });
}

/// 21 origins with buffers that were used for many.
#[divan::bench(sample_count = 20)]
fn windows_of_21_origins(bencher: Bencher) {
    let Ok(timetable) = Timetable::new(&nation::timetable(1)) else { return };
    let transfers = nation::transfers(1);
    let mut search = RangeSearch::new(&timetable);
    let mut all = || {
        for origin in origins() {
            search.run(&timetable, &transfers, &nation::access(origin), &afternoon(), &mut |_, improved| {
                black_box(improved);
            });
        }
    };
    (0..20).for_each(|_| all());
    bencher.bench_local(all);
}

/// A line cut, and one origin searched again.
#[divan::bench(sample_count = 20)]
fn edit_and_search_again(bencher: Bencher) {
    let Ok(timetable) = Timetable::new(&nation::timetable(1)) else { return };
    let transfers = nation::transfers(1);
    let access = nation::access(nation::STOPS / 2);
    let mut search = RangeSearch::new(&timetable);
    bencher.bench_local(|| -> Result<(), Error> {
        let (edited, _) = timetable.edited(&[Edit::Remove { trips: Selection::Routes(vec![7]) }])?;
        search.run(&edited, &transfers, &access, &afternoon(), &mut |_, improved| {
            black_box(improved);
        });
        Ok(())
    });
}
