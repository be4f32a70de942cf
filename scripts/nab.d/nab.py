"""Lets the detectors score each series of a corpus and prints the table. scripts/nab starts it."""

import argparse
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True

import corpus  # noqa: E402
import cost  # noqa: E402
import plot  # noqa: E402
import scoring  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SCORER = ROOT.parent / "shared/tools/nab_score.py"
# A score of 0.999 is met once in 10^3 ordinary events, one of 0.9995 once in 10^6.
THRESHOLDS = [0.999, 0.9995]


def say(text):
    print(text, file=sys.stderr, flush=True)


def refuse(text):
    say(f"nab: {text}")
    sys.exit(2)


def parse(args):
    parser = argparse.ArgumentParser(prog="scripts/nab", allow_abbrev=False)
    parser.add_argument("--build", type=Path, required=True, help="a folder that meson made")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--detector", action="append")
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--threshold", action="append", type=float)
    parser.add_argument("--plots", type=Path)
    parser.add_argument("--jobs", type=Path)
    options = parser.parse_args(args)
    if options.scorer and not options.scorer.is_file():
        refuse(f"there is no scorer '{options.scorer}'")
    if options.plots:
        plot.need_gnuplot(refuse)
    return options


def choose_detectors(tidewire, wanted):
    known = corpus.detectors(tidewire)
    for name in wanted or []:
        if name not in known:
            refuse(f"there is no detector '{name}' that learns by itself; there are {', '.join(known)}")
    return list(dict.fromkeys(wanted or known))


def score_series(tidewire, options, detectors):
    """Runs the jobs, as many at once as there are CPUs."""
    series = corpus.find(options.data)
    if not series:
        refuse(f"no data/<category>/<file>.csv in '{options.data}'")
    with tempfile.TemporaryDirectory(prefix="tidewire-nab-") as work, \
            ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        jobs = [pool.submit(corpus.score, tidewire, one, detectors, options.out, options.jobs or work)
                for one in series]
        try:
            n_rows = sum(job.result() for job in jobs)
        except (corpus.Failed, OSError):
            pool.shutdown(cancel_futures=True)
            raise
    say(f"{len(series)} series, {n_rows} rows, {len(detectors)} detectors: the scores are in {options.out}")


def main():
    options = parse(sys.argv[1:])
    tidewire = (options.build / "app/tidewire/tidewire").resolve()
    scorer = options.scorer or SCORER

    try:
        detectors = choose_detectors(tidewire, options.detector)
        score_series(tidewire, options, detectors)
        if options.plots:
            plot.draw(options.data, options.out, detectors, options.plots)
        why_not = scoring.missing(scorer, options.data)
        if why_not:
            say(f"not scored: {why_not}")
            return 0
        scoring.print_table(scorer, options, detectors, options.threshold or THRESHOLDS,
                            cost.cycles(options.build))
    except OSError as error:
        refuse(f"{error.filename}: {error.strerror}")
    except (corpus.Failed, scoring.Failed) as failure:
        say(f"nab: {failure}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
