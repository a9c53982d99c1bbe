# corpus: compiled=tokenize,Parser.expr
def tokenize(text):
    i, out = 0, []
    while i < len(text):
        c = text[i]
        if c == " ":
            i += 1
        elif "0" <= c <= "9":
            j = i
            while j < len(text) and (text[j].isdigit() or text[j] == "."):
                j += 1
            out.append(float(text[i:j]) if "." in text[i:j] else int(text[i:j]))
            i = j
        elif c in "+-*/()":
            out.append(c)
            i += 1
        else:
            raise SyntaxError(f"unexpected {c!r} at {i}")
    return out


class Parser:
    def __init__(self, text):
        self.tokens, self.i = tokenize(text) + [None], 0

    def take(self):
        self.i += 1
        return self.tokens[self.i - 1]

    def expr(self):
        v = self.term()
        while (t := self.tokens[self.i]) in ("+", "-"):
            self.i += 1
            v = v + self.term() if t == "+" else v - self.term()
        return v

    def term(self):
        v = self.factor()
        while self.tokens[self.i] in ("*", "/"):
            v = v * self.factor() if self.take() == "*" else v / self.factor()
        return v

    def factor(self):
        t = self.take()
        if t == "(":
            v = self.expr()
            if self.take() != ")":
                raise SyntaxError("expected )")
            return v
        if t == "-":
            return -self.factor()
        if isinstance(t, (int, float)):
            return t
        raise SyntaxError(f"unexpected {t}")


for _ in range(40):
    Parser("1 + 2 * (3 - 4)").expr()
for text in ("2*(3+4)-5/2", "1.5*-(2-3)", "99999999999*99999999999", "1/0", "(1", "1+", "a", "1..2"):
    try:
        print(text, Parser(text).expr())
    except (SyntaxError, ZeroDivisionError, ValueError) as error:
        print(text, type(error).__name__, error)
