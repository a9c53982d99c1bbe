# corpus: compiled=mix no-exit=mix
def mix(n):
    v0 = v1 = v2 = v3 = 1.0
    v4 = v5 = v6 = v7 = 2.0
    v8 = v9 = va = vb = 3.0
    vc = vd = ve = vf = 0.5
    w0 = w1 = w2 = w3 = 0.25
    for i in range(n):
        v0, v1 = v1 - v0, v0 * 0.5
        v2 = v3 - v2 / 1.5
        v3 = v4 * 0.25 - v3
        v4, v5 = v5 - v6, v4 + v7 * 0.125
        v6 = v8 - v6 * 0.75
        v7 = -v7 * 0.5 + v9
        v8 = (v8 - va) * 0.5
        v9 = vb / 4.0 - v9 * 0.25
        va = va * 0.5 - i * 0.001
        vb = vc - vb * 0.5
        vc, vd = vd * 0.9, vc - vd
        ve = vf - ve * 0.3
        vf = w0 * 0.5 - vf * 0.1
        w0, w1, w2, w3 = w1, w2 - w0, w3 * 0.5, w0 - w2 * 0.5
        vd *= 0.5
        w1 *= 0.5
        v4 *= 0.5
        v5 *= 0.25
    return v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, va, vb, vc, vd, ve, vf, w0, w1, w2, w3


for n in (0, 1, 2, 60, 300):
    print([repr(v) for v in mix(n)])
