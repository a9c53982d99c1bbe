# corpus: compiled=table
import io


def table(n):
    out = io.StringIO()
    for i in range(n):
        for j in range(n):
            out.write(f"{i * j:4}")
        out.write("\n")
    return out.getvalue()


print(table(5))
print(len(table(25)), sum(map(ord, table(25))))
