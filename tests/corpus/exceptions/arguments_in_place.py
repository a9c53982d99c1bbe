# corpus: compiled=first,both,key,set_anew,own_property,compared,counted
# `args` of exceptions that are handled where they were raised: taken apart, and where somebody has the tuple, or the class does it in another way.


class Two(Exception):
    pass


class Kept(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Own(Exception):
    @property
    def args(self):
        return ("own", "property")


class Answers(Exception):
    def __getattribute__(self, name):
        return (name, "asked") if name == "args" else super().__getattribute__(name)


class Item:
    ended = 0

    def __init__(self, number):
        self.number = number

    def __del__(self):
        Item.ended += self.number


def first(n):
    total = 0
    for i in range(n):
        try:
            raise Two(i, "x")
        except Two as error:
            total += error.args[0]
    return total


def both(n):
    texts = []
    for i in range(n):
        try:
            if i % 2:
                raise Two(i, i * 0.5)
            raise ValueError(i, None)
        except (Two, ValueError) as error:
            one, two = error.args
            texts.append((one, two))
    return texts[-3:]


def key(table, n):
    missing = []
    for i in range(n):
        try:
            missing.append(table[i])
        except KeyError as error:
            missing.append(error.args[0])
    return missing[-3:]


def wrong(n):
    seen = []
    for i in range(n):
        try:
            raise Two(i)
        except Two as error:
            try:
                one, two = error.args
            except ValueError as other:
                seen.append(str(other))
        try:
            raise Two
        except Two as error:
            try:
                seen.append(error.args[0])
            except IndexError as other:
                seen.append(other.args[0])
    return seen[-2:]


def set_anew(n):
    seen = []
    for i in range(n):
        try:
            raise Kept(i, "text")
        except Kept as error:
            seen.append((error.args[0], error.code, error.args[-1]))
    return seen[-2:]


def own_property(n):
    seen = []
    for i in range(n):
        try:
            raise Own(i)
        except Own as error:
            seen.append(error.args[0])
        try:
            raise Answers(i)
        except Answers as error:
            seen.append(error.args[1])
    return seen[-2:]


def compared(n):
    same = []
    for i in range(n):
        try:
            raise Two(i, i)
        except Two as error:
            same.append((error.args is error.args, error.args == (i, i), len(error.args), error.args))
    return same[-2:]


def counted(n):
    total = 0
    for i in range(n):
        try:
            raise Two(Item(1), Item(i))
        except Two as error:
            one, two = error.args
            total += one.number + two.number
        one = two = None
    return total, Item.ended


for turn in range(5):
    Item.ended = 0
    print(first(60), both(60), key({1: 2, 40: 3}, 60), wrong(60))
    print(set_anew(60), own_property(60), compared(60), counted(60))

Two.args = property(lambda self: ("late", 1))
print(first(0), both(3), [type(error) for error in (Two(1),)])
try:
    first(3)
except TypeError as error:
    print(error)
