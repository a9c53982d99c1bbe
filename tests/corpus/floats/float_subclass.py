# corpus: compiled=scale
class Angle(float):
    def __mul__(self, other):
        return f"Angle({float(self)})*{other}"

    def __rmul__(self, other):
        return f"{other}*Angle({float(self)})"


def scale(a, b):
    return a * b


for i in range(200):
    scale(i * 1.0, 2.0)
print(scale(Angle(1.5), 2.0), scale(2.0, Angle(1.5)), scale(Angle(1), Angle(2)), scale(3.0, 2.0))
