# corpus: compiled=Visitor.visit,Evaluator.visit_Bin
class Num:
    def __init__(self, v):
        self.v = v


class Bin:
    def __init__(self, op, a, b):
        self.op, self.a, self.b = op, a, b


class Visitor:
    def visit(self, node):
        return getattr(self, "visit_" + type(node).__name__)(node)


class Evaluator(Visitor):
    def visit_Num(self, n):
        return n.v

    def visit_Bin(self, n):
        a, b = self.visit(n.a), self.visit(n.b)
        return {"+": a + b, "*": a * b, "-": a - b}[n.op]


class Printer(Visitor):
    def visit_Num(self, n):
        return str(n.v)

    def visit_Bin(self, n):
        return f"({self.visit(n.a)}{n.op}{self.visit(n.b)})"


def build(d):
    return Num(d) if d == 0 else Bin("+*-"[d % 3], build(d - 1), Num(d))


tree = build(12)
for _ in range(15):
    value = Evaluator().visit(tree)
print(value, Printer().visit(tree))
try:
    Printer().visit(5)
except AttributeError as error:
    print(error)
