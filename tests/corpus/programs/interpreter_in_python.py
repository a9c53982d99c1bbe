# corpus: compiled=execute
def execute(code, fuel):
    stack, pc, env = [], 0, {}
    while fuel:
        fuel -= 1
        op, arg = code[pc]
        pc += 1
        if op == "push":
            stack.append(arg)
        elif op == "store":
            env[arg] = stack.pop()
        elif op == "load":
            stack.append(env[arg])
        elif op == "add":
            b, a = stack.pop(), stack.pop()
            stack.append(a + b)
        elif op == "mul":
            b, a = stack.pop(), stack.pop()
            stack.append(a * b)
        elif op == "less":
            b, a = stack.pop(), stack.pop()
            stack.append(a < b)
        elif op == "jump_if":
            if stack.pop():
                pc = arg
        elif op == "halt":
            return stack, env
    return "out of fuel", env


program = [("push", 1), ("store", "i"), ("push", 1), ("store", "f"),
           ("load", "f"), ("load", "i"), ("mul", None), ("store", "f"),
           ("load", "i"), ("push", 1), ("add", None), ("store", "i"),
           ("load", "i"), ("push", 26), ("less", None), ("jump_if", 4), ("load", "f"), ("halt", None)]
print(execute(program, 10000), execute(program, 50))
program[9] = ("push", 0.5)
print(execute(program, 10000))
try:
    execute([("add", None)], 5)
except IndexError as error:
    print(error)
