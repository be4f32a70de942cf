"""Plots of a few series: values, what is labelled, and how odd each event is to a few detectors."""

import csv
import json
import math
import shutil
import subprocess
from datetime import datetime, timezone
from pathlib import Path

# {series: (from when, what its values are)}: a plot of all of nyc_taxi is a blot.
ALL = "1970-01-01"
SERIES = {
    "realKnownCause/nyc_taxi": ("2014-10-20", "passengers in 30 minutes"),
    "artificialWithAnomaly/art_daily_flatmiddle": (ALL, "value (made up)"),
    "realKnownCause/ambient_temperature_system_failure": (ALL, "temperature, °F"),
}
PREFERRED, SHOWN_DETECTORS_MAX = ("sequence", "auto"), 2

# A palette of few colours makes small files.
HEAD = """\
set terminal png notruecolor enhanced size 900,{height} font 'DejaVu Sans,9' background '#ffffff'
set output '{output}'
set border 3 lc rgb '#888888'; set tics nomirror textcolor rgb '#000000'; set grid y lc rgb '#eeeeee'
"""
# Panels one above the other, with the same time from left to right.
PANELS = HEAD + """\
set multiplot layout {n_panels},1 title '{title}' noenhanced
set xdata time; set timefmt '%s'; set format x '%d %b'
set xrange ['{first}':'{last}']
set lmargin 10; set rmargin 3; set bmargin 2; set tmargin 2
"""
# The last panel. Scores of 0.9 and more, on a scale that people can read; the line is at 0.999.
SCORES = """\
unset object; set bmargin 3; set xlabel '{time}'
set ylabel 'surprise'; set yrange [1:4<*]
set key top left horizontal noenhanced
set arrow from graph 0, first 3 to graph 1, first 3 nohead lc rgb '#888888'
set label 'score 0.999' at graph 0.995, first 3 right offset 0,0.6
"""
WINDOW = ("set object rectangle from '{first}', graph 0 to '{last}', graph 1 "
          "fillcolor rgb '#f5d0a9' fillstyle solid noborder behind")
CURVE = ("${table} using 1:(${column} > 1 ? ${column} : NaN) with impulses lw {width} "
         "lc rgb '{colour}' title '{name}'")
# What comes later is drawn over it, so it is thinner.
COLOURS, WIDTHS = ("#8ae234", "#a40000"), (4, 2)


def need_gnuplot(refuse):
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


def run(script):
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def table(name, rows):
    return f"${name} << EOD\n" + "".join(" ".join(row) + "\n" for row in rows) + "EOD\n"


def score_curves(table_name, names, first_column):
    return ", ".join(CURVE.format(table=table_name, column=first_column + i, colour=COLOURS[i], width=WIDTHS[i], name=name)
                     for i, name in enumerate(names))


def draw_one(data, out, name, detectors, output):
    start, unit = SERIES[name]
    columns = [[row for row in read(Path(out, detector, f"{name}.csv")) if row[0] >= seconds(start)]
               for detector in detectors]
    rows = [[str(same[0][0]), same[0][1], *(f"{surprise(row[2]):.3f}" for row in same)]
            for same in zip(*columns)]
    windows = "\n".join(WINDOW.format(first=first, last=last) for first, last in windows_of(data, name))
    first, last = int(rows[0][0]), int(rows[-1][0])
    run("\n".join([
        table("scores", rows),
        PANELS.format(output=output, height=440, n_panels=2, title=f"{name}, with the labelled windows",
                      first=first, last=last),
        windows, "set key off", f"set ylabel '{unit}'",
        "plot $scores using 1:2 with lines lc rgb '#204a87' lw 0.6",
        SCORES.format(time=span(first, last)), windows,
        f"plot {score_curves('scores', detectors, 3)}"]))


def span(first, last):
    """The years from the first second to the last, as an axis has them."""
    years = [str(datetime.fromtimestamp(at, timezone.utc).year) for at in (first, last)]
    return "–".join(dict.fromkeys(years))


def draw(data, out, detectors, folder):
    shown = sorted(detectors, key=lambda name: name not in PREFERRED)[:SHOWN_DETECTORS_MAX]
    folder.mkdir(parents=True, exist_ok=True)
    for name in SERIES:
        if Path(out, shown[0], f"{name}.csv").exists():
            draw_one(data, out, name, shown, folder / f"anomaly_{name.split('/')[1]}.png")
