# corpus: compiled=first_clause
def first_clause(x):
    try:
        y = 100 // x
        z = {1: "one", 2: "two"}[x % 3]
        return y, z
    except ZeroDivisionError:
        return "zero"
    except KeyError as error:
        return "key", error.args
    except TypeError:
        return "type"
    finally:
        seen.append(x)


seen = []
for i in range(300):
    first_clause(3 * i + 1)
seen.clear()
print(first_clause(0), first_clause(3), first_clause("a"), first_clause(2), first_clause(1.5), seen)
