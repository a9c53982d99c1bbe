# corpus: compiled=churn
def churn(n):
    a = []
    for i in range(n):
        a.append(i)
        if i % 3 == 0:
            a.insert(0, -i)
        if i % 5 == 0 and a:
            a.pop()
        if i % 7 == 0 and len(a) > 4:
            a.pop(1)
        if i % 11 == 0 and i in a:
            a.remove(i)
    a.reverse()
    return a


print(churn(40))
print(len(churn(900)), sum(churn(900)))
try:
    [].pop()
except IndexError as error:
    print(error)
