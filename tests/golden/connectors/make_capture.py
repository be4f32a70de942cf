#!/usr/bin/env python3
"""Make the captures of this folder: make_capture.py, without arguments.

    capture.pcap    microseconds: UDP over IPv4 to 239.1.1.1:5000 and 10.0.0.2:5000, one tagged
                    (802.1Q), one to another port, one fragment, one whose checksum is wrong, one ARP
    future.pcap     rows of now, of a year ahead, and of now again
    nanos.pcap      the same datagram twice, the second over IPv6; nanosecond magic
"""

import ipaddress
import struct
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
START_S = 1577836800  # 2020-01-01


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(source, target, payload, to_port, damage=0):
    """A UDP datagram with its checksum."""
    source, target = (ipaddress.ip_address(one).packed for one in (source, target))
    head = struct.pack("!4H", 4000, to_port, 8 + len(payload), 0)
    pseudo = source + target + struct.pack("!LL", len(head) + len(payload), 17)
    value = checksum(pseudo + head + payload) or 0xFFFF
    return head[:6] + struct.pack("!H", value ^ damage) + payload


def ipv4(source, target, datagram, fragment=0):
    source, target = (ipaddress.ip_address(one).packed for one in (source, target))
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(datagram), 1, fragment, 64, 17, 0)
    value = checksum(head + source + target)
    return head[:10] + struct.pack("!H", value) + source + target + datagram


def ipv6(source, target, datagram):
    source, target = (ipaddress.ip_address(one).packed for one in (source, target))
    return struct.pack("!LHBB", 6 << 28, len(datagram), 17, 64) + source + target + datagram


def ethernet(packet, kind=0x0800, tag=b""):
    return bytes.fromhex("020000000002020000000001") + tag + struct.pack("!H", kind) + packet


def pcap(frames, magic):
    """Frames a quarter of a second apart."""
    per_quarter = 250000 if magic == 0xA1B2C3D4 else 250000000
    out = struct.pack("<LHHlLLL", magic, 2, 4, 0, 0, 65535, 1)
    for n, frame in enumerate(frames):
        out += struct.pack("<4L", START_S + n // 4, n % 4 * per_quarter, len(frame), len(frame))
        out += frame
    return out


def main():
    a, b, group = "10.0.0.1", "10.0.0.2", "239.1.1.1"
    frames = [
        ethernet(ipv4(a, b, udp(a, b, b"1,unicast\n2,second line\n", 5000))),
        ethernet(ipv4(a, group, udp(a, group, b"3,multicast", 5000))),
        ethernet(ipv4(a, b, udp(a, b, b"4,tagged\n", 5000)), tag=bytes.fromhex("81000064")),
        ethernet(ipv4(a, b, udp(a, b, b"5,other port\n", 5001))),
        ethernet(ipv4(a, b, udp(a, b, b"6,fragment\n", 5000), fragment=0x2000)),
        ethernet(ipv4(a, b, udp(a, b, b"7,bad checksum\n", 5000, damage=1))),
        ethernet(bytes(28), kind=0x0806),
        ethernet(ipv4(a, b, udp(a, b, b"eight,bad row\n9,good row\n", 5000))),
    ]
    (FOLDER / "capture.pcap").write_bytes(pcap(frames, 0xA1B2C3D4))
    rows = [b"2020-01-01 00:00:00,1\n", b"2021-01-01 00:00:00,2\n", b"2020-01-01 00:00:10,3\n"]
    frames = [ethernet(ipv4(a, b, udp(a, b, row, 5000))) for row in rows]
    (FOLDER / "future.pcap").write_bytes(pcap(frames, 0xA1B2C3D4))
    frames = [
        ethernet(ipv4(a, b, udp(a, b, b"1,four", 5000))),
        ethernet(ipv6("fd00::1", "fd00::2", udp("fd00::1", "fd00::2", b"2,six", 5000)), kind=0x86DD),
    ]
    (FOLDER / "nanos.pcap").write_bytes(pcap(frames, 0xA1B23C4D))


if __name__ == "__main__":
    main()
