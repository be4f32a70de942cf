"""What one sees while the demo runs: alerts as they come, a line of figures each second."""

import os
import sys
from datetime import datetime, timedelta, timezone

from jobs import fields_of
from reference import rounded

# New alerts shown between two lines of figures; the rest are counted.
ALERTS_SHOWN_MAX = 5


class Screen:
    def __init__(self, job):
        self.job = job
        self.lines = set()  # rows
        self.n_twice = 0  # rows that came again after a crash: print is at least once
        self.alerts = []  # every other one, in the order they came
        self.subjects = set()
        self.n_counted = 0  # events, as the minutes' rows count them
        self.n_shown = self.n_hidden = 0  # since the last line of figures
        self.n_seconds = 0
        self.is_terminal = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def say(self, text):
        print(text, flush=True)

    def row(self, line):
        if rounded(line) in self.lines:
            self.n_twice += 1
            return
        self.lines.add(rounded(line))
        fields = fields_of(line)
        if fields[0] == "minute":
            self.n_counted += int(fields[self.job.count_field])
            return
        alert = self.job.alert(fields)
        self.alerts.append(alert)
        if alert.subject not in self.subjects:
            self.subjects.add(alert.subject)
            self.show(alert)

    def show(self, alert):
        """The first alert of a customer. Windows overlap: most are followed by more of the same."""
        if self.n_shown == ALERTS_SHOWN_MAX:
            self.n_hidden += 1
            return
        self.n_shown += 1
        red, plain = ("\x1b[31m", "\x1b[0m") if self.is_terminal else ("", "")
        self.say(f"  {red}ALERT{plain} {alert.end:%H:%M:%S}  {alert.subject}  {alert.text}")

    def status(self, n_in, per_second, n_dropped, lag_s):
        self.n_seconds += 1
        self.flush()
        text = f"{self.n_seconds:3} s  {n_in:>11,} events  {per_second:>9,}/s  {n_dropped:,} dropped"
        if lag_s is not None:
            watermark = datetime.now(timezone.utc) - timedelta(seconds=lag_s)
            text += f"  watermark {watermark:%H:%M:%S}, {lag_s:,.0f} s behind the clock"
        self.say(text)

    def flush(self):
        if self.n_hidden > 0:
            self.say(f"  … and {self.n_hidden} more {self.job.subjects}")
        self.n_shown = self.n_hidden = 0

    def end(self):
        self.flush()
