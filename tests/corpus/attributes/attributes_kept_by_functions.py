# corpus: compiled=count,many
def target():
    pass


target.calls = 0


def count(function, n):
    for i in range(n):
        function.calls += 1
    return function.calls


print(count(target, 200))


def fresh(n):
    out = []
    for i in range(n):
        def made():
            return i

        made.label = i
        made.label += 1
        out.append(made.label)
    return out[-3:]


print(fresh(50))


def many(functions, n):
    total = 0
    for i in range(n):
        for function in functions:
            try:
                total += function.calls
            except AttributeError as error:
                total += len(str(error))
            function.calls = i
    return total


def other():
    pass


print(many([target, other], 100))
del other.calls
print(many([target, other], 100))
target.__dict__ = {"calls": 1.5}
print(count(target, 50))


class Name(str):
    def __eq__(self, other):
        print("eq")
        return str.__eq__(self, other)

    __hash__ = str.__hash__


target.__dict__ = {Name("calls"): 7}
print(count(target, 2))


class Ends:
    def __del__(self):
        print("end", target.kept is not self)


def replace(n):
    for i in range(n):
        target.kept = Ends()
    target.kept = None


replace(3)


class Wide(list):
    pass


def instances(n):
    wide = Wide()
    wide.size = 0
    for i in range(n):
        wide.size += 1
        wide.append(i)
        if i == n - 5:
            wide.__dict__["size"] = 0.5
    return wide.size, len(wide)


print(instances(100))


class Strict(dict):
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value * 2)


def strict(n):
    s = Strict()
    s.a = 1
    for i in range(n):
        s.a = s.a + i
    return s.a % 1009


print(strict(60))
