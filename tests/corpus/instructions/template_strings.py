# corpus: min-python=3.14 compiled=greeting,converted
def greeting(name, n):
    return t"Hello {name}, {n + 1:>{n}} times"


def converted(value):
    return t"{value!r}{value!s:x}{value!a}{value}"


def plain():
    return t"nothing"


def shown(template):
    return template.strings, [(i.value, i.expression, i.conversion, i.format_spec) for i in template.interpolations]


for i in range(400):
    results = greeting("you", i), converted([i]), plain()
for result in results:
    print(shown(result))


def failing(x):
    return t"{x / 0}{x:{1 // x}}"


for _ in range(300):
    try:
        failing(3)
    except ZeroDivisionError as error:
        message = str(error), error.__traceback__.tb_next.tb_lineno
print(message)
