# corpus: compiled=Machine.feed
class Machine:
    def __init__(self):
        self.state = self.start
        self.out = []
        self.word = ""

    def start(self, c):
        if c.isalpha():
            self.word = c
            return self.in_word
        if c.isdigit():
            self.word = c
            return self.in_number
        return self.start

    def in_word(self, c):
        if c.isalnum():
            self.word += c
            return self.in_word
        self.out.append(("word", self.word))
        return self.start(c)

    def in_number(self, c):
        if c.isdigit():
            self.word += c
            return self.in_number
        self.out.append(("num", int(self.word)))
        return self.start(c)

    def feed(self, text):
        for c in text:
            self.state = self.state(c)
        return self.out


m = Machine()
m.feed("alpha 12 b3ta 456, " * 12)
print(len(m.out), m.feed("end ")[-5:])
