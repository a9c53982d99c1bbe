# corpus: compiled=use
import sys
import types

mod = types.ModuleType("made_here")
exec("__all__ = ['a']\na = 1\nb = 2\ndef __getattr__(n): return 'lazy ' + n", mod.__dict__)
sys.modules["made_here"] = mod
from made_here import *
from made_here import zzz

print(a, "b" in globals(), zzz)


def use():
    import made_here

    return made_here.a, made_here.other


for i in range(100):
    use()
print(use())
mod.a = 5
mod.other = "real"
print(use())
