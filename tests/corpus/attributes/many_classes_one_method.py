# corpus: compiled=Base.run
# Methods that run for instances of more classes than an access tells apart: one access after the other must not be tried anew.
class Base:
    kind = None

    def __init__(self, value):
        self.value = value
        self.list = []
        if self.kind is None:
            self.kind = type(self).__name__

    def run(self):
        self.list.append(self.value)
        self.value += 1
        return self.kind, len(self.list), self.value


classes = [type(f"C{i}", (Base,), {} if i % 3 else {"kind": i}) for i in range(20)]
for turn in range(40):
    objects = [cls(turn) for cls in classes]
    for o in objects:
        o.run()
print([o.run() for o in objects])
classes[3].run = lambda self: "changed"
print([o.run() for o in objects][2:5])
