# corpus: compiled=pack_all,days
import datetime
import struct


def pack_all(n):
    out = bytearray()
    for i in range(n):
        out += struct.pack("<hIqd", i - 5, i * 7, -(i**5), i / 3)
    total = 0
    for h, u, q, d in struct.iter_unpack("<hIqd", out):
        total += h + u + q + d
    return len(out), total


def days(n):
    d = datetime.date(2024, 2, 27)
    step = datetime.timedelta(days=1, hours=12)
    moment = datetime.datetime(2024, 1, 1)
    weekend = 0
    for _ in range(n):
        d = d + datetime.timedelta(1)
        moment += step
        weekend += d.weekday() >= 5
    return d.isoformat(), weekend, moment.isoformat(), (moment - datetime.datetime(2024, 1, 1)).total_seconds()


print(pack_all(3), pack_all(100), days(3), days(120))
try:
    struct.pack("<h", 40000)
except struct.error as error:
    print(error)
