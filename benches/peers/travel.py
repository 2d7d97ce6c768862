"""Measures the access engine against its peers on the same inputs, in the same run, one after the other in turn.

Usage: python3 benches/peers/travel.py FOLDER [JOB ...]

FOLDER holds poa_osm.pbf, poa_eptc.zip, poa_trensurb.zip, poa_hexgrid.csv (Porto Alegre, as in the R package r5r) and
porto_osm.pbf (Porto, as in the tests of R5); a job whose files are missing is left out.

Makes a virtual environment in target/peers with the peers below, builds crates/umbel-network/examples/travel_peers.rs, and
prints a Markdown table: CPU seconds of one thread (the least of ROUNDS, 3 by default) and peak megabytes of the process.
Figures of both sides are compared. target/peers/travel.json holds the same. A peer that cannot be installed, or fails, is
told and left out. PEERS_PYTHON names an interpreter that has the packages already. Linux only.

Not run here: R5 (r5py, r5r) needs Java and fetches its engine at first use; OSRM and Valhalla have packages for Python
3.12 and later.
"""

import array
import csv
import dataclasses
import io
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import zipfile

from environment import WORK, environment, example

PACKAGES = [
    "numpy==2.4.6", "pandas==3.1.1", "scipy==1.17.1", "igraph==1.0.0", "pandana==0.8", "ferrobus==0.2.1",
]
ROUNDS = int(os.environ.get("ROUNDS", "3"))
# One thread, whatever a peer uses.
ONE = {**os.environ, "OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

# Rules of a matrix: first departure, departures, metres a second, rides, most seconds on foot, most seconds in all, least
# seconds before boarding.
AT_ONCE, HOUR, LIKE_R5 = "50400,1,1.4,4,1800,7200,0", "50400,60,1.4,4,1800,7200,0", "50400,60,1.0,4,1800,7200,60"
DATE, FEEDS = "2019-05-13", ["poa_eptc", "poa_trensurb"]



@dataclasses.dataclass
class Job:
    name: str
    what: str
    place: str
    # As travel_peer.py and travel_peers.rs call it.
    case: str
    peers: list
    # Unit of deviations; none = figures are not compared.
    unit: str = ""
    rules: str = ""
    # Every how many cells of the grid are places.
    step: int = 0
    rounds: int = 5

    @property
    def on_network(self):
        return self.case in ("network", "matrix")


JOBS = [
    Job("walk_poa", "on foot from 100 nodes to all", "poa", "one_to_all", ["scipy", "igraph"], "m"),
    Job("walk_porto", "on foot from 100 nodes to all", "porto", "one_to_all", ["scipy"], "m", rounds=3),
    Job("within_poa", "nodes within 3,600 m of 100", "poa", "within", ["scipy"], "nodes"),
    Job("within_porto", "nodes within 3,600 m of 100", "porto", "within", ["scipy"], "nodes"),
    Job("table_poa", "on foot, 200 x 200 nodes", "poa", "table", ["pandana"], "m"),
    Job("table_porto", "on foot, 200 x 200 nodes", "porto", "table", ["pandana"], "m", rounds=3),
    Job("jobs_poa", "jobs within 3,600 m of every node", "poa", "jobs", ["pandana"], "jobs", rounds=2),
    Job("network", "network of an extract and 2 feeds", "poa", "network", ["ferrobus"]),
    Job("departure", "205 x 205 cells, 1 departure", "poa", "matrix", ["ferrobus"], "s", AT_ONCE, 6),
    Job("hour", "205 x 205 cells, 60 departures", "poa", "matrix", ["ferrobus"], "s", HOUR, 6, rounds=2),
    Job("hour_all", "1,227 x 1,227 cells, 60 departures, 1 m/s", "poa", "matrix", [], "s", LIKE_R5, 1, rounds=3),
]
PLACES = {"poa": "Porto Alegre", "porto": "Porto"}


def run(command):
    """What a command prints on its last line, or why it failed."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=ONE)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        raise RuntimeError(lines[-1])
    return (done.stdout.strip().splitlines() or [""])[-1]


def numbers(path):
    held = array.array("d")
    held.frombytes(path.read_bytes())
    return held


def compared(folder, unit):
    """How far figures of both sides lie from each other, and the share that only one of them has."""
    ours, theirs = numbers(folder / "ours.f64"), numbers(folder / "theirs.f64")
    if len(ours) != len(theirs):
        raise RuntimeError(f"{len(theirs)} figures, {len(ours)} of ours")
    both = [a - b for a, b in zip(ours, theirs) if a == a and b == b]
    one = sum((a == a) != (b == b) for a, b in zip(ours, theirs))
    sizes = sorted(map(abs, both)) or [math.nan]
    found = {"unit": unit, "largest": sizes[-1], "median": statistics.median(both or [math.nan])}
    if unit == "s":
        found["within_60_s"] = sum(size <= 60 for size in sizes) / len(sizes)
        found["within_180_s"] = sum(size <= 180 for size in sizes) / len(sizes)
    return {"deviation": {**found, "in_one_only": one / max(len(both) + one, 1)}}


def folders(inputs, work):
    """The feeds as folders, empty times of stops filled in by the number of stops: ferrobus reads neither zip files nor
    feeds with empty times."""
    made = []
    for name in FEEDS:
        folder = work / name
        folder.mkdir(exist_ok=True)
        with zipfile.ZipFile(inputs / f"{name}.zip") as feed:
            feed.extractall(folder)
        path = folder / "stop_times.txt"
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        rows.sort(key=lambda row: (row["trip_id"], int(row["stop_sequence"])))
        filled(rows)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        made.append(folder)
    return made


def filled(rows):
    def seconds(text):
        hours, minutes, seconds = map(int, text.split(":"))
        return hours * 3600 + minutes * 60 + seconds

    known = None
    for at, row in enumerate(rows):
        if not row["departure_time"].strip():
            continue
        if known is not None and rows[known]["trip_id"] == row["trip_id"]:
            first, last = seconds(rows[known]["departure_time"]), seconds(row["arrival_time"])
            for between in range(known + 1, at):
                time = first + (last - first) * (between - known) // (at - known)
                text = f"{time // 3600:02}:{time // 60 % 60:02}:{time % 60:02}"
                rows[between]["arrival_time"] = rows[between]["departure_time"] = text
        known = at


def cells(inputs, folder, step):
    with (inputs / "poa_hexgrid.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[::step]
    for name in ["lon", "lat"]:
        array.array("d", (float(row[name]) for row in rows)).tofile((folder / f"{name}.f64").open("wb"))
    return len(rows)


class Bench:
    def __init__(self, inputs):
        self.inputs, self.work = inputs, WORK / "travel"
        self.work.mkdir(parents=True, exist_ok=True)
        self.python, missing = environment("travel-venv", PACKAGES)
        for package, why in missing.items():
            print(f"not installed: {package}: {why}", file=sys.stderr)
        self.binary = example("umbel-network", "travel_peers")
        self.feeds = None

    def ours(self, job, folder, files):
        match job.case:
            case "network":
                command = [self.binary, "network", *files]
            case "matrix":
                command = [self.binary, "matrix", folder, job.rules, *files]
            case case:
                command = [self.binary, case, folder]
        ready, cpu, wall, peak = map(float, run(command).split())
        return {"ready": ready, "cpu": cpu, "wall": wall, "peak": peak}

    def theirs(self, peer, job, folder, files):
        script = pathlib.Path(__file__).with_name("travel_peer.py")
        return json.loads(run([self.python, script, peer, job.case, folder, job.rules or LIKE_R5, *files]))

    def ready(self, job):
        """The folder of a job with its inputs, and the files of its network; none when inputs are missing."""
        extract = self.inputs / f"{job.place}_osm.pbf"
        feeds = [self.inputs / f"{feed}.zip" for feed in FEEDS]
        needed = [extract, *feeds, self.inputs / "poa_hexgrid.csv"] if job.on_network else [extract]
        absent = [path.name for path in needed if not path.exists()]
        if absent:
            print(f"{job.name}: left out, {self.inputs} has no {', '.join(absent)}", file=sys.stderr)
            return None
        folder = self.work / (job.name if job.on_network else job.place)
        folder.mkdir(exist_ok=True)
        if not job.on_network:
            run([self.binary, "graph", extract, folder])
            return folder, []
        if job.peers:
            self.feeds = self.feeds or folders(self.inputs, self.work)
            feeds = self.feeds
        if job.step:
            cells(self.inputs, folder, job.step)
        return folder, [DATE, extract, *feeds]

    def rows(self, job):
        """A row for each peer of a job."""
        made = self.ready(job)
        if made is None:
            return
        folder, files = made
        ours, theirs, failed, deviations = [], {peer: [] for peer in job.peers}, {}, {}
        for _ in range(min(ROUNDS, job.rounds)):
            ours.append(self.ours(job, folder, files))
            for peer in job.peers:
                if peer in failed:
                    continue
                try:
                    theirs[peer].append(self.theirs(peer, job, folder, files))
                    if job.unit and peer not in deviations:
                        deviations[peer] = compared(folder, job.unit)
                except RuntimeError as error:
                    failed[peer] = str(error)
        row = {"job": job.name, "what": f"{PLACES[job.place]}: {job.what}", "ours": least(ours)}
        for peer in job.peers or [None]:
            if peer is None:
                yield row
            elif peer in failed:
                yield {**row, "peer": peer, "failed": failed[peer]}
            else:
                version = theirs[peer][0]["version"]
                measured = {"theirs": least(theirs[peer]), **deviations.get(peer, {})}
                yield {**row, "peer": f"{peer} {version}", **measured}


def least(runs):
    """The least time of some runs, and the most memory."""
    times = {key: min(run[key] for run in runs) for key in ("ready", "cpu")}
    return {**times, "peak": max(run["peak"] for run in runs)}


def seconds(of):
    return f"{of['ready']:.2f} + {of['cpu']:.4f}" if of["ready"] else f"{of['cpu']:.4f}"


def shown(row):
    ours, deviation = row["ours"], row.get("deviation")
    start = f"| {row['what']} | {row.get('peer') or 'none'}"
    if "theirs" not in row:
        why = f" failed: {row['failed']}" if "failed" in row else ""
        return f"{start}{why} | - | {seconds(ours)} | - | - / {ours['peak']:.0f} | - |"
    theirs, told = row["theirs"], "not compared"
    if deviation:
        told = f"largest {deviation['largest']:.2g} {deviation['unit']}"
        if deviation["unit"] == "s":
            told = f"{deviation['within_60_s']:.1%} within 60 s, median {deviation['median']:+.0f} s"
        if deviation["in_one_only"]:
            told += f", {deviation['in_one_only']:.2%} in one only"
    ratio = theirs["cpu"] / ours["cpu"]
    memory = f"{theirs['peak']:.0f} / {ours['peak']:.0f}"
    return f"{start} | {seconds(theirs)} | {seconds(ours)} | {ratio:.1f} | {memory} | {told} |"


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    bench = Bench(pathlib.Path(sys.argv[1]).resolve())
    chosen = [job for job in JOBS if job.name in sys.argv[2:] or len(sys.argv) == 2]
    unknown = set(sys.argv[2:]) - {job.name for job in JOBS}
    if unknown:
        raise SystemExit(f"no job {', '.join(sorted(unknown))}; there are {', '.join(job.name for job in JOBS)}")
    print("| what | peer | its CPU s (ready + call) | our CPU s | ratio of calls | peak MB, its / ours | deviation |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    rows = []
    for job in chosen:
        for row in bench.rows(job):
            rows.append(row)
            print(shown(row), flush=True)
    (WORK / "travel.json").write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
