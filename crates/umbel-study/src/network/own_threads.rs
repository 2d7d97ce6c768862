//! Work that others wait for, on threads of its own.
//!
//! A thread of a pool that waits for jobs which it has shared takes up other jobs meanwhile. If one of these waited for work of
//! the same thread, further down on its stack, neither would ever end. So whoever may be waited for works here: a thread
//! of no pool begins the work, and a pool that nothing else runs in shares its jobs. These wait for nothing but each other, so
//! they end, and so does all waiting for them.

use rayon::ThreadPool;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The pool of so many threads: as many as the pool has that asks, so that limits on threads hold.
fn pool(threads: usize) -> Result<Arc<ThreadPool>, String> {
    static POOLS: Mutex<BTreeMap<usize, Arc<ThreadPool>>> = Mutex::new(BTreeMap::new());
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pool) = pools.get(&threads) {
        return Ok(Arc::clone(pool));
    }
    let made = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|at| format!("travel {at}")).build();
    let pool = Arc::new(made.map_err(|error| format!("no threads to travel with: {error}"))?);
    pools.insert(threads, Arc::clone(&pool));
    Ok(pool)
}

/// Does work apart from the pool of the thread that calls, which sleeps meanwhile and takes up no other job. `work` gets a pool
/// to share its jobs in; it may itself wait for locks that are held by such work alone.
///
/// # Errors
/// When there are no threads for it.
pub(super) fn on_own_threads<T: Send>(work: impl FnOnce(&ThreadPool) -> T + Send) -> Result<T, String> {
    let pool = pool(rayon::current_num_threads())?;
    std::thread::scope(|scope| {
        let begun = std::thread::Builder::new().spawn_scoped(scope, || work(&pool));
        let begun = begun.map_err(|error| format!("no thread to travel with: {error}"))?;
        begun.join().map_or_else(|panic| std::panic::resume_unwind(panic), Ok)
    })
}
