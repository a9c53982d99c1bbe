# corpus: compiled=work exit=1 stderr
def work(n):
    total = 0
    for i in range(n):
        try:
            total += 10 // (i - 120)
        except ZeroDivisionError as error:
            error.add_note(f"i was {i}")
            raise RuntimeError("loop failed") from error
    return total


class Handler:
    def __exit__(self, kind, value, tb):
        raise OSError("while leaving")

    def __enter__(self):
        return self


print(work(100))
with Handler():
    work(200)
