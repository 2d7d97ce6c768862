"""Reference values for the methods, computed by other people's programs.

Run once, by hand, when a case is added:  python peers.py
Needs: numpy, scipy, networkx, geographiclib, pint (versions are written to versions.csv); sqlite3 and fractions come
with Python. The random numbers are seeded, so the same versions write the same files. The tests read the files only.
"""

import csv
import importlib.metadata as metadata
import itertools
import math
import platform
import random
import re
import sqlite3
import statistics
from fractions import Fraction
from pathlib import Path

import networkx
import numpy
import pint
import scipy.stats
from geographiclib.geodesic import Geodesic

HERE = Path(__file__).parent


def write(name, header, rows):
    with open(HERE / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def versions():
    names = ["numpy", "scipy", "networkx", "geographiclib", "pint"]
    rows = [("Python", platform.python_version()), ("SQLite", sqlite3.sqlite_version)]
    write("versions", ["peer", "version"], rows + [(name, metadata.version(name)) for name in names])


def formula():
    """Random formulas worked out by Python itself."""
    chance = random.Random(1)
    values = [(round(chance.uniform(-50, 50), 3), round(chance.uniform(0.5, 9), 3), round(chance.uniform(1, 1e6), 1)) for _ in range(10)]

    def expression(depth):
        if depth == 0:
            return chance.choice(["a", "b", "c", "2", "0.5", "3.25", "b", "c"])
        kind = chance.randrange(12)
        one = lambda: expression(depth - 1)
        if kind < 6:
            return f"{one()} {chance.choice('+-*/')} {one()}"
        if kind < 8:
            return f"({one()}) {chance.choice('+-*/')} ({one()})"
        if kind == 8:
            return f"-({one()})"
        if kind == 9:
            return f"{chance.choice(['min', 'max'])}({one()}, {one()})"
        if kind == 10:
            return f"(b + {chance.randrange(1, 4)}) ^ {chance.choice(['2', '-1', '3', '0.5'])}"
        return chance.choice([f"abs({one()})", "sqrt(c)", "ln(c)", "exp(b)", "sqrt(abs(a)) ^ 2"])

    rows = []
    while len(rows) < 120:
        text = expression(chance.randrange(1, 5))
        if not re.search(r"\b[abc]\b", text):
            continue
        results = []
        for a, b, c in values:
            names = {"a": a, "b": b, "c": c, "min": min, "max": max, "abs": abs, "sqrt": math.sqrt, "ln": math.log, "exp": math.exp}
            try:
                result = eval(text.replace("^", "**"), {"__builtins__": {}}, names)
                results.append(repr(float(result)) if math.isfinite(result) and abs(result) > 1e-6 else "")
            except (ZeroDivisionError, OverflowError):
                results.append("")
        if all(results):
            rows.append([text] + results)
    write("formula", ["formula"] + [f"p{at}" for at in range(10)], rows)
    write("formula_values", ["a", "b", "c"], values)


def units():
    """Conversions by pint: unit as we write it, as pint writes it."""
    registry = pint.UnitRegistry()
    pairs = [
        ("km", "kilometer", "m", "meter"), ("km2", "kilometer**2", "har", "hectare"), ("[acr_us]", "acre", "m2", "meter**2"),
        ("[mi_i]", "mile", "km", "kilometer"), ("[nmi_i]", "nautical_mile", "km", "kilometer"), ("km/h", "kilometer/hour", "m/s", "meter/second"),
        ("TW.h", "terawatt*hour", "PJ", "petajoule"), ("kW.h", "kilowatt*hour", "MJ", "megajoule"), ("GW", "gigawatt", "MW", "megawatt"),
        ("10*8.m3", "1e8*meter**3", "km3", "kilometer**3"), ("m3/s", "meter**3/second", "L/s", "liter/second"), ("t", "metric_ton", "kg", "kilogram"),
        ("10*6.t", "1e6*metric_ton", "Gg", "gigagram"), ("ug/m3", "microgram/meter**3", "mg/m3", "milligram/meter**3"), ("[lb_av]", "pound", "kg", "kilogram"),
        ("[gal_us]", "gallon", "L", "liter"), ("bar", "bar", "kPa", "kilopascal"), ("h", "hour", "min", "minute"), ("a", "julian_year", "d", "day"),
        ("wk", "week", "d", "day"), ("%", "percent", "1", "dimensionless"), ("GBy", "gigabyte", "Mbit", "megabit"), ("[ft_i]", "foot", "m", "meter"),
        ("[sft_i]", "foot**2", "m2", "meter**2"), ("t/har", "metric_ton/hectare", "kg/m2", "kilogram/meter**2"), ("L/d", "liter/day", "m3/a", "meter**3/julian_year"),
    ]
    chance = random.Random(2)
    rows = []
    for ours, theirs, to, to_theirs in pairs:
        value = round(chance.uniform(1, 1000), 2)
        factor = registry.parse_expression(theirs)
        result = (value * factor).to(to_theirs).magnitude
        rows.append([ours, to, value, repr(float(result))])
    write("units", ["unit", "to", "value", "result"], rows)


def aggregate():
    """Sum, mean, weighted mean, median over parts: math.fsum, statistics, numpy."""
    chance = random.Random(3)
    rows = []
    for year in range(2000, 2020):
        parts = chance.randrange(2, 12)
        values = [round(chance.uniform(-1e3, 1e6), chance.randrange(0, 6)) for _ in range(parts)]
        weights = [round(chance.uniform(0.1, 500), 2) for _ in range(parts)]
        results = [math.fsum(values), statistics.fmean(values), float(numpy.average(values, weights=weights)), max(values), min(values), statistics.median(values)]
        rows.append([year, " ".join(map(repr, values)), " ".join(map(repr, weights))] + [repr(r) for r in results])
    write("aggregate", ["year", "values", "weights", "sum", "mean", "weighted_mean", "max", "min", "median"], rows)


def change():
    """Growth in exact rational arithmetic; the yearly rate by numpy in extended precision."""
    chance = random.Random(4)
    rows = []
    for case in range(40):
        base = Fraction(chance.randrange(1, 10**9), 1000)
        value = Fraction(chance.randrange(1, 10**9), 1000)
        years = chance.randrange(1, 40)
        ratio = numpy.longdouble(value.numerator * base.denominator) / numpy.longdouble(value.denominator * base.numerator)
        rate = (ratio ** (numpy.longdouble(1) / years) - 1) * 100
        results = [float(value - base), float((value - base) / base * 100), float(rate), float(value / base * 100)]
        rows.append([repr(float(base)), repr(float(value)), years] + [repr(r) for r in results])
    write("change", ["base", "value", "years", "absolute", "percent", "annual_average", "index"], rows)


def cumulate():
    """Running totals of decimals in exact arithmetic."""
    chance = random.Random(5)
    rows = []
    for series in range(10):
        values = [Fraction(chance.randrange(0, 10**7), 10 ** chance.randrange(0, 5)) for _ in range(25)]
        totals = itertools.accumulate(values)
        rows += [[f"p{series}", 2000 + at, repr(float(value)), repr(float(total))] for at, (value, total) in enumerate(zip(values, totals))]
    write("cumulate", ["place", "year", "value", "total"], rows)


def gap():
    """Range, ratio and coefficient of variation by numpy (population variance, weighted and not)."""
    chance = random.Random(6)
    rows = []
    for year in range(2000, 2020):
        values = [round(chance.lognormvariate(10, 0.5), 2) for _ in range(12)]
        weights = [chance.randrange(1, 3000) for _ in range(12)]
        mean = numpy.average(values, weights=weights)
        weighted = math.sqrt(numpy.average((numpy.array(values) - mean) ** 2, weights=weights)) / mean
        plain = scipy.stats.variation(values)
        results = [max(values) - min(values), max(values) / min(values), float(plain), float(weighted)]
        rows.append([year, " ".join(map(repr, values)), " ".join(map(repr, weights))] + [repr(r) for r in results])
    write("gap", ["year", "values", "weights", "range", "ratio", "variation", "weighted"], rows)


def rank():
    """scipy.stats.rankdata, method "average"."""
    chance = random.Random(7)
    rows = []
    for year in range(2000, 2030):
        values = [chance.randrange(-8, 9) / 4 for _ in range(12)]
        low = scipy.stats.rankdata(values)
        high = scipy.stats.rankdata([-value for value in values])
        rows.append([year] + [" ".join(map(repr, map(float, column))) for column in (values, low, high)])
    write("rank", ["year", "values", "low_first", "high_first"], rows)


def registers():
    """count, sum and coverage by SQL queries on the same tables."""
    chance = random.Random(8)
    places = [f"p{at}" for at in range(12)]
    stages = ["planned", "started", "operating"]
    projects, log, links, flows = [], [], [], []
    for at in range(80):
        projects.append([f"project{at}", chance.choice(["school", "hospital"]), chance.choice(places), chance.randrange(1, 10**6)])
        reached = chance.randrange(0, 4)
        year = chance.randrange(2008, 2014)
        for stage in stages[:reached]:
            log.append([f"project{at}", stage, year])
            year += chance.randrange(0, 5)
    for at in range(40):
        a, b = chance.sample(places, 2)
        opened = chance.randrange(2005, 2022)
        closed = opened + chance.randrange(1, 10) if chance.random() < 0.4 else ""
        links.append([f"link{at}", a, b, opened, closed, chance.randrange(10, 900) / 10])
    flows = [[a, b, year, chance.randrange(1, 10**7) / 100] for year in (2019, 2020) for a in places for b in places if a != b and chance.random() < 0.6]
    people = [[place, chance.randrange(1000, 10**7)] for place in places]
    base = sqlite3.connect(":memory:")
    for name, columns, rows in [
        ("projects", "id, kind, lead, cost", projects), ("stages", "project, stage, year", log), ("links", "id, a, b, opened, closed, length", links),
        ("flows", "a, b, year, value", flows), ("people", "place, number", people),
    ]:
        base.execute(f"create table {name} ({columns})")
        base.executemany(f"insert into {name} values ({','.join('?' * len(rows[0]))})", rows)
        write(f"registers_{name}", columns.split(", "), rows)
    one = lambda query, *given: base.execute(query, given).fetchone()[0]
    results = []
    for year in range(2008, 2023):
        started = "select count(distinct p.id) from projects p join stages s on s.project = p.id where p.kind = 'school' and s.stage in ('started', 'operating') and s.year <= ?"
        results.append(["count", "school_started", "region", year, one(started, year)])
        leads = "select count(distinct lead) from projects p join stages s on s.project = p.id where s.year <= ?"
        results.append(["count", "leads", "region", year, one(leads, year)])
        is_open = "opened <= ? and (closed = '' or closed > ?)"
        results.append(["count", "open_links", "region", year, one(f"select count(*) from links where {is_open}", year, year)])
        results.append(["sum", "open_length", "region", year, one(f"select coalesce(sum(length), 0) from links where {is_open}", year, year)])
        ends = f"(select a as place from links where {is_open} union select b from links where {is_open})"
        results.append(["coverage", "reached", "region", year, one(f"select count(*) / 12.0 from {ends}", year, year, year, year)])
        reached = f"select coalesce(sum(number), 0) * 1.0 / (select sum(number) from people) from people where place in {ends}"
        results.append(["coverage", "people_reached", "region", year, one(reached, year, year, year, year)])
    for year in (2019, 2020):
        for place, value in base.execute("select a, sum(value) from flows where year = ? group by a order by a", [year]):
            results.append(["sum", "sent", place, year, value])
    for place, cost in base.execute("select lead, sum(cost) from projects group by lead order by lead"):
        results.append(["sum", "cost", place, 2022, cost])
    write("registers", ["method", "measure", "place", "year", "value"], results)


def distance():
    """geographiclib, by the author of the algorithm: all over the globe, near antipodes and within a region."""
    chance = random.Random(9)
    pairs = [(chance.uniform(-90, 90), chance.uniform(-180, 180), chance.uniform(-90, 90), chance.uniform(-180, 180)) for _ in range(100)]
    pairs += [(lat, lon, -lat + chance.uniform(-1, 1), (lon + 180 + chance.uniform(-1, 1) + 180) % 360 - 180) for lat, lon in ((chance.uniform(-80, 80), chance.uniform(-180, 180)) for _ in range(40))]
    pairs += [(lat, lon, lat + chance.uniform(-1, 1), lon + chance.uniform(-1, 1)) for lat, lon in ((chance.uniform(36, 43), chance.uniform(113, 120)) for _ in range(60))]
    rows = []
    for pair in pairs:
        pair = [round(number, 6) for number in pair]
        rows.append(pair + [repr(Geodesic.WGS84.Inverse(*pair)["s12"])])
    write("distance", ["lat1", "lon1", "lat2", "lon2", "metres"], rows)


def network():
    """networkx on the railway services of a region (network.csv), and the way to the nearest of three stations."""
    with open(HERE / "network.csv", encoding="utf-8") as file:
        links = list(csv.DictReader(file))
    goals = ["n0", "n7", "n20"]
    rows = []
    for attribute in ("length", "time"):
        graph = networkx.Graph()
        for link in links:
            graph.add_nodes_from([link["from"], link["to"]])
            if link[attribute]:
                cost = float(link[attribute])
                held = graph.get_edge_data(link["from"], link["to"])
                graph.add_edge(link["from"], link["to"], cost=min(cost, held["cost"]) if held else cost)
        totals = networkx.multi_source_dijkstra_path_length(graph, {goal for goal in goals if goal in graph}, weight="cost")
        rows += [[attribute, node, repr(float(totals[node])) if node in totals else ""] for node in sorted(graph)]
    write("network_totals", ["attribute", "node", "total"], rows)


def judging():
    """Targets and claims judged by their definition, written out in exact fractions."""
    chance = random.Random(10)
    rows = []
    for at in range(90):
        direction = chance.choice(["at_least", "at_most"])
        sign = 1 if direction == "at_least" else -1
        baseline = Fraction(chance.randrange(0, 400), 4)
        latest = baseline + sign * chance.choice([0, Fraction(chance.randrange(-60, 200), 4), Fraction(chance.randrange(1, 200), 4)])
        target = latest + sign * Fraction(chance.randrange(-20, 200), 4)
        years = [2010, chance.randrange(2011, 2025), 2024]
        achieved = (latest - baseline) / (years[1] - years[0])
        left = years[2] - years[1]
        if sign * (latest - target) >= 0:
            status, needed = "Met", ""
        elif left == 0:
            status, needed = "OffTrack", ""
        else:
            needed = (target - latest) / left
            moved = sign * achieved
            status = "OffTrack" if moved <= 0 else "OnTrack" if moved >= sign * needed else "Slipping"
        numbers = [repr(float(number)) for number in (baseline, latest, target)]
        needed = "" if needed == "" else repr(float(needed))
        rows.append([f"p{at}", direction, years[1], *numbers, repr(float(achieved)), needed, status])
    write("targets", ["place", "direction", "year", "baseline", "latest", "target", "achieved", "needed", "status"], rows)

    rows = []
    tests = {"<": lambda a, b, t: a < b, "<=": lambda a, b, t: a <= b, ">": lambda a, b, t: a > b, ">=": lambda a, b, t: a >= b, "=": lambda a, b, t: abs(a - b) <= t}
    for at in range(90):
        comparator = chance.choice(list(tests))
        value = Fraction(chance.randrange(1, 200), 2)
        tolerance = Fraction(chance.randrange(0, 80), 4) + Fraction(1, 8)
        releases = [Fraction(chance.randrange(1, 100)) for _ in range(chance.randrange(0, 4))]
        holds = {tests[comparator](release, value, tolerance) for release in releases}
        verdict = {frozenset(): "undecidable", frozenset([True]): "kept", frozenset([False]): "missed"}.get(frozenset(holds), "depends")
        rows.append([f"p{at}", comparator, repr(float(value)), repr(float(tolerance)) if comparator == "=" else "", " ".join(str(release) for release in releases), verdict])
    write("claims", ["place", "comparator", "value", "tolerance", "releases", "verdict"], rows)


for check in (versions, formula, units, aggregate, change, cumulate, gap, rank, registers, distance, network, judging):
    check()
