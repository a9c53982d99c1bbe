# corpus: compiled=convert
import traceback


def parse(s):
    return int(s)


def convert(s, how):
    try:
        return parse(s)
    except ValueError as error:
        if how == "from":
            raise KeyError(s) from error
        if how == "none":
            raise KeyError(s) from None
        if how == "plain":
            raise KeyError(s)
        raise


for _ in range(100):
    convert("12", "from")
for how in ("from", "none", "plain", "re"):
    try:
        convert("x1", how)
    except Exception as error:
        print(how, repr(error), repr(error.__cause__), repr(error.__context__), error.__suppress_context__)
        print([f.lineno for f in traceback.extract_tb(error.__traceback__)])
        context = error.__context__
        print([(f.name, f.lineno) for f in traceback.extract_tb(context.__traceback__)] if context else None)
