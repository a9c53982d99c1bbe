# corpus: compiled=run
def run(n):
    fs = [lambda x, k=i: x * k for i in range(n)]
    late = [lambda x: x * i for i in range(n)]
    compose = lambda *gs: (lambda x: [x := g(x) for g in gs][-1])
    return sum(f(2) for f in fs), sum(f(2) for f in late), compose(*fs[1:5])(1), (lambda: (yield))().__class__.__name__


print(run(6), run(100))
