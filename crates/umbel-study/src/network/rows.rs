//! Rows computed side by side and handed on in order, in bounded memory.

use rayon::prelude::*;

/// Computes `count` rows on the threads of rayon's current pool and gives them to `sink` one after the other in order.
/// At most 32 rows a thread are in memory. What `sink` sees does not depend on the number of threads.
///
/// # Errors
/// The first error of `sink`; then no further rows are computed.
pub fn in_order<T: Send, E>(
    count: usize,
    row: impl Fn(usize) -> T + Sync,
    mut sink: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let batch = 32 * rayon::current_num_threads();
    for first in (0..count).step_by(batch.max(1)) {
        let last = count.min(first + batch);
        let rows: Vec<T> = (first..last).into_par_iter().with_max_len(1).map(&row).collect();
        for (at, computed) in rows.into_iter().enumerate() {
            sink(first + at, computed)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_order_and_stop_at_an_error() {
        let mut seen = Vec::new();
        let ended: Result<(), ()> = in_order(
            500,
            |at| at * 2,
            |at, twice| {
                seen.push(twice);
                if at == 400 { Err(()) } else { Ok(()) }
            },
        );
        assert!(ended.is_err());
        assert_eq!(seen, (0..=400).map(|at| at * 2).collect::<Vec<_>>());
    }
}
