"""What the demo must know of each job in app/jobs: its feed, its rows, what it can find."""

from dataclasses import dataclass
from datetime import datetime

# So that clocks that differ a little do not put the end of the feed into the future.
START_MARGIN_S = 2

# Out of order by up to 2 s; of 10,000 events one is malformed. None is late: a row that one INSERT of a
# job has to drop and another takes is a drop in the account, and still counted in the results.
IMPERFECT = ["--disorder", 2000, "--garbage", 0.1]


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
    is_complete: bool  # false: the feed ended in the middle of it

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
        if kind == "two cities":
            text = f"{kind}: the second payment of {float(amount):,.2f} within ten minutes"
            return Alert(user, datetime.fromisoformat(start), datetime.fromisoformat(end), text)
        plural = "" if payments == "1" else "s"
        text = f"{kind}: {payments} payment{plural} of {float(amount):,.2f} in five minutes"
        if declined != "0":
            text += f", {declined} declined"
        return Alert(user, datetime.fromisoformat(start), datetime.fromisoformat(end), text)

    def cannot_find(self, label):
        return None


class Sensors:
    events, subjects, subject_column = "readings", "sensors", "device"
    value_column = "max_temperature"
    feed_args = ["--feed", "sensors", "--fraud-rate", 3, *IMPERFECT]
    count_field = 2
    limit = 45.0

    def alert(self, fields):
        _, device, start, end, readings, average, hottest = fields
        text = (f"overheat: {float(average):.1f} degrees on average over {readings} "
                f"readings, {float(hottest):.1f} at most")
        return Alert(device, datetime.fromisoformat(start), datetime.fromisoformat(end), text)

    def cannot_find(self, label):
        if label.value <= self.limit:
            return f"never above {self.limit}"
        return None


JOBS = {"payments": Payments(), "sensors": Sensors()}
