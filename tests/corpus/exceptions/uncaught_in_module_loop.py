# corpus: compiled=<module> exit=1 stderr
values = list(range(300)) + ["text"]
total = 0
for v in values:
    total = (total
             + v)
print("never")
