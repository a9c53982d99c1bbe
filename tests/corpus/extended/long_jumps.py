# corpus: compiled=loop
body = ["def loop(n, kind):", "    t = 0", "    while n > 0:", "        n -= 1", "        if kind == 0:"]
body += [f"            t = (t * 3 + {i}) % 100003" for i in range(300)]
body += ["        elif kind == 1:", "            t += 1", "            continue", "        else:"]
body += [f"            t = t ^ {i}" for i in range(300)]
body += ["            if t > 10**6: break", "        t += n", "    else:", "        return t, 'else'", "    return t"]
space = {}
exec("\n".join(body), space)
loop = space["loop"]
for kind in (0, 1, 2):
    print([loop(n, kind) for n in (0, 1, 2, 40, 150)])
