# corpus: compiled=dump
import json


def dump(x):
    if x is None:
        return "null"
    if x is True or x is False:
        return "true" if x else "false"
    if isinstance(x, (int, float)):
        return repr(x)
    if isinstance(x, str):
        return '"' + x.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(x, (list, tuple)):
        return "[" + ", ".join(dump(y) for y in x) + "]"
    return "{" + ", ".join(f"{dump(k)}: {dump(v)}" for k, v in x.items()) + "}"


data = {"a": [1, 2.5, None, True], "b": {"c": 'q"\\', "d": []}, "e": [{"n": i} for i in range(5)], "big": 2**70}
for _ in range(30):
    text = dump(data)
print(text == json.dumps(data), json.loads(text) == data, text)
try:
    dump({1: object})
except AttributeError as error:
    print(error)
