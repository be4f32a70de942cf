"""Plots of the fraud data: precision at each recall, and a card and a terminal with their frauds and scores."""

import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts/nab.d"))

import plot  # noqa: E402

# {method: its colour}. ewma and auto are nearly the same line.
SHOWN = {
    "amount": "#555753",
    "amount / mean of 30 days": "#f57900",
    "known frauds in 30 days": "#ad7fa8",
    "share of known frauds": "#5c3566",
    "auto": "#4e9a06",
    "auto, refractory 0": "#8ae234",
    "robust": "#a40000",
    "robust, refractory 0": "#3465a4",
}
CURVES = plot.HEAD + """\
set multiplot layout 1,2
set xlabel 'recall, % of the frauds of all scenarios'; set ylabel 'precision, % of the alerts'
set xrange [0:60]; set yrange [0:102]; set key below maxrows 4 noenhanced samplen 2
"""
POINTS_MAX = 500

# {unit: (column of its number, scenario)}: drawn is the first card or terminal that has a fraud of the scenario from
# this day on.
EXAMPLES = {"card": (2, "3"), "terminal": (3, "2")}
EXAMPLE_FROM = "2018-08-01"
EXAMPLE_SCORES = ("auto", "robust")
# Columns of the table: time, amount, whether it is fraud, scores.
AMOUNTS = """\
set ylabel 'amount'; set key top left horizontal
plot $payments using 1:($3 == 0 ? $2 : NaN) with impulses lw 2 lc rgb '#729fcf' title 'honest', \\
  $payments using 1:($3 == 1 ? $2 : NaN) with impulses lw 2 lc rgb '#a40000' title 'fraud'
"""
KNOWN_COLUMN = 5  # in terminal_rules.csv
KNOWN = """\
set ylabel 'known frauds, share'; set key off; set yrange [0:1]
plot $payments using 1:6 with steps lw 2 lc rgb '#75507b'
"""


def curves(units, output):
    """units: {unit: {method: [(recall, precision)]}}"""
    data, plots = [], []
    for unit, methods in units.items():
        lines = []
        for name, colour in SHOWN.items():
            if name not in methods:
                continue
            points = methods[name][::max(1, len(methods[name]) // POINTS_MAX)]
            block = f"{unit}{len(lines)}"
            data.append(plot.table(block, ([f"{100 * r:.2f}", f"{100 * p:.2f}"] for r, p in points)))
            lines.append(f"${block} with lines lw 2 lc rgb '{colour}' title '{name}'")
        plots.append(f"set title 'a {unit} on a day'\nplot {', '.join(lines)}\n")
    plot.run("".join([*data, CURVES.format(output=output, height=480), *plots]))


def payments_of_first(path, owner_column, scenario):
    """(number of the card or terminal, {id: (time, amount, is fraud)})"""
    with open(path, encoding="ascii", newline="") as file:
        owner = min(int(row[owner_column]) for row in csv.reader(file)
                    if row[6] == scenario and row[1] >= EXAMPLE_FROM)
    with open(path, encoding="ascii", newline="") as file:
        return owner, {row[0]: (plot.seconds(row[1]), row[4], row[5]) for row in csv.reader(file)
                       if row[owner_column] == str(owner)}


def read_column(path, ids, column):
    with open(path, encoding="ascii", newline="") as file:
        return {row[0]: float(row[column]) for row in csv.reader(file) if row[0] in ids}


def example(folder, unit, detectors, output):
    column, scenario = EXAMPLES[unit]
    owner, payments = payments_of_first(folder / "transactions.csv", column, scenario)
    scores = [read_column(folder / f"{unit}_{detectors.index(name)}.csv", payments, 1) for name in EXAMPLE_SCORES]
    known = {}
    if unit == "terminal":
        known = read_column(folder / "terminal_rules.csv", payments, KNOWN_COLUMN)
    rows = [[str(at), amount, is_fraud, *(f"{plot.surprise(of.get(number, 0)):.3f}" for of in scores),
             str(known.get(number, 0))] for number, (at, amount, is_fraud) in payments.items()]
    first, last = int(rows[0][0]), int(rows[-1][0])
    title = f"payments of {unit} {owner}"
    plot.run("".join([
        plot.table("payments", rows),
        plot.PANELS.format(output=output, height=580 if known else 440, n_panels=3 if known else 2, title=title,
                           first=first, last=last),
        AMOUNTS, KNOWN if known else "", plot.SCORES.format(time=plot.span(first, last)),
        f"plot {plot.score_curves('payments', EXAMPLE_SCORES, 4)}\n"]))


def examples(folder, detectors, output):
    for unit in EXAMPLES:
        example(folder, unit, detectors, output / f"fraud_{unit}.png")
