"""How well numbers point out what is labelled: precision, recall, average precision, card precision top-k.

A level is what is judged: payments, or all payments of a card (a terminal) on a day. One of its items has the
highest number of its payments, and each scenario of fraud that one of them has.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from itertools import groupby

SCENARIOS = (1, 2, 3)
WEEK_DAYS, TOP = 7, 100
NO_NUMBER = -1.0


class Level:
    """Items 0 to n - 1; masks[item] has bit s when the item is fraud of scenario s."""

    def __init__(self):
        self.of_payment = array("L")  # the item of each payment
        self.masks = bytearray()
        self.days = array("H")
        self.owners = array("L")  # card or terminal
        self.found = {}

    @property
    def n(self):
        return len(self.masks)

    def add(self, scenario, day, owner, key):
        """One more payment; those with the same key are one item."""
        item = self.found.setdefault(key, self.n)
        if item == self.n:
            self.masks.append(0)
            self.days.append(day)
            self.owners.append(owner)
        if scenario:
            self.masks[item] |= 1 << scenario
        self.of_payment.append(item)

    def highest(self, column):
        """The highest number of each item, of a column with a number for each payment."""
        most = array("d", [NO_NUMBER]) * self.n
        for item, value in zip(self.of_payment, column):
            if value > most[item]:
                most[item] = value
        return most

    def frauds(self, scenario=None):
        """The items that are fraud, of one scenario or of any."""
        return [item for item, mask in enumerate(self.masks) if mask and (scenario is None or mask >> scenario & 1)]

    def n_frauds(self):
        """[all, of each scenario]"""
        return [len(self.frauds()), *(len(self.frauds(scenario)) for scenario in SCENARIOS)]


class Ranking:
    """The items of a level in the order of their numbers. What has no number comes last."""

    def __init__(self, level, most):
        self.all = sorted(most)
        self.frauds = sorted(most[item] for item in level.frauds())
        self.of_scenario = [sorted(most[item] for item in level.frauds(scenario)) for scenario in SCENARIOS]

    def judge(self, limit):
        """(number of alerts, precision, [recall of each scenario]) when limit and more is an alert."""
        n_alerts = above(self.all, limit)
        recalls = [above(values, limit) / max(1, len(values)) for values in self.of_scenario]
        return n_alerts, above(self.frauds, limit) / max(1, n_alerts), recalls

    def curve(self):
        """[(recall, precision)] at each number that a fraud has, from the highest."""
        hits, points = 0, []
        for value, equals in groupby(reversed(self.frauds)):
            hits += len(list(equals))
            points.append((hits / len(self.frauds), hits / above(self.all, value)))
        return points


def above(values, limit):
    """How many of the sorted values are limit and more."""
    return len(values) - bisect_left(values, limit)


def average_precision(points):
    """Precision at each step of recall, weighed by the step (as scikit-learn has it)."""
    total = last = 0.0
    for recall, precision in points:
        total += (recall - last) * precision
        last = recall
    return total


def top_precision(level, most):
    """Mean over the days of the share of frauds among the TOP highest of the day, where an owner that was found
    is not looked at again for the rest of its week: card precision top-k of Le Borgne et al."""
    by_day, known, shares = defaultdict(list), set(), []
    for item, value in enumerate(most):
        if value > NO_NUMBER:
            by_day[level.days[item]].append((-value, item))
    for day in range(min(level.days), max(level.days) + 1):
        if (day - min(level.days)) % WEEK_DAYS == 0:
            known = set()
        ranked = [item for _, item in sorted(by_day[day]) if level.owners[item] not in known][:TOP]
        hits = [item for item in ranked if level.masks[item]]
        known.update(level.owners[item] for item in hits)
        shares.append(len(hits) / TOP)
    return sum(shares) / len(shares)
