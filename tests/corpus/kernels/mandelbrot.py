# corpus: compiled=escape no-exit=escape
def escape(cr, ci, limit):
    zr = zi = 0.0
    for n in range(limit):
        zr2 = zr * zr
        zi2 = zi * zi
        if zr2 + zi2 > 4.0:
            return n
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
    return limit


for y in range(12):
    print("".join(" .:-=+*#%@"[escape(x / 16 - 2.0, y / 5 - 1.1, 60) * 9 // 60] for x in range(48)))
