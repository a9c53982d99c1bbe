# corpus: compiled=<module>
# A module's variables hold numbers of two words in a loop, and somebody looks at the namespace in between.
M = 0xFFFFFFFFFFFFFFFF
state, total, seen = 88172645463325252, 0, []
for i in range(600):
    state ^= (state << 13) & M
    state ^= state >> 7
    state ^= (state << 17) & M
    total = total + state * state
    if i % 97 == 0:
        seen.append((globals()["state"] == state, globals()["total"] % 1009))
    alias = state
    if alias is not state:
        seen.append(i)
print(state, total, seen)


def look():
    return state, alias is state, total


for i in range(300):
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    total ^= state
    if i % 53 == 0:
        print(look())
    alias = state
    if i == 250:
        state = str(state)[:18]
        state = int(state) << 3
print(state, total)
