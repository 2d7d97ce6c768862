"""The peers' side of travel.py: travel_peer.py PEER CASE FOLDER [RULES DATE EXTRACT FEED ...].

Reads the inputs of a case from FOLDER, makes one call on one thread, writes its figures to FOLDER/theirs.f64 (NaN = not
reached) and prints a JSON object: CPU seconds of what was made ready before the call, of the call, and peak megabytes.
"""

import datetime
import importlib.metadata
import json
import pathlib
import sys
import time

import numpy as np

SOURCES, COMPARED, PLACES, WITHIN = 100, 5, 200, 3600.0

peer, case, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])


def read(name):
    return np.fromfile(folder / f"{name}.f64")


def graph():
    """Ends and lengths of the streets, which lead both ways; of several between the same nodes the shortest."""
    start, end, length = read("from").astype(np.int64), read("to").astype(np.int64), read("length")
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((length, high, low))
    low, high, length = low[order], high[order], length[order]
    kept = (low != high) & np.append(True, (low[1:] != low[:-1]) | (high[1:] != high[:-1]))
    return len(read("x")), low[kept], high[kept], length[kept]


def every(count, nodes):
    return np.arange(count) * (nodes // count)


def scipy():
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    nodes, low, high, length = graph()
    both = np.append(low, high), np.append(high, low)
    matrix = csr_matrix((np.append(length, length), both), shape=(nodes, nodes))
    sources = every(SOURCES, nodes)
    limit = WITHIN if case == "within" else np.inf

    def call():
        if case == "within":
            rows = (dijkstra(matrix, indices=at, limit=limit) for at in sources)
            return [np.count_nonzero(row <= limit) for row in rows]
        return np.array([row for number, at in enumerate(sources) if keep(number, row := dijkstra(matrix, indices=at))])

    return call


def keep(number, row):
    return number < COMPARED


def igraph():
    import igraph

    nodes, low, high, length = graph()
    made = igraph.Graph(n=nodes, edges=np.column_stack((low, high)))

    def call():
        rows = []
        for number, at in enumerate(every(SOURCES, nodes)):
            row = made.distances(source=[int(at)], weights=length)[0]
            if keep(number, row):
                rows.append(row)
        return np.array(rows)

    return call


def pandana():
    import pandana
    import pandas

    nodes, low, high, length = graph()
    weights = pandas.DataFrame({"length": length})
    make = time.process_time()
    network = pandana.Network(pandas.Series(read("x")), pandas.Series(read("y")), low, high, weights, twoway=True)
    ready["cpu"] = time.process_time() - make
    if case == "table":
        at = every(PLACES, nodes)
        origins, destinations = np.repeat(at, PLACES), np.tile(at, PLACES)
        return lambda: np.array(network.shortest_path_lengths(origins, destinations))

    def call():
        network.precompute(WITHIN)
        network.set(pandas.Series(np.arange(nodes)), variable=pandas.Series(np.arange(nodes) % 7.0), name="jobs")
        return network.aggregate(WITHIN, type="sum", decay="flat", name="jobs").to_numpy()

    return call


def ferrobus():
    import ferrobus

    day, extract, *feeds = sys.argv[5:]
    first, count, speed, rides, walk, most, _ = map(float, sys.argv[4].split(","))

    def build():
        # Changes are walked for as long as 1,000 m take.
        return ferrobus.create_transit_model(extract, feeds, datetime.date.fromisoformat(day), int(1000 / speed))

    if case == "network":
        return lambda: [build().stop_count()] and []
    make = time.process_time()
    model = build()
    ready["cpu"] = time.process_time() - make

    def call():
        points, place = [], []
        for number, (lon, lat) in enumerate(zip(read("lon"), read("lat"))):
            try:
                points.append(ferrobus.create_transit_point(lat, lon, model, int(walk), 200))
                place.append(number)
            except (RuntimeError, ValueError):
                # Not joined to a street: not reached.
                pass
        times = np.empty((len(points), len(points), int(count)))
        for at in range(int(count)):
            rows = ferrobus.travel_time_matrix(model, points, int(first) + 60 * at, int(rides) - 1)
            times[:, :, at] = np.array(rows, dtype=float)
        times[~(times <= most)] = np.inf
        times.sort(axis=2)
        shares = [50] if count == 1 else [5, 25, 50, 75, 95]
        ranks = [int(np.ceil(share / 100 * count)) - 1 for share in shares]
        total = len(read("lon"))
        found = np.full((total, total, len(ranks)), np.nan)
        found[np.ix_(place, place)] = times[:, :, ranks]
        return found

    return call


ready = {"cpu": 0.0}
call = {"scipy": scipy, "igraph": igraph, "pandana": pandana, "ferrobus": ferrobus}[peer]()
cpu = time.process_time()
figures = call()
cpu = time.process_time() - cpu
figures = np.array(figures, dtype="<f8").ravel()
figures[~np.isfinite(figures)] = np.nan
figures.tofile(folder / "theirs.f64")
status = pathlib.Path("/proc/self/status").read_text()
peak = int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) / 1024
print(json.dumps({"version": importlib.metadata.version(peer), "ready": ready["cpu"], "cpu": cpu, "peak": round(peak)}))
