# corpus: compiled=run
class C:
    def __init__(self, how):
        self.how = how

    def __enter__(self):
        if self.how == "enter":
            raise RuntimeError("enter")

    def __exit__(self, *args):
        if self.how == "exit":
            raise RuntimeError("exit")
        if self.how == "truth":
            return Truth()


class Truth:
    def __bool__(self):
        raise ArithmeticError("bool")


def run(how, fail):
    try:
        with C(how):
            if fail:
                [][1]
        return "ok"
    except Exception as error:
        return repr(error), repr(error.__context__)


for _ in range(100):
    run("", False)
for how in ("", "enter", "exit", "truth"):
    print(how, run(how, False), run(how, True))
