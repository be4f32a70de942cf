"""Inputs of the crash tests: rows with disorder, as a CSV file and as a capture of UDP datagrams."""

import random
import struct
from datetime import datetime, timedelta, timezone

START = datetime(2020, 1, 1, tzinfo=timezone.utc)
PORT = 9000
ROWS_OF_A_DATAGRAM_MAX = 12
DELAYS_MS = [0, 0, 0, 0, 300, 1500, 4000, 9000, 30000]  # the watermark's delay is 5 s: some are late
LAST_ROW = "2021-01-01 00:00:00.000,last,0,0,\n"  # all windows of the others are over then


def lines(seed, n_rows, n_keys):
    """CSV lines: ts, k, v, d, a long string now and then, NULLs among them."""
    rng = random.Random(seed)
    now_ms = 0
    for _ in range(n_rows):
        now_ms += rng.randrange(0, 40)
        if rng.random() < 0.0001:
            now_ms += rng.randrange(0, 200_000)  # silence: sessions end, windows are empty
        ts = START + timedelta(milliseconds=max(now_ms - rng.choice(DELAYS_MS), 0))
        key = rng.randrange(n_keys) * rng.randrange(n_keys) // n_keys
        value = "" if rng.random() < 0.02 else str(rng.randrange(-1000, 1000))
        text = f"text {rng.randrange(50)}"
        if rng.random() < 0.1:
            text += " that is longer than any view holds inline"
        stamp = ts.strftime("%Y-%m-%d %H:%M:%S.") + f"{ts.microsecond // 1000:03}"
        yield f"{stamp},k{key},{value},{rng.randrange(10_000) / 8},{text}\n"


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(payload):
    """An Ethernet frame with payload as a UDP datagram, without a UDP checksum."""
    udp = struct.pack("!HHHH", 5000, PORT, 8 + len(payload), 0)
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0, b"\x0a\0\0\1", b"\x0a\0\0\2")
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return b"\x02\0\0\0\0\2" + b"\x02\0\0\0\0\1" + b"\x08\0" + head + udp + payload


def write_csv(path, rows):
    path.write_text("".join(rows), encoding="utf-8")


def write_pcap(path, rows, seed):
    rng = random.Random(seed)
    arrival = START + timedelta(days=365)  # no row is from the future
    at, time_us = 0, int(arrival.timestamp()) * 1_000_000
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        while at < len(rows):
            n = rng.randint(1, ROWS_OF_A_DATAGRAM_MAX)
            data = frame("".join(rows[at : at + n]).encode())
            at += n
            time_us += 200
            file.write(struct.pack("<IIII", *divmod(time_us, 1_000_000), len(data), len(data)))
            file.write(data)
