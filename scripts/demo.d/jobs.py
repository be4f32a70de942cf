"""What the demo must know of each job in app/jobs: its feed, its rows, what it can find."""

from dataclasses import dataclass
from datetime import datetime

# So that clocks that differ a little do not put the end of the feed into the future.
START_MARGIN_S = 2

# Of 1000 events: out of order by up to 2 s all of them, 0.1 too late, 0.1 malformed.
IMPERFECT = ["--disorder", 2000, "--late", 0.1, "--garbage", 0.1]


def fields_of(row):
    """The fields of a row as the print connector writes it: +I[a, b]."""
    return row[row.index("[") + 1:-1].split(", ")


@dataclass(frozen=True)
class Alert:
    subject: str
    start: datetime
    end: datetime
    text: str


@dataclass(frozen=True)
class Label:
    """A scenario that feedgen put into the feed."""

    scenario: str
    subject: str
    first: datetime
    last: datetime
    value: float

    def explains(self, alert):
        return (self.subject == alert.subject and self.first < alert.end
                and self.last >= alert.start)


class Payments:
    events, subjects, subject_column = "payments", "customers", "user_id"
    value_column = "total_amount"
    feed_args = ["--fraud-rate", 0.3, *IMPERFECT]
    count_field = 3  # of a minute's row: COUNT(*)

    def alert(self, fields):
        kind, user, start, end, payments, declined, amount = fields
        text = f"{kind}: {payments} payments of {float(amount):,.2f} in five minutes"
        if declined != "0":
            text += f", {declined} declined"
        return Alert(user, datetime.fromisoformat(start), datetime.fromisoformat(end), text)

    def cannot_find(self, label):
        if label.scenario == "two_cities":
            return "a rule on places; this job counts and sums"
        return None


class Sensors:
    events, subjects, subject_column = "readings", "sensors", "device"
    value_column = "max_temperature"
    feed_args = ["--feed", "sensors", "--fraud-rate", 3, *IMPERFECT]
    count_field = 2
    limit = 45.0

    def alert(self, fields):
        _, device, start, end, readings, average, hottest = fields
        text = (f"overheat: {float(average):.1f} degrees on average over {readings} readings, "
                f"{float(hottest):.1f} at most")
        return Alert(device, datetime.fromisoformat(start), datetime.fromisoformat(end), text)

    def cannot_find(self, label):
        if label.value <= self.limit:
            return f"never above {self.limit}"
        return None


JOBS = {"payments": Payments(), "sensors": Sensors()}
