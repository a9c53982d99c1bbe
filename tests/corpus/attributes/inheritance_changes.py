# corpus: compiled=run
class Base:
    def who(self):
        return "base"

    rate = 1


class Mid(Base):
    pass


class Leaf(Mid):
    pass


class Other:
    def who(self):
        return "other"

    rate = 7


def run(o, n):
    out = {}
    for i in range(n):
        out[o.who()] = out.get(o.who(), 0) + o.rate
        if i == 100:
            Mid.who = lambda self: "mid"
        if i == 150:
            Base.rate = 3
        if i == 200:
            Mid.__bases__ = (Other,)
        if i == 250:
            del Mid.who
    return out


print(run(Leaf(), 40))
print(run(Leaf(), 300))
