"""SQL that the smoke tests share, and frames made by hand."""

import socket
import struct

KERNEL, OURS = "10.9.0.1", "10.9.0.2"
KERNEL6, OURS6 = "fd00:9::1", "fd00:9::2"
PORT = 9000


def source(name="t", local=f"{OURS}:{PORT}", columns="a INT, b STRING", options=""):
    """A udp table of csv lines."""
    return (
        f"CREATE TABLE {name} ({columns}) WITH ('connector' = 'udp', 'local' = '{local}', "
        f"'format' = 'csv'{options});\n"
    )


def timed(name="t", local=f"{OURS}:{PORT}", options=""):
    """A udp table of ms,value with a watermark right at the largest time; any year is near enough."""
    columns = "ms BIGINT, v INT, ts AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR ts AS ts"
    if "max-drift" not in options:
        options += ", 'scan.watermark.max-drift' = 'off'"
    return source(name, local, columns, options)


def windows(table="t", seconds=1):
    """How many rows a window has, and their sum."""
    return (
        "SELECT window_end, COUNT(*), SUM(v) FROM TABLE(TUMBLE(TABLE "
        f"{table}, DESCRIPTOR(ts), INTERVAL '{seconds}' SECOND)) GROUP BY window_start, window_end;\n"
    )


def packet_socket(interface, protocol=3):
    """All frames of an interface, or with ETH_P_… those of one protocol."""
    peer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(protocol))
    peer.bind((interface, protocol))
    peer.settimeout(30)
    return peer


def ipv4_frame(ours_mac, protocol, payload, tag=b""):
    """An Ethernet frame from the kernel's address to ours, header checksum and all."""
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 7, 0, 64, protocol, 0)
    head += socket.inet_aton(KERNEL) + socket.inet_aton(OURS)
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    head = head[:10] + struct.pack("!H", ~total & 0xFFFF) + head[12:]
    return ours_mac + bytes.fromhex("020000000001") + tag + b"\x08\x00" + head + payload
