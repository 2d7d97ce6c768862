"""Measures umbel on the synthetic country against frictionless (checks), Polars and DuckDB (aggregates), same run.

Usage: run.py UMBEL_BINARY FOLDER   (FOLDER is made by generate.py when it is not there)
Prints a Markdown table: wall seconds, CPU seconds, peak memory, each the median of the runs.
"""

import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

binary, folder = sys.argv[1], pathlib.Path(sys.argv[2])
here = pathlib.Path(__file__).parent
runs = int(os.environ.get("RUNS", "3"))


def generate(path, *flags):
    if not (path / "datapackage.json").exists():
        subprocess.run([sys.executable, here / "generate.py", path, *flags], check=True)
    return path


def measure(command, before=None, times=runs):
    wall, cpu, memory, codes = [], [], [], set()
    for _ in range(times):
        if before:
            before()
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall.append(time.perf_counter() - start)
        cpu.append(usage.ru_utime + usage.ru_stime)
        memory.append(usage.ru_maxrss / 1024)
        codes.add(os.waitstatus_to_exitcode(status))
    return statistics.median(wall), statistics.median(cpu), max(memory), sorted(codes)


csv_folder = generate(folder)
parquet_folder = generate(folder.with_name(folder.name + "-parquet"), "--format", "parquet")
observations = csv_folder / "data" / "observations.csv"
size = observations.stat().st_size / 1e6
clear = lambda path: lambda: shutil.rmtree(path / ".umbel", ignore_errors=True)
rows = []


def report(name, result, note=""):
    wall, cpu, memory, codes = result
    rows.append((name, wall, cpu, memory, codes, note))
    print(f"| {name} | {wall:.2f} | {cpu:.2f} | {memory:.0f} | {','.join(map(str, codes))} | {note} |", flush=True)


print(f"CSV {size:.0f} MB, 6 million rows, 50 measures\n")
print("| what | wall s | CPU s | peak MB | exit | note |\n| --- | --- | --- | --- | --- | --- |")
result = measure([binary, "--quiet", "check", csv_folder], clear(csv_folder))
report("umbel check, CSV", result, f"{size / result[0]:.0f} MB/s")
report("umbel check, Parquet", measure([binary, "--quiet", "check", parquet_folder], clear(parquet_folder)))
everything = [binary, "--quiet", "run", csv_folder]
written = [*everything, "--format", "csv", "--output", folder.with_suffix(".out")]
report("umbel run, all measures, cold, CSV", measure(everything, clear(csv_folder)))
report("the same, every figure written", measure(written, clear(csv_folder)))
report("umbel run, all measures, warm, CSV", measure(everything))
report("umbel run, all measures, cold, Parquet",
       measure([binary, "--quiet", "run", parquet_folder], clear(parquet_folder)))


def change_one():
    """Another value for one observation in the middle of the file, of the same length."""
    with open(observations, "r+b") as file:
        file.seek(int(size * 1e6 / 2))
        file.readline()
        position = file.tell()
        line = file.readline()
        match = re.search(rb",(\d)(\d*\.\d+),", line)
        digit = str((int(match[1]) % 9) + 1).encode()
        file.seek(position + match.start(1))
        file.write(digit)


report("umbel run, all measures, after one changed observation, CSV", measure(everything, change_one))
report("the same, every figure written", measure(written, change_one))

polars = """
import polars as pl, sys
p = pl.read_csv(sys.argv[2]).select("place_id", "parent_id")
t = pl.scan_csv(sys.argv[1], schema_overrides={"value": pl.Float64, "period": pl.String}, infer_schema_length=1000)
latest = t.group_by("indicator_id", "place_id", "period").agg(pl.col("value").sort_by("vintage").last())
latest.join(p.lazy(), on="place_id").group_by("indicator_id", "parent_id", "period").agg(pl.col("value").sum()).collect()
"""
duckdb = """
import duckdb, sys
c = duckdb.connect()
c.execute(f"create table t as select * from read_csv('{sys.argv[1]}', types={{'period':'VARCHAR'}})")
c.execute(f"create table p as select place_id, parent_id from read_csv('{sys.argv[2]}')")
c.execute("select indicator_id, parent_id, period, sum(value) from (select *, row_number() over (partition by indicator_id, place_id, period order by vintage desc) n from t) join p using (place_id) where n = 1 group by all").fetchall()
"""
places = csv_folder / "data" / "places.csv"
report("Polars: read, latest vintage, 100 province totals", measure([sys.executable, "-c", polars, observations, places]))
report("DuckDB: read, latest vintage, 100 province totals", measure([sys.executable, "-c", duckdb, observations, places]))

# frictionless reads about 7,000 rows a second: measured on 200,000 rows and scaled.
small = folder.with_name(folder.name + "-small")
generate(small, "--counties", "100")
frictionless = pathlib.Path(sys.executable).with_name("frictionless")
lines = sum(1 for _ in open(small / "data" / "observations.csv")) - 1
result = measure([frictionless, "validate", small / "datapackage.json"], times=1)
report(f"frictionless validate, {lines} rows", result, f"{result[0] * 6e6 / lines:.0f} s for 6 million rows at this rate")
report(f"umbel check, {lines} rows", measure([binary, "--quiet", "check", small], clear(small)))
