# corpus: compiled=Counter.step,Counter.total,named,Machine.run
# Instances whose `__dict__` was asked for: it shares their inline values. `dir()` adds the names of the class to what instances share.
class Counter:
    def __init__(self, n):
        self.n = n
        self.seen = []
        self.names = dir(self) if n % 2 else vars(self)

    def step(self, k):
        self.n += k
        self.last = k
        return self.n

    def total(self):
        return self.step(1) + self.n

    def late(self):
        return 'method'


def named(counter):
    return counter.late()


class Machine:
    def __init__(self, program):
        self.program = program
        self.at = 0
        self.out = []
        self.ops = {name[3:]: getattr(self, name) for name in dir(self) if name.startswith('op_')}

    def op_say(self, what):
        self.put(what)
        self.at += 1

    def op_jump(self, to):
        self.put(-to)
        self.at = to

    def put(self, what):
        self.out.append(what)

    def run(self):
        while self.at < len(self.program):
            op, *args = self.program[self.at]
            self.ops[op](*args)
        return self.out


counters = [Counter(n) for n in range(8)]
total = 0
for i in range(400):
    for counter in counters:
        total += counter.total() + len(named(counter))
print(total, [vars(counter)['n'] for counter in counters], [list(vars(counter)) for counter in counters][:2])
# An attribute that hides a method, on one instance of many.
counters[3].late = lambda: 'own'
print([named(counter) for counter in counters])
del counters[3].late
print([named(counter) for counter in counters])
# The dictionary goes its own way, or is another one.
shared = vars(counters[1])
counters[1].__dict__ = dict(shared, n=5)
print(counters[1].total(), shared['n'] == counters[1].n, vars(counters[1])['n'])
shared = vars(counters[5])
shared['n'] = 10
print(counters[5].total(), shared['n'])
shared['extra'] = 1
print(counters[5].total(), shared['n'], counters[5].extra)
shared.clear()
try:
    counters[5].total()
except AttributeError as error:
    print(error)
del counters[7].last
print(counters[7].total(), list(vars(counters[7])))
print(sum(sum(Machine([('say', n), ('jump', 3), ('say', 100), ('say', 7)]).run()) for n in range(300)))
