# corpus: compiled=native_calls,python_calls,stores,displays min-python=3.14
import collections


class T:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)

    def __hash__(self):
        return 1

    def __eq__(self, other):
        return False

    def __lt__(self, other):
        return False

    def __format__(self, spec):
        return "formatted"

    def method(self, *args, **kwargs):
        return None

    def plain(self, a, b):
        return 1


class Sum(T):
    def __add__(self, other):
        between = T("between")
        return 1

    def __getitem__(self, key):
        return 2


class Box:
    def __setitem__(self, key, value):
        pass

    def __delitem__(self, key):
        pass

    def __contains__(self, key):
        return True

    def __del__(self):
        log.append("box")


log = []


def three(a, b, c):
    return 1


def looping(a, b=2, c=3):
    x = T("x")
    for i in range(2):
        y = T(f"y{i}")
    return i


def native_calls(i):
    max(T("1"), T("2"), T("3"), default=T("default")) if i < 0 else max(T("1"), T("2"))
    max(T("1"), T("2"), key=T("key").method and (lambda x: 1))
    isinstance(T("1"), (T, int))
    [].append(T("appended"))
    {}.get(T("key"), T("missing"))
    "{}{}".format(T("1"), T("2"))
    "{a}{b}".format(a=T("1"), b=T("2"))
    dict(a=T("1"), b=T("2"))
    collections.deque([T("1")], maxlen=3).extend([T("2"), T("3")])
    T("self").method(T("1"), T("2"), k=T("3"))
    print(end="", *[], sep="", file=None)
    getattr(T("object"), "nothing", T("missing2"))
    min([T("1")], default=T("2"))


def python_calls(i):
    three(T("a"), T("b"), T("c"))
    three(c=T("c"), a=i, b=i)
    looping(T("a"), T("b"))
    looping(T("a"), c=T("c"))
    T("self").plain(T("a"), T("b"))
    (lambda x, y: None)(T("x1"), T("y1"))


def stores(i):
    Box()[T("key")] = T("value")
    del Box()[T("key")]
    T("key") in Box()
    T("left") < T("right")
    T("left") is T("right")
    T("object").attribute = T("value")
    Sum("left") + Sum("right")
    Sum("container")[i]
    {}[T("key")] = T("value")
    d = {}
    d[T("k1")] = T("v1")
    d[i] = T("v2")
    del d
    f"{T('formatted')}{T('1'):{'x'}}"


def displays(i):
    {T("k1"): T("v1"), T("k2"): T("v2")}
    {T("s1"), T("s2")}
    [T("l1"), T("l2")]
    (T("t1"), T("t2"))
    [*[T("e1")], T("e2")]
    {**{"a": T("m1")}, "b": T("m2")}
    slice(T("start"), T("stop"))
    {x: T("made") for x in (T("c1"), T("c2"))}


for f in (native_calls, python_calls, stores, displays):
    for i in range(200):
        log.clear()
        f(i)
        if i in (0, 1, 199):
            print(f.__name__, i, log)
