#!/usr/bin/env python3
"""Makes the schematic networks of this folder: roads/link.csv and local.gtfs. Only Python's standard library.

    python3 make.py roads CITY_PAIR_HOURS.csv   calibrates, writes roads/link.csv, prints the fit
    python3 make.py local                       writes local.gtfs

CITY_PAIR_HOURS.csv has a row for each pair of cities: from, to (names), road_h_2013, road_h_2022 (hours).
What is assumed and how well it fits stands in README.md.
"""

import csv
import heapq
import math
import os
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
YEARS = (2013, 2022)
# Kilometres of road for a kilometre as the crow flies between two seats.
DETOUR = {"expressway": 1.05, "mountain_expressway": 1.10, "main_road": 1.20}
CLASSES = list(DETOUR)
# The end of every journey, between a place and the network: kilometres an hour that make minutes a length.
ACCESS_SPEED = 30.0
# Local travel: kilometres of way for a kilometre as the crow flies, km/h in the first 10 km and beyond.
LOCAL = (1.3, 25.0, 60.0)
NEAREST_STATIONS, ALWAYS_WITHIN, NEVER_BEYOND = 3, 15.0, 80.0
# Between two places: kilometres as the crow flies at most.
NEIGHBOURS = 25.0
# Minutes from the street to the train (check, gate, platform), and from the train to the street.
INTO_STATION, OUT_OF_STATION = 10, 3
# On foot to the metro: kilometres as the crow flies at most; inside a station; stops at most.
ON_FOOT, INSIDE_STATION, NEAREST_STOPS = 2.0, 0.4, 3


def read(*path):
    with open(os.path.join(HERE, *path), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, head, rows):
    with open(os.path.join(HERE, *path), "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(head)
        out.writerows(rows)


def kilometres(a, b):
    """Great circle between two nodes."""
    (x, y), (u, v) = a, b
    p = math.pi / 180
    h = math.sin((v - y) * p / 2) ** 2 + math.cos(y * p) * math.cos(v * p) * math.sin((u - x) * p / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


def nodes():
    return {row["name"]: dict(row, point=(float(row["x_coord"]), float(row["y_coord"]))) for row in read("roads", "node.csv")}


def gabriel(points):
    """Pairs of points with no third in the circle over them: neighbours, for the main roads."""
    names = sorted(points)
    squeeze = math.cos(39.3 * math.pi / 180)
    flat = [(points[name][0] * squeeze, points[name][1]) for name in names]
    pairs = []
    for i, a in enumerate(flat):
        for j in range(i + 1, len(flat)):
            b = flat[j]
            x, y, r = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2, ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) / 4
            if all((c[0] - x) ** 2 + (c[1] - y) ** 2 >= r for k, c in enumerate(flat) if k not in (i, j)):
                pairs.append((names[i], names[j]))
    return pairs


def home_of(name, at):
    """People of a county are taken to be at its seat, those of a city at its point."""
    seat = at[name + "-seat"]
    return at[name]["point"] if seat["node_type"] == "city" else seat["point"]


def road_links():
    """Roads between seats: (from, to, class, kilometres, opened, corridor)."""
    seats = {name: node["point"] for name, node in nodes().items() if node["node_type"] in ("city", "seat")}
    links = []
    for corridor in read("roads", "corridors.csv"):
        way = [name + "-seat" for name in corridor["by_way_of"].split()]
        for a, b in zip(way, way[1:]):
            kind = "mountain_expressway" if corridor["terrain"] == "mountain" else "expressway"
            links.append((a, b, kind, kilometres(seats[a], seats[b]) * DETOUR[kind], corridor["opened"], corridor["corridor"]))
    for a, b in gabriel(seats):
        links.append((a, b, "main_road", kilometres(seats[a], seats[b]) * DETOUR["main_road"], "", ""))
    return links


def tree(links, origin, speed):
    """Kilometres by class along the quickest way from a node to every other."""
    around = {}
    for a, b, kind, length, _, _ in links:
        around.setdefault(a, []).append((b, kind, length))
        around.setdefault(b, []).append((a, kind, length))
    reached, heap = {}, [(0.0, origin, tuple([0.0] * len(CLASSES)))]
    while heap:
        minutes, node, driven = heapq.heappop(heap)
        if node in reached:
            continue
        reached[node] = driven
        for other, kind, length in around[node]:
            if other not in reached:
                more = tuple(d + (length if c == kind else 0) for c, d in zip(CLASSES, driven))
                heapq.heappush(heap, (minutes + length / speed[kind] * 60, other, more))
    return reached


def solve(rows, values, weights):
    """Weighted least squares by the normal equations."""
    n = len(rows[0])
    m = [[sum(w * r[i] * r[j] for r, w in zip(rows, weights)) for j in range(n)]
         + [sum(w * r[i] * v for r, v, w in zip(rows, values, weights))] for i in range(n)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(m[k][i]))
        m[i], m[pivot] = m[pivot], m[i]
        for k in range(n):
            if k != i:
                f = m[k][i] / m[i][i]
                m[k] = [a - f * b for a, b in zip(m[k], m[i])]
    return [m[i][n] / m[i][i] for i in range(n)]


def fit_of(computed, published):
    ratios = sorted(c / p for c, p in zip(computed, published))
    mean = sum(published) / len(published)
    rest = sum((c - p) ** 2 for c, p in zip(computed, published))
    r2 = 1 - rest / sum((p - mean) ** 2 for p in published)
    at = lambda q: ratios[min(len(ratios) - 1, round(q * (len(ratios) - 1)))]
    return (f"n {len(ratios)}, median ratio {statistics.median(ratios):.3f}, 5-95 % {at(.05):.3f}-{at(.95):.3f}, "
            f"R2 {r2:.4f}, root mean square {math.sqrt(rest / len(ratios)):.1f} min")


def calibrate(path):
    """Speeds of the classes and minutes at either end, from every second pair; the other pairs are held out."""
    with open(path, encoding="utf-8", newline="") as file:
        pairs = [(n, year, row["from"].lower() + "-seat", row["to"].lower() + "-seat", float(row[f"road_h_{year}"]) * 60)
                 for n, row in enumerate(csv.DictReader(file)) for year in YEARS]
    # In 2013 the published times of two cities are longer on every road alike: an end of the journey, not a link.
    own = ("shijiazhuang-seat", "baoding-seat")
    links = road_links()
    speed = {"expressway": 100.0, "mountain_expressway": 80.0, "main_road": 60.0}

    def design(speed):
        rows = []
        for year in YEARS:
            open_then = [link for link in links if link[4][:4] <= str(year)]
            trees = {origin: tree(open_then, origin, speed) for origin in sorted({p[2] for p in pairs})}
            rows += [(p, list(trees[p[2]][p[3]]) + [2.0] + [float(year == 2013 and c in p[2:4]) for c in own])
                     for p in pairs if p[1] == year]
        return rows

    for _ in range(30):
        rows = design(speed)
        train = [(p, r) for p, r in rows if p[0] % 2 == 0]
        answer = solve([r for _, r in train], [p[4] for p, _ in train], [1 / p[4] for p, _ in train])
        new = {c: 60 / max(a, 0.4) for c, a in zip(CLASSES, answer)}
        speed = {c: (speed[c] + new[c]) / 2 for c in CLASSES}
    access = answer[3]
    print("speeds, km/h:", {c: round(s, 1) for c, s in speed.items()}, "| access, minutes at either end:", round(access, 2),
          "| longer in 2013, minutes:", {c: round(a, 1) for c, a in zip(own, answer[4:])})
    speed, access = {c: float(round(s)) for c, s in speed.items()}, round(access, 1)
    times = [(p, sum(d / speed[c] * 60 for c, d in zip(CLASSES, r)) + 2 * access) for p, r in design(speed)]
    for name, chosen in (("calibrated on", lambda p: p[0] % 2 == 0), ("held out", lambda p: p[0] % 2 == 1),
                         ("all of 2013", lambda p: p[1] == 2013), ("all of 2022", lambda p: p[1] == 2022)):
        print(f"{name}:", fit_of([t for p, t in times if chosen(p)], [p[4] for p, _ in times if chosen(p)]))
    then, now = ({p[2:4]: (t, p[4]) for p, t in times if p[1] == y} for y in YEARS)
    changes = [(then[k][0] - now[k][0], then[k][1] - now[k][1], k) for k in now]
    print("gains 2013-2022 over 20 min (network, published):",
          [(a[:-5], b[:-5], round(c), round(q)) for c, q, (a, b) in changes if max(c, q) > 20])
    return speed, access, links


def roads(path):
    speed, access, links = calibrate(path)
    at, ids = nodes(), {name: node["node_id"] for name, node in nodes().items()}
    rows = [(a, b, kind, length, speed[kind], "auto", opened, corridor) for a, b, kind, length, opened, corridor in links]
    seats = [name for name, node in at.items() if node["node_type"] in ("city", "seat")]
    for name, node in at.items():
        if node["node_type"] == "centroid":
            rows.append((name, name + "-seat", "connector", access * ACCESS_SPEED / 60, ACCESS_SPEED, "walk,auto", "", ""))
        if node["node_type"] == "station":
            for seat in sorted(seats, key=lambda s: kilometres(node["point"], at[s]["point"]))[:2]:
                length = kilometres(node["point"], at[seat]["point"]) * LOCAL[0]
                rows.append((name, seat, "local", length, ACCESS_SPEED, "walk,auto", "", ""))
    metro = {name: node["point"] for name, node in at.items() if node["node_type"] == "metro"}
    for name, node in at.items():
        if node["node_type"] not in ("centroid", "station"):
            continue
        home = home_of(name, at) if node["node_type"] == "centroid" else node["point"]
        for way, stop in sorted((kilometres(home, point), stop) for stop, point in metro.items())[:NEAREST_STOPS]:
            if way <= ON_FOOT:
                length = way * LOCAL[0] + (INSIDE_STATION if node["node_type"] == "station" else 0)
                rows.append((name, stop, "footway", length, 5, "walk", "", ""))
    write(("roads", "link.csv"),
          "link_id from_node_id to_node_id directed length facility_type free_speed allowed_uses opened corridor mark".split(),
          [[n, ids[a], ids[b], "false", f"{length * 1000:.0f}", kind, f"{v:g}", uses, opened, corridor, "computed"]
           for n, (a, b, kind, length, v, uses, opened, corridor) in enumerate(rows, 1)])


def local_minutes(way):
    factor, near, far = LOCAL
    return min(way, 10) * factor / near * 60 + max(way - 10, 0) * factor / far * 60


def local():
    """Lines that stand for the way between places and stations, the stations of a city, and neighbouring places."""
    at = nodes()
    stations = {name: node["point"] for name, node in at.items() if node["node_type"] == "station"}
    lines = []
    for name, node in at.items():
        if node["node_type"] == "centroid":
            home = home_of(name, at)
            near = sorted((kilometres(home, point), station) for station, point in stations.items())
            for rank, (way, station) in enumerate(near):
                if way <= (NEVER_BEYOND if rank < NEAREST_STATIONS else ALWAYS_WITHIN):
                    lines.append((name, station, way))
    names = sorted(stations)
    lines += [(a, b, way) for i, a in enumerate(names) for b in names[i + 1:]
              if (way := kilometres(stations[a], stations[b])) <= ALWAYS_WITHIN]
    homes = sorted((name, home_of(name, at)) for name, node in at.items() if node["node_type"] == "centroid")
    lines += [(a, b, way) for i, (a, home) in enumerate(homes) for b, other in homes[i + 1:]
              if (way := kilometres(home, other)) <= NEIGHBOURS]
    used = {name for line in lines for name in line[:2]}
    stops = [[name, name.replace("-", " ").title(), node["y_coord"], node["x_coord"]] for name, node in at.items() if name in used]
    trips, times, frequencies = [], [], []
    for n, (a, b, way) in enumerate(lines, 1):
        for trip, start, end in ((f"{n}-out", a, b), (f"{n}-back", b, a)):
            at_station = INTO_STATION if end in stations else OUT_OF_STATION if start in stations else 0
            minutes = max(3, math.ceil(local_minutes(way) + at_station))
            trips.append(["local", "daily", trip, "computed"])
            times.append([trip, "05:00:00", "05:00:00", start, 1])
            end_time = f"{5 + minutes // 60:02}:{minutes % 60:02}:00"
            times.append([trip, end_time, end_time, end, 2])
            frequencies.append([trip, "05:00:00", "24:00:00", 360, 0])
    os.makedirs(os.path.join(HERE, "local.gtfs"), exist_ok=True)
    out = lambda name, head, rows: write(("local.gtfs", name), head.split(), rows)
    out("agency.txt", "agency_id agency_name agency_url agency_timezone agency_lang",
        [["local", "Local travel, schematic", "https://example.org", "Asia/Shanghai", "en"]])
    out("feed_info.txt", "feed_publisher_name feed_publisher_url feed_lang feed_start_date feed_end_date feed_version",
        [["Umbel", "https://example.org", "en", "20130101", "20351231", "schematic"]])
    out("stops.txt", "stop_id stop_name stop_lat stop_lon", stops)
    out("routes.txt", "route_id agency_id route_long_name route_type", [["local", "local", "Local travel, schematic", 3]])
    out("calendar.txt", "service_id monday tuesday wednesday thursday friday saturday sunday start_date end_date",
        [["daily", 1, 1, 1, 1, 1, 1, 1, "20130101", "20351231"]])
    out("trips.txt", "route_id service_id trip_id mark", trips)
    out("stop_times.txt", "trip_id arrival_time departure_time stop_id stop_sequence", times)
    out("frequencies.txt", "trip_id start_time end_time headway_secs exact_times", frequencies)
    print(len(lines), "lines,", len(stops), "stops")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["roads", path]:
            roads(path)
        case ["local"]:
            local()
        case _:
            sys.exit(__doc__)
