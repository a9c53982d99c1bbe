# corpus: compiled=f
def boom(k):
    if k == 3:
        raise KeyError(k)
    return k


def f(n):
    out = []
    for i in range(n):
        try:
            out.append((i, [boom(i % 5), boom((i + 1) % 5)], {"k": boom((i + 2) % 5)}))
        except KeyError:
            try:
                out.append(sum([boom(j) for j in range(i % 5)]) + boom(i % 4))
            except KeyError as inner:
                out.append(repr(inner.__context__))
            finally:
                out.append("|")
    return out


print(f(6))
print(len(f(200)), f(200)[-6:])
