"""The end of a demo: the account of every event, and the alerts against the truth."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from jobs import Label

SENT = re.compile(r"feedgen: sent (.*)")
ACCOUNT = re.compile(r"events: in=(\d+) out=(\d+) dropped=(\d+)(?: \((.*)\))?")
LOSSES = ("imissed", "nombuf", "ierrors", "kernel_dropped")  # below tidewire
PAIR = re.compile(r"([\w.]+)=([\d.]+)")


def counts(text):
    return {name: int(float(value)) for name, value in PAIR.findall(text or "")}


@dataclass(frozen=True)
class Sent:
    n_events: int
    n_twice: int
    n_malformed: int

    @property
    def n_messages(self):
        return self.n_events + self.n_twice + self.n_malformed

    @classmethod
    def parse(cls, log):
        for line in log:
            match = SENT.match(line)
            if match:
                sent = counts(match[1])
                return cls(sent["events"], sent["duplicates"], sent["garbage"])
        return None


def read_labels(path, job):
    with open(path, encoding="utf-8", newline="") as file:
        return [Label(row["scenario"], row[job.subject_column],
                      datetime.fromisoformat(row["first_ts"]),
                      datetime.fromisoformat(row["last_ts"]), float(row[job.value_column]),
                      row["complete"] == "1")
                for row in csv.DictReader(file)]


def line_of(pattern, log):
    """The last line that matches, as a match."""
    matches = [match for match in map(pattern.match, log) if match]
    return matches[-1] if matches else None


def named(amounts):
    return ", ".join(f"{name} {n:,}" for name, n in amounts.items()) or "none"


def write_account(demo, sent):
    """Prints it. True when it closes: what was sent is in, malformed or in the results; in = dropped +
    out of the process that was not killed (of the other nobody has an account)."""
    account = line_of(ACCOUNT, demo.log)
    if account is None:
        print("no account: tidewire's last lines were\n" + "\n".join(demo.log[-10:]))
        return False
    n_in, n_out, n_dropped = (int(n) for n in account.groups()[:3])
    drops = counts(account[4])
    if demo.n_lost_before > 0:  # of the machine's own packets, before the feed went on
        drops["kernel_dropped"] -= demo.n_lost_before
        n_in, n_dropped = n_in - demo.n_lost_before, n_dropped - demo.n_lost_before
    n_lost = demo.n_lost + sum(drops.get(name, 0) for name in LOSSES)
    demo.n_lost_all = n_lost
    n_counted, killed = demo.screen.n_counted, demo.n_killed_at
    rows = [
        ("sent by feedgen", sent.n_messages,
         f"{sent.n_events:,} {demo.job.events}, {sent.n_malformed:,} malformed"),
        ("in, then kill -9", killed or 0, "" if killed else "the feed was too short to be killed"),
        ("replayed", demo.n_replayed, "from the journal, behind the last checkpoint"),
        ("in, with these", n_in, ""),
        ("dropped", n_dropped, named({name: n for name, n in drops.items() if n})),
        ("out", n_out, ""),
        ("counted in results", n_counted, "sum of COUNT(*) over the rows of each minute"),
        ("malformed", sent.n_malformed, "as feedgen says"),
    ]
    # Of what was lost nobody knows how much was malformed.
    n_unknown = sent.n_messages - sent.n_malformed - n_lost - n_counted
    if n_lost > 0 and -sent.n_malformed <= n_unknown <= 0:
        n_unknown = 0
    differences = (sent.n_messages - (killed or 0) - n_in + demo.n_replayed,
                   n_in - n_dropped - n_out, n_dropped - sum(drops.values()),
                   n_unknown)
    rows.append(("difference", sum(map(abs, differences)), ""))
    for name, n, note in rows:
        print(f"  {name:<20}{n:>12,}  {note}".rstrip())
    if n_lost > 0:
        print(f"  {n_lost:,} were lost before tidewire could take them: the machine was too busy for "
              "the rate (--rate).")
    return not any(differences)


def write_found(job, alerts, labels):
    by_subject = {}
    for label in labels:
        by_subject.setdefault(label.subject, []).append(label)
    found, false = set(), set()
    for alert in alerts:
        causes = [label for label in by_subject.get(alert.subject, ()) if label.explains(alert)]
        found.update(causes)
        if not causes:
            false.add(alert.subject)
    reasons = {label: job.cannot_find(label) if label.is_complete else "cut short"
               for label in labels}
    for scenario in sorted({label.scenario for label in labels}):
        write_scenario([label for label in labels if label.scenario == scenario], found, reasons)
    n_alerted = len({alert.subject for alert in alerts})
    print(f"  {len(alerts)} rows of {n_alerted} {job.subjects}, as windows overlap; "
          f"false: {len(false)} {job.subjects}")


def write_scenario(labels, found, reasons):
    n_found = sum(label in found for label in labels)
    missed = [label for label in labels if label not in found]
    excused = Counter(reasons[label] for label in missed if reasons[label])
    n_missed = len(missed) - sum(excused.values())
    notes = [f"{n} not to be found: {reason}" for reason, n in excused.items()]
    print(f"  {labels[0].scenario:<16}{len(labels):>4} in the feed {n_found:>5} caught "
          f"{n_missed:>4} missed   {'; '.join(notes)}".rstrip())


def write_reference(screen, expected, n_lost):
    """True when the same rows came out as of a run without a crash, or that cannot be asked."""
    if n_lost > 0:
        print("  not compared: events were lost before tidewire could take them")
        return True
    missing, extra = expected - screen.lines, screen.lines - expected
    print(f"  {len(expected):,} rows without a crash; with it {len(screen.lines):,}, of these "
          f"{screen.n_twice:,} printed a second time, as print does after a crash")
    for name, rows in (("missing", missing), ("extra", extra)):
        if rows:
            print(f"  {name}: {len(rows):,}, as {min(rows)}")
    return not missing and not extra


def write(demo, sent, expected):
    """Prints the report. True when the account closes, and the rows are those of a run without a crash."""
    print("\nEvery event")
    is_closed = write_account(demo, sent)
    print("\nScenarios, against feedgen's labels")
    write_found(demo.job, demo.screen.alerts, read_labels(demo.labels_path(), demo.job))
    print("\nThe crash")
    is_same = write_reference(demo.screen, expected, demo.n_lost_all)
    print("\nFigures")
    for line in demo.log:
        if line.startswith(("latency", "lcore", "port")):
            print(f"  {line}")
    print(f"\nThe job is app/jobs/{demo.options.job}.sql; README.md says how to write one and how to "
          "run it on a NIC.")
    print("The account closes." if is_closed else "The account does NOT close.")
    if not is_same:
        print("The rows are NOT those of a run without a crash.")
    elif demo.n_lost_all == 0:
        print("The rows are those of a run without a crash.")
    return is_closed and is_same
