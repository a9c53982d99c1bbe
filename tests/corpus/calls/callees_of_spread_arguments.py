# corpus: compiled=derived,listeners,replaced,closures,remade,same_code,factories
# `callable(*args, **kwargs)` of functions and methods that are known because they were called there before.


class Counted:
    def __init__(self, function):
        self.function = function
        self.calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.function(*args, **kwargs)


@Counted
def product(a, b=2):
    return a * b


class Base:
    def __init__(self, x, y=0, **others):
        self.x = x
        self.y = y
        self.others = others


class Derived(Base):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.z = 3


class Listener:
    def __init__(self, weight):
        self.weight = weight
        self.heard = 0

    def hear(self, what, times=1):
        self.heard += what * times * self.weight
        return self.heard


def emit(listeners, *args, **kwargs):
    last = None
    for listener in listeners:
        last = listener(*args, **kwargs)
    return last


def counted(n):
    found = sum(product(i, 3) for i in range(n)) + sum(product(i) for i in range(n)) + sum(product(i, b=i) for i in range(n))
    return found, product.calls


def derived(n):
    found = []
    for i in range(n):
        found.append((Derived(i, y=2).y, Derived(i, 3).y, Derived(i).z, Derived(i, q=i).others))
    return found[-2:]


def listeners(n):
    some = [Listener(1), Listener(10)]
    hears = [listener.hear for listener in some]
    for i in range(n):
        last = emit(hears, i)
        last = emit(hears, i, times=2)
        if i == n - 4:
            hears.append(lambda what, times=1: what - times)
    return last, [listener.heard for listener in some]


def other(a, b=2):
    return -a * b


def replaced(n):
    found = []
    for i in range(n):
        found.append(product(i))
        if i == n - 6:
            product.function = other
        if i == n - 4:
            other.__code__ = (lambda a, b=2: ("code", a, b)).__code__
        if i == n - 2:
            other.__defaults__ = (7,)
    return found[-8:]


def wrap(function):
    def wrapper(*args):
        return function(*args)

    return wrapper


def closures(n):
    found = 0
    for k in range(4):
        def add(a, b=1):
            return a + b + k

        wrapped = wrap(add)
        for i in range(n):
            found += wrapped(i) + wrapped(i, 3)
    return found


def one(a, b):
    return a + b


def two(a, b):
    return a * b


def call(function, pair):
    return function(*pair)


def remade(n):
    found = 0
    for i in range(n):
        found += call(one, (i, 2))
    for i in range(n):
        found += call(two if i % 2 else one, [i, 3])
    return found


def create(cls, *args, **kwargs):
    return cls(*args, **kwargs)


class Small:
    def __init__(self, a, b=7, *, c=8):
        self.all = a, b, c


def factories(n):
    found = []
    for i in range(n):
        found.append((create(Base, i, y=2).y, create(Base, x=i).x, create(Derived, i).z, create(Small, i, c=i).all))
        if i == n - 3:
            Base.__init__ = lambda self, x, y=50: self.__dict__.update(x=-x, y=y)
        try:
            create(Small, b=i)
        except TypeError as error:
            found.append(str(error))
        if len(found) > 6:
            del found[:2]
    return found


def maker(k):
    def inner(a, *others, scale=1):
        return (a + sum(others)) * scale + k

    return inner


def same_code(n):
    functions = [maker(k) for k in range(3)]
    found = 0
    for i in range(n):
        for function in functions:
            found += call(function, (i, 1, 2)) + function(*(i,), **{"scale": 2})
    return found


print(counted(50), derived(50), listeners(50))
print(replaced(50))
print(closures(50), remade(50), same_code(50))
print(factories(50))
