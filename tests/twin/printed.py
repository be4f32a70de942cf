"""Values as the print connector writes them, worked out here a second time."""

from datetime import datetime, timedelta

EPOCH = datetime(1970, 1, 1)


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


def printed_time(ms):
    """TIMESTAMP(3): no seconds when they are zero, three digits of fraction when there is one."""
    time: datetime = EPOCH + timedelta(milliseconds=ms)
    fraction = f".{ms % 1000:03}" if ms % 1000 else ""
    seconds = f"{time:%S}"
    tail = "" if seconds == "00" and not fraction else f":{seconds}{fraction}"
    return f"{time:%Y-%m-%dT%H:%M}{tail}"
