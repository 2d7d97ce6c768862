"""Writes the synthetic country of the benchmark: a region folder with 3,000 counties, 100 indicators, 20 years.

Deterministic: the same arguments give the same bytes. Needs numpy and polars.
Usage: generate.py FOLDER [--counties 3000] [--indicators 100] [--years 20] [--format csv|parquet]
"""

import argparse
import json
import pathlib

import numpy as np
import polars as pl

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--counties", type=int, default=3000)
parser.add_argument("--indicators", type=int, default=100)
parser.add_argument("--years", type=int, default=20)
parser.add_argument("--format", choices=["csv", "parquet"], default="csv")
arguments = parser.parse_args()
folder, counties, indicators, years = (
    arguments.folder, arguments.counties, arguments.indicators, arguments.years)
provinces = max(1, counties // 100)
for part in ("data", "measures"):
    (folder / part).mkdir(parents=True, exist_ok=True)

draw = np.random.Generator(np.random.PCG64(1))


def write(name, lines):
    (folder / "data" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


places = ["place_id,kind,name,parent_id,lon,lat,source_id", "country,country,Country,,,,census"]
for province in range(provinces):
    places.append(f"province-{province:02},province,Province {province},country,,,census")
for county in range(counties):
    lon, lat = 100 + (county % 60) * 0.3, 25 + (county // 60) * 0.3
    places.append(
        f"county-{county:04},county,County {county},province-{county * provinces // counties:02},{lon:.4f},{lat:.4f},census")
write("places", places)
write("kinds", ["table,kind,title,divides", "places,country,Country,false", "places,province,Province,true",
                "places,county,County,true"])
write("sources", ["source_id,title,licence,obtained,mark", "census,Synthetic yearbook,CC0-1.0,generated,synthetic"])

# A tenth each of: people, money, area ... so that units are converted and checked.
shapes = [("{person}", "stock", "sum"), ("10*8.{CNY}", "flow", "sum"), ("km2", "stock", "sum"), ("ug/m3", "rate", "mean"),
          ("GW.h", "flow", "sum"), ("{bed}", "stock", "sum"), ("%", "share", "weighted_mean"), ("t", "flow", "sum"),
          ("10*4.m3", "flow", "sum"), ("1", "rate", "mean")]
rows = ["indicator_id,title,unit,direction,kind,aggregation,weight,system,decimals"]
for indicator in range(indicators):
    unit, kind, aggregation = shapes[indicator % 10]
    weight = "indicator-000" if aggregation == "weighted_mean" else ""
    rows.append(f"indicator-{indicator:03},Indicator {indicator},{unit},up,{kind},{aggregation},{weight},main,1")
write("indicators", rows)

columns = ["indicator_id", "place_id", "period", "vintage", "value", "unit", "status", "low", "high", "source_id", "note"]
county_ids = np.array([f"county-{county:04}" for county in range(counties)])
size = draw.lognormal(3, 1, counties)
frames = []
for indicator in range(indicators):
    unit, _, aggregation = shapes[indicator % 10]
    growth = draw.normal(0.03, 0.02, counties)
    year = np.arange(years)
    value = size[:, None] * 100 * np.exp(growth[:, None] * year[None, :])
    if unit == "%":
        value = value % 100
    frames.append(pl.DataFrame({
        "indicator_id": np.full(counties * years, f"indicator-{indicator:03}"),
        "place_id": np.repeat(county_ids, years),
        "period": np.tile(np.array([str(2003 + y) for y in year]), counties),
        "vintage": np.tile(np.array([f"{2004 + y}-06-30" for y in year]), counties),
        "value": np.round(value, 3).ravel(),
        "unit": np.full(counties * years, unit),
        "status": np.full(counties * years, "A"),
        "low": pl.Series([None] * (counties * years), dtype=pl.String),
        "high": pl.Series([None] * (counties * years), dtype=pl.String),
        "source_id": np.full(counties * years, "census"),
        "note": pl.Series([None] * (counties * years), dtype=pl.String),
    }))
table = pl.concat(frames)
if arguments.format == "csv":
    table.write_csv(folder / "data" / "observations.csv")
else:
    table.write_parquet(folder / "data" / "observations.parquet", compression="zstd")

measures = []


def measure(name, **keys):
    measures.append(f"[{name}]")
    for key, value in keys.items():
        measures.append(f"{key} = {json.dumps(value) if not isinstance(value, dict) else '{ ' + ', '.join(f'{k} = {json.dumps(v)}' for k, v in value.items()) + ' }'}")
    measures.append("")


ten = indicators // 10
for i in range(min(15, ten * 2)):  # totals of provinces and of the country
    source = f"indicator-{(i * 10) % indicators:03}" if i % 2 == 0 else f"indicator-{(i * 10 + 1) % indicators:03}"
    measure(f"total-{i:02}", method="aggregate", of=source, **{"from": {"kind": "county"}},
            to={"kind": ["province", "country"]}, rule="sum", title=f"Total {i}")
for i in range(min(20, ten * 2)):  # per head and other quotients
    over = f"indicator-{(i * 5 + 1) % indicators:03}"
    measure(f"quotient-{i:02}", formula=f"`{over}` / `indicator-000`", title=f"Quotient {i}")
for i in range(8):
    measure(f"change-{i:02}", method="change", of=f"quotient-{i:02}", form="annual_average", base="2003", title=f"Change {i}")
for i in range(3):
    measure(f"rank-{i:02}", method="rank", of=f"quotient-{i:02}", among={"kind": "county"}, title=f"Rank {i}")
for i in range(2):
    measure(f"gap-{i:02}", method="gap", of=f"quotient-{i:02}", among={"kind": "county"}, form="coefficient_of_variation",
            place="country", title=f"Gap {i}")
for i in range(2):
    measure(f"index-{i:02}", method="change", of=f"indicator-{i * 10:03}", form="index", base="2010", title=f"Index {i}")
(folder / "measures" / "measures.toml").write_text("\n".join(measures), encoding="utf-8")
(folder / "report.toml").write_text(
    'title = "The synthetic country"\nlanguages = ["en"]\nperiod = "2022"\nbase_period = "2003"\nregion = "country"\n'
    'jurisdictions = { kind = "province" }\n\n[[chapter]]\nid = "main"\ntitle = "Main"\n', encoding="utf-8")


def resource(name, columns, key, table=None, extension="csv"):
    fields = [{"name": column, "type": "number" if column in ("value", "low", "high", "lon", "lat") else
               "integer" if column == "decimals" else "boolean" if column == "divides" else "string"} for column in columns]
    return {"name": name, "type": "table", "path": f"data/{name}.{extension}", "umbel:table": table or name,
            "schema": {"fields": fields, "primaryKey": key, "missingValues": [""]}}


package = {
    "$schema": "https://datapackage.org/profiles/2.0/datapackage.json", "name": "synthetic-country",
    "umbel:languages": ["en"], "resources": [
        resource("places", places[0].split(","), ["place_id"]),
        resource("kinds", ["table", "kind", "title", "divides"], ["table", "kind"]),
        resource("sources", ["source_id", "title", "licence", "obtained", "mark"], ["source_id"]),
        resource("indicators", rows[0].split(","), ["indicator_id"]),
        resource("observations", columns, ["indicator_id", "place_id", "period", "vintage"],
                 extension=arguments.format),
    ]}
(folder / "datapackage.json").write_text(json.dumps(package, indent=2) + "\n", encoding="utf-8")
print(f"{folder}: {table.height} observations, {sum(1 for line in measures if line.startswith('['))} measures, "
      f"{(folder / 'data' / f'observations.{arguments.format}').stat().st_size / 1e6:.0f} MB")
