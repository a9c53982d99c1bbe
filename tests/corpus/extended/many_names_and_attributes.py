# corpus: compiled=sum_all
import types

n = 320
source = "\n".join(f"g{i} = {i}" for i in range(n))
source += "\nclass O: pass\no = O()\n" + "\n".join(f"o.a{i} = {i} * 2" for i in range(n))
source += "\ndef sum_all():\n    t = 0\n" + "\n".join(f"    t += g{i} + o.a{i}" for i in range(n)) + "\n    return t\n"
space = {}
exec(source, space)
sum_all = space["sum_all"]
for _ in range(60):
    sum_all()
print(sum_all())
space["g300"] = 0.5
space["o"].a310 = 10**20
print(sum_all())
del space["g319"]
try:
    sum_all()
except NameError as error:
    print(error)
