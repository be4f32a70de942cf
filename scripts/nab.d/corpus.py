"""A corpus of series, the job that scores one of them, and the files with the scores."""

import csv
import math
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

HEADER = "timestamp,value,anomaly_score\n"

SERIES = """\
-- How odd each event of {name} is, in the eyes of each detector.
CREATE TABLE series (
  `timestamp` STRING,
  `value` STRING,
  ts AS CAST(`timestamp` AS TIMESTAMP(3)),
  measured AS TRY_CAST(`value` AS DOUBLE),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = {path}, 'format' = 'csv', 'csv.header' = 'true');
"""

DETECTOR = """
CREATE TABLE `{detector}` (`timestamp` STRING, `value` STRING, anomaly_score DOUBLE)
WITH ('connector' = 'filesystem', 'path' = {path}, 'format' = 'csv');
INSERT INTO `{detector}` SELECT `timestamp`, `value`, COALESCE(score, 0)
FROM TABLE(ANOMALY(TABLE series, DESCRIPTOR(ts), DESCRIPTOR(measured),
  'detector' => '{detector}'));
"""

# tidewire refuses this and says which detectors there are.
NO_DETECTOR = """\
CREATE TABLE t (ts TIMESTAMP(3), x DOUBLE, WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen');
SELECT score FROM TABLE(ANOMALY(TABLE t, DESCRIPTOR(ts), DESCRIPTOR(x), 'detector' => '?'));
"""
# Must be told what is too much, and nobody may tell it that of a series.
NOT_LEARNING = "threshold"


class Failed(Exception):
    pass


@dataclass(frozen=True)
class Series:
    name: str  # category/file
    path: Path

    def rows(self):
        """[(timestamp, value)], as the file has them."""
        with open(self.path, encoding="utf-8", newline="") as file:
            return [tuple(row[:2]) for row in list(csv.reader(file))[1:] if row]


def detectors(tidewire):
    """The names of those that learn by themselves."""
    done = subprocess.run([tidewire, "--check", "-"], input=NO_DETECTOR, capture_output=True, text=True,
                          check=False)
    _, found, names = done.stderr.splitlines()[0].partition("there are ") if done.stderr else ("", "", "")
    if not found:
        raise Failed(f"tidewire does not say which detectors there are: {done.stderr}")
    return [name for name in re.findall(r"'(\w+)'", names) if name != NOT_LEARNING]


def find(data):
    paths = sorted(Path(data, "data").glob("*/*.csv"))
    return [Series(f"{path.parent.name}/{path.stem}", path.resolve()) for path in paths]


def literal(text):
    return "'" + str(text).replace("'", "''") + "'"


def write_job(path, series, detectors):
    parts = [SERIES.format(name=series.name, path=literal(series.path))]
    for detector in detectors:
        parts.append(DETECTOR.format(detector=detector, path=literal(f"{detector}.csv")))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(parts), encoding="utf-8")


def score(tidewire, series, detectors, out, work):
    """Run the job of one series in a folder of its own below work, and write its files below out. Returns
    how many rows it has."""
    rows = series.rows()
    work = Path(work, series.name)
    job = work / "job.sql"
    write_job(job, series, detectors)
    done = subprocess.run([tidewire, "--quiet", "--parallelism", "1", job.name], cwd=work,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{series.path}: tidewire failed ({done.returncode}): {done.stderr.strip()}")
    for detector in detectors:
        scores = read_scores(work / f"{detector}.csv", series, rows)
        write_scores(Path(out, detector, series.name + ".csv"), rows, scores)
    return len(rows)


def read_scores(path, series, rows):
    """The scores as text, after a look that no row is lost, doubled, or in another place."""
    scored = []
    if path.exists():
        with open(path, encoding="utf-8", newline="") as file:
            scored = list(csv.reader(file))
    for i, (row, (timestamp, value, text)) in enumerate(zip(rows, scored)):
        if row != (timestamp, value):
            raise Failed(f"{series.path}: row {i + 1} is {row}, {path.stem} has {(timestamp, value)} there")
        if not 0 <= float(text or math.nan) <= 1:
            raise Failed(f"{series.path}: row {i + 1}: {path.stem} says '{text}', not a number from 0 to 1")
    if len(scored) != len(rows):
        raise Failed(f"{series.path}: {len(rows)} rows, {len(scored)} of {path.stem}")
    return [row[2] for row in scored]


def write_scores(path, rows, scores):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(HEADER)
        csv.writer(file, lineterminator="\n").writerows(
            (*row, score) for row, score in zip(rows, scores))
