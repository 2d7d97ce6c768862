"""A virtual environment with peers of this repository, made once for each list of packages."""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
WORK = TARGET / "peers"


def environment(name, packages):
    """An interpreter that has the packages, and of each package that could not be installed the last line of why."""
    if "PEERS_PYTHON" in os.environ:
        return os.environ["PEERS_PYTHON"], {}
    folder = WORK / name
    python, stamp = folder / "bin" / "python", folder / "packages.json"
    held = json.loads(stamp.read_text()) if stamp.exists() else {}
    if held.get("packages") != packages:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        held = {"packages": packages, "missing": {}}
        if subprocess.run([*install, *packages], capture_output=True).returncode:
            # One at a time, so that those that can be had are.
            for package in packages:
                run = subprocess.run([*install, package], capture_output=True, text=True)
                if run.returncode:
                    held["missing"][package] = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
        stamp.write_text(json.dumps(held))
    return python, held["missing"]


def example(package, name):
    """An example of a crate, built in release."""
    build = ["cargo", "build", "--quiet", "--release", "-p", package, "--example", name]
    subprocess.run(build, cwd=ROOT, check=True)
    return TARGET / "release" / "examples" / name
