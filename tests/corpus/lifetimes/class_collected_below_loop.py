# corpus: compiled=call,main skip-modes=background,default
# A class dies by the garbage collector while a loop runs natively in which code was compiled that knows what the class holds.
import gc


class Value:
    def __init__(self, n):
        self.data = n


def make(k):
    class Temp:
        value = Value(k)
        shadowed = Value(k)

        def __init__(self):
            self.own = Value(k)

        def method(self):
            return k

        @property
        def attribute(self):
            return self.value.data

    return Temp


def call(o):
    return o.value.data + o.shadowed.data + o.method() + o.attribute + len(type(o)().own.__dict__)


def main(make, turns):
    total = 0
    for _ in range(3):
        holder = [make(1)()]
        for i in range(turns):
            if holder:
                total += call(holder[0])
            if i == turns // 2:
                holder.clear()
                gc.collect()
                kept = [Value(n) for n in range(200)]
        total += kept[-1].data
    return total


gc.collect()
print([main(make, 100) for _ in range(6)])
print(main(make, 300))
