# corpus: compiled=case.<locals>.load,case.<locals>.store,case.<locals>.of_class,case.<locals>.method
# The class of a class attribute becomes a descriptor's class when code that reads the attribute is compiled already.
def case(own, fields):
    # Functions of each case: they see one class only.
    def load(o):
        return o.x

    def store(o, value):
        o.x = value
        return o.x

    def of_class(cls):
        return cls.x

    def method(o):
        return o.y()

    class Described:
        def __call__(self):
            return "called"

    class C:
        x = Described()
        y = Described()

        def __init__(self):
            if own:
                self.x = 1
                self.y = lambda: "own"

    o = C()
    answers = []

    def ask():
        for action in (lambda: load(o), lambda: store(o, 2) if own else None, lambda: of_class(C), lambda: method(o)):
            answer = action()
            answers.append(answer if isinstance(answer, (int, str, tuple, type(None))) else type(answer).__name__)

    for _ in range(200):
        ask()
    for name, value in fields:
        setattr(Described, name, value)
        for _ in range(100):
            ask()
    return answers[796:800], answers[-4:], len(set(map(str, answers)))


get = ("__get__", lambda self, instance, owner: (lambda: ("got", instance is None)) if instance is None else (lambda: "got"))
value = ("__get__", lambda self, instance, owner: int)
set_ = ("__set__", lambda self, instance, value: None)
for own in (False, True):
    for fields in ([value], [value, set_], [set_, value], [get, set_]):
        print(own, [name for name, _ in fields], [[x if isinstance(x, (int, str)) else type(x).__name__ for x in part] for part in case(own, fields)[:2]])
