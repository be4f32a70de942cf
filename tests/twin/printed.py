"""Values as the print connector writes them, worked out here a second time; intervals as SQL has them."""

import math
from datetime import datetime, timedelta

EPOCH = datetime(1970, 1, 1)
SECOND, HOUR, DAY = 1000, 3_600_000, 86_400_000


def printed(value, kind):
    if value is None:
        return "null"
    if kind == "double":
        return java_double(value)
    if kind.startswith("decimal"):
        return decimal(value, int(kind[-1]))
    return str(value)


def decimal(n, scale):
    """n times ten to the −scale."""
    unit = 10**scale
    return f"{'-' if n < 0 else ''}{abs(n) // unit}.{abs(n) % unit:0{scale}}"


def java_double(value):
    """The shortest digits that read back equal, in Java's layout: 22.0, 1.0E10."""
    if math.isnan(value):
        return "NaN"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        text = f"{value!r}"
        return text if "e" not in text else f"{value:.20f}".rstrip("0")
    mantissa, _, exponent = f"{value:.17e}".partition("e")
    for digits in range(1, 18):
        mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
        if float(f"{mantissa}e{exponent}") == value:
            break
    whole, _, fraction = mantissa.partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}E{int(exponent)}"


def printed_time(ms, is_instant=False):
    """TIMESTAMP(3): no seconds when they are zero, three digits of fraction when there is one.
    TIMESTAMP_LTZ(3) has its seconds always."""
    time: datetime = EPOCH + timedelta(milliseconds=ms)
    fraction = f".{ms % 1000:03}" if ms % 1000 else ""
    seconds = f"{time:%S}"
    tail = "" if seconds == "00" and not fraction else f":{seconds}{fraction}"
    if is_instant:
        tail = f":{seconds}{fraction}Z"
    return f"{time:%Y-%m-%dT%H:%M}{tail}"


def line(*fields):
    """A row, its fields printed already."""
    return f"+I[{', '.join(fields)}]"


def interval(ms):
    sign, ms = ("-" if ms < 0 else ""), abs(ms)
    if ms % DAY == 0 and 0 < ms < 90 * DAY:
        return f"INTERVAL {sign}'{ms // DAY}' DAY(3)"
    if ms % SECOND == 0 and ms < 90 * SECOND:
        return f"INTERVAL {sign}'{ms // SECOND}' SECOND"
    seconds = f"{ms // SECOND % 60:02}.{ms % SECOND:03}"
    return f"INTERVAL {sign}'{ms // DAY} {ms // HOUR % 24:02}:{ms // 60000 % 60:02}:{seconds}' DAY(5) TO SECOND(3)"
