//! What our side of every comparison does: raw numbers in and out of files, processor time, the most memory in use. Shared
//! by examples of several crates (`#[path]`). Linux only: figures come from /proc.

use std::error::Error;
use std::fs;
use std::path::Path;

/// What may go wrong, on any thread.
pub type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Little-endian 64-bit floats of FOLDER/NAME.f64.
pub fn read(folder: &Path, name: &str) -> Done<Vec<f64>> {
    let path = folder.join(format!("{name}.f64"));
    let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(bytes.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
}

/// Writes them.
pub fn write(folder: &Path, name: &str, values: impl IntoIterator<Item = f64>) -> Done<()> {
    let bytes: Vec<u8> = values.into_iter().flat_map(f64::to_le_bytes).collect();
    Ok(fs::write(folder.join(format!("{name}.f64")), bytes)?)
}

/// Seconds that all threads have run.
pub fn cpu_seconds() -> Done<f64> {
    let mut nanoseconds = 0.0;
    for task in fs::read_dir("/proc/self/task")? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        nanoseconds += text.split(' ').next().unwrap_or_default().parse::<f64>()?;
    }
    Ok(nanoseconds / 1e9)
}

/// The most megabytes that were in use at any time.
pub fn peak_megabytes() -> Done<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak of memory")?;
    Ok((line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0).round())
}
