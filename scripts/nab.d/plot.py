"""Plots of a few series: values, what is labelled, and how odd each event is to a few detectors."""

import csv
import json
import math
import shutil
import subprocess
from datetime import datetime, timezone
from pathlib import Path

# From when: a plot of all of nyc_taxi is a blot.
SERIES = {
    "realKnownCause/nyc_taxi": "2014-10-15",
    "artificialWithAnomaly/art_daily_flatmiddle": None,
    "realKnownCause/ambient_temperature_system_failure": None,
}
PREFERRED, SHOWN_DETECTORS_MAX = ("sequence", "auto"), 2

PLOT = """\
set terminal pngcairo size 900,440 font 'DejaVu Sans,9' background '#ffffff'
set output '{output}'
set multiplot layout 2,1 title '{title}' noenhanced
set xdata time; set timefmt '%s'; set format x '%d %b'
set xrange ['{first}':'{last}']
set border 3 lc rgb '#888888'; set tics nomirror; set grid y lc rgb '#eeeeee'
set lmargin 9; set rmargin 2
set bmargin 2; set tmargin 2
{windows}
set key off
plot $scores using 1:2 with lines lc rgb '#204a87' lw 0.6
unset label
set ylabel 'surprise: -log10 p'; set yrange [1:4<*]
set key top left horizontal noenhanced
set arrow from graph 0, first 3 to graph 1, first 3 nohead dt 2 lc rgb '#888888'
plot {lines}
"""
WINDOW = ("set object rectangle from '{first}', graph 0 to '{last}', graph 1 "
          "fillcolor rgb '#f5d0a9' fillstyle solid noborder behind")
CURVE = ("$scores using 1:(${column} > 1 ? ${column} : NaN) with impulses lw 1.5 lc rgb '{colour}' "
         "title '{name}'")
COLOURS = ("#4e9a06", "#a40000")


def find_gnuplot(refuse):
    if shutil.which("gnuplot") is None:
        refuse("there is no gnuplot: scripts/setup --plots installs it")


def surprise(score):
    """The inverse of what the engine makes of −log10 of p: see docs/anomaly.md."""
    return -math.log10(1 - score) if score < 0.999 else 0.003 / max(1 - score, 1e-12)


def seconds(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp())


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [(seconds(at), value, float(score)) for at, value, score in list(csv.reader(file))[1:]]


def windows_of(data, name):
    labels = Path(data, "labels/combined_windows.json")
    if not labels.is_file():
        return []
    windows = json.loads(labels.read_text(encoding="utf-8")).get(f"{name}.csv", [])
    return [(seconds(first), seconds(last)) for first, last in windows]


def draw_one(data, out, name, detectors, output):
    start = seconds(SERIES[name]) if SERIES[name] else 0
    columns = [[row for row in read(Path(out, detector, f"{name}.csv")) if row[0] >= start]
               for detector in detectors]
    lines = [" ".join([str(rows[0][0]), rows[0][1], *(f"{surprise(row[2]):.3f}" for row in rows)])
             for rows in zip(*columns)]
    curves = [CURVE.format(column=i + 3, colour=COLOURS[i], name=detector)
              for i, detector in enumerate(detectors)]
    script = PLOT.format(
        output=output, title=name, first=columns[0][0][0], last=columns[0][-1][0],
        windows="\n".join(WINDOW.format(first=first, last=last) for first, last in windows_of(data, name)),
        lines=", ".join(curves))
    subprocess.run(["gnuplot"], input="$scores << EOD\n" + "\n".join(lines) + "\nEOD\n" + script,
                   text=True, check=True)


def draw(data, out, detectors, folder):
    shown = sorted(detectors, key=lambda name: name not in PREFERRED)[:SHOWN_DETECTORS_MAX]
    folder.mkdir(parents=True, exist_ok=True)
    for name in SERIES:
        if Path(out, shown[0], f"{name}.csv").exists():
            draw_one(data, out, name, shown, folder / f"anomaly_{name.split('/')[1]}.png")
