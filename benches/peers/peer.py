"""The peers' side of run.py: peer.py CASE FOLDER writes the data of a case to FOLDER and answers on standard input.

`call` times one call in CPU seconds of all threads; `compare` compares its statistics with FOLDER/ours.f64.
"""

import json
import pathlib
import sys
import time
import warnings

import numpy as np

warnings.simplefilter("ignore")


def lattice(side):
    """Values with spatial autocorrelation on a square lattice, and its row-standardised queen weights."""
    import libpysal

    w = libpysal.weights.lat2W(side, side, rook=False)
    rng = np.random.default_rng(7)
    y = rng.normal(size=side * side)
    y += 0.5 * (w.sparse @ y) / 8
    w.transform = "r"
    return y, w


def local_moran(side, permutations=999):
    import esda

    y, w = lattice(side)
    write("values", y)

    def call():
        return esda.Moran_Local(y, w, permutations=permutations, n_jobs=1, seed=1, keep_simulations=False).Is

    return "esda 2.8.2", call


def moran(side):
    import esda

    y, w = lattice(side)
    write("values", y)
    return "esda 2.8.2", lambda: [esda.Moran(y, w, permutations=999).I]


def queen():
    import geopandas
    import shapely
    from libpysal.graph import Graph

    x, y = np.meshgrid(np.arange(300.0), np.arange(300.0))
    x, y = x.ravel(), y.ravel()
    ring = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]
    corners = np.stack([np.stack(corner, axis=1) for corner in ring], axis=1)
    write("corners", corners)
    frame = geopandas.GeoDataFrame(geometry=shapely.polygons(corners))
    graph = {}

    def call():
        graph["made"] = Graph.build_contiguity(frame, rook=False)
        return None

    return "libpysal 4.14.1", call, lambda: graph["made"].cardinalities.to_numpy()


def knn():
    import libpysal

    points = np.random.default_rng(11).random((100_000, 2))
    write("points", points)
    made = {}

    def call():
        made["w"] = libpysal.weights.KNN.from_array(points, k=8)
        return None

    return "libpysal 4.14.1", call, lambda: [to for at in range(len(points)) for to in sorted(made["w"].neighbors[at])]


def incomes():
    y = np.random.default_rng(3).lognormal(10, 1, 10**7)
    write("values", y)
    return y


def theil(number):
    from inequality.theil import Theil, TheilD

    y = incomes()
    groups = np.random.default_rng(3).integers(0, number, 10**7)
    write("groups", groups)

    def call():
        parts = TheilD(y, groups)
        return [Theil(y).T, np.ravel(parts.bg)[0], np.ravel(parts.wg)[0]]

    return "inequality 1.1.2", call


def gini():
    from inequality.gini import Gini

    y = incomes()
    return "inequality 1.1.2", lambda: [Gini(y).g]


def mann_kendall():
    import pymannkendall

    x = np.random.default_rng(5).normal(size=(1000, 500)) + 0.001 * np.arange(500)
    write("values", x)

    def call():
        found = [pymannkendall.original_test(one) for one in x]
        return [number for one in found for number in (one.s, one.z, one.slope)]

    return "pymannkendall 1.4.3", call


def fixed_effects():
    import pandas
    import pyfixest

    rng, n = np.random.default_rng(9), 1_000_000
    u, t = rng.integers(0, 20_000, n), rng.integers(0, 50, n)
    unit, period = rng.normal(size=20_000), rng.normal(size=50)
    x = rng.normal(size=n) + 0.5 * unit[u]
    d = ((u % 2 == 1) & (t >= 25)).astype(float)
    y = 1.5 * x + 0.7 * d + unit[u] + period[t] + rng.normal(size=n)
    for name, column in {"y": y, "x": x, "d": d, "u": u, "t": t}.items():
        write(name, column)
    frame = pandas.DataFrame({"y": y, "x": x, "d": d, "u": u, "t": t})

    def call():
        fit = pyfixest.feols("y ~ x + d | u + t", frame, vcov={"CRV1": "u"})
        return [number for one in zip(fit.coef(), fit.se()) for number in one]

    return "pyfixest 0.60.0", call


CASES = {
    "local_moran_30k": lambda: local_moran(174),
    # The peer is not timed at this size: without permutations, for its statistics alone.
    "local_moran_300k": lambda: local_moran(548, 0),
    "moran_300k": lambda: moran(548),
    "queen": queen,
    "knn": knn,
    "theil": lambda: theil(31),
    "theil_1000": lambda: theil(1000),
    "gini": gini,
    "mann_kendall": mann_kendall,
    "fixed_effects": fixed_effects,
}


def write(name, values):
    np.ascontiguousarray(values, dtype="<f8").tofile(folder / f"{name}.f64")


def answer(**fields):
    print(json.dumps(fields), flush=True)


case, folder = sys.argv[1], pathlib.Path(sys.argv[2])
name, call, *after = CASES[case]()
# The first call compiles, but for Theil, which compiles nothing and takes long.
if not case.startswith("theil"):
    call()
answer(ready=True)
result = None
for line in sys.stdin:
    if line.strip() == "call":
        start = time.process_time()
        result = call()
        answer(name=name, cpu=time.process_time() - start, partly=case == "local_moran_300k")
    else:
        theirs = np.asarray(after[0]() if after else result, dtype=float).ravel()
        ours = np.fromfile(folder / "ours.f64")
        assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
        scale = np.maximum(np.abs(theirs), 1e-6 * np.abs(theirs).max())
        answer(deviation=float(np.max(np.abs(ours - theirs) / scale)))
