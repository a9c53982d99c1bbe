# corpus: compiled=grow
# An exit stores the variable of the module whose old object a slot of the frame still borrows.


total = 2


def grow(step):
    global total
    total += (total := max(total, step))


for _ in range(200):
    grow(7)
print(total)
