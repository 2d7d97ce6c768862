"""Measures the statistics engine against its peers on the same data, in the same run, one after the other in turn.

Usage: python3 benches/peers/run.py [CASE ...]

Makes a virtual environment in target/peers with the versions below, builds crates/umbel-stats/examples/peers.rs, and
prints a Markdown table: CPU seconds of all threads (median of ROUNDS, 5 by default; fewer of peers that take long) of
one call on data in memory, and their ratio. Peers that compile on their first call are called once before. Statistics
are compared and must agree. Without a CASE all are run but theil_1000, which takes the peer a quarter of an hour.
PEERS_PYTHON names an interpreter that has the packages already. Linux only.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys

from environment import WORK, environment, example

PACKAGES = [
    "numpy==2.4.6", "scipy==1.17.1", "pandas==3.1.1", "numba==0.68.1", "geopandas==1.2.0", "shapely==2.2.0",
    "libpysal==4.14.1", "esda==2.8.2", "inequality==1.1.2", "giddy==2.3.8", "pymannkendall==1.4.3",
    "pyfixest==0.60.0",
]
ROUNDS = int(os.environ.get("ROUNDS", "5"))


class Peer:
    """A peer in a process of its own that keeps its data between calls."""

    def __init__(self, python, case, folder):
        command = [python, pathlib.Path(__file__).with_name("peer.py"), case, folder]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.receive()

    def receive(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the peer ended with {self.process.wait()}")
        return json.loads(line)

    def ask(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return self.receive()

    def call(self):
        return self.ask("call")

    def compare(self):
        return self.ask("compare")["deviation"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


# Case of peer.py, case of examples/peers.rs, what it is, the ratio aimed at, most rounds.
CASES = [
    ("local_moran_30k", "local_moran", "local Moran, 30,276 places, 999 permutations", 20, 5),
    ("local_moran_300k", "local_moran", "local Moran, 300,304 places, 999 permutations", None, 5),
    ("moran_300k", "moran", "Moran's I, 300,304 places, 999 permutations", 10, 3),
    ("queen", "queen", "queen contiguity of 90,000 polygons", 10, 5),
    ("knn", "knn", "8 nearest of 100,000 points", 10, 5),
    ("theil", "theil", "Theil, 10 million values in 31 groups", 100, 2),
    ("theil_1000", "theil", "Theil, 10 million values in 1,000 groups", 100, 1),
    ("gini", "gini", "Gini, 10 million values", 3, 5),
    ("mann_kendall", "mann_kendall", "Mann-Kendall, 1,000 series of 500", 30, 3),
    ("fixed_effects", "fixed_effects", "two-way fixed effects, 1 million rows, clustered", 2, 5),
]


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    python, missing = environment("venv", PACKAGES)
    if missing:
        raise SystemExit("not installed: " + "; ".join(f"{name}: {why}" for name, why in missing.items()))
    binary = example("umbel-stats", "peers")
    names = sys.argv[1:] or [case[0] for case in CASES if case[0] != "theil_1000"]
    chosen = [case for case in CASES if case[0] in names]
    print("| what | peer | its CPU s | our CPU s | our wall s | our peak MB | ratio | aim | largest deviation |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    missed = []
    for name, ours, what, aim, most in chosen:
        folder = WORK / name
        folder.mkdir(exist_ok=True)
        peer = Peer(python, name, folder)
        theirs, times, walls, peaks = [], [], [], []
        for _ in range(min(ROUNDS, most)):
            answer = peer.call()
            theirs.append(answer["cpu"])
            run = subprocess.run([binary, ours, folder], check=True, capture_output=True, text=True)
            cpu, wall, peak = map(float, run.stdout.split())
            times.append(cpu)
            walls.append(wall)
            peaks.append(peak)
        deviation = peer.compare()
        peer.close()
        theirs, times, walls = map(statistics.median, (theirs, times, walls))
        ratio = theirs / times
        shown = f"{answer['name']} | {theirs:.3f} | {times:.4f} | {walls:.4f} | {max(peaks):.0f} | {ratio:.1f}"
        if answer["partly"]:
            shown = f"{answer['name']} | - | {times:.4f} | {walls:.4f} | {max(peaks):.0f} | -"
        target = f"{aim} times" if aim else "below 1 s"
        print(f"| {what} | {shown} | {target} | {deviation:.0e} |", flush=True)
        if (ratio < aim if aim else times >= 1.0) or deviation > 1e-6:
            missed.append(what)
    if missed:
        raise SystemExit("missed: " + "; ".join(missed))


if __name__ == "__main__":
    main()
