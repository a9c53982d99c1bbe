# corpus: compiled=insert,height,check
class Node:
    __slots__ = ("key", "left", "right")

    def __init__(self, key):
        self.key = key
        self.left = self.right = None


def insert(node, key):
    if node is None:
        return Node(key)
    if key < node.key:
        node.left = insert(node.left, key)
    elif key > node.key:
        node.right = insert(node.right, key)
    return node


def height(node):
    return 0 if node is None else 1 + max(height(node.left), height(node.right))


def check(node, lo, hi):
    return node is None or (lo < node.key < hi and check(node.left, lo, node.key) and check(node.right, node.key, hi))


root = None
for i in range(250):
    root = insert(root, i * 7919 % 1009)
print(height(root), check(root, -1, 2000), check(root, 5, 2000))
root = insert(root, 10.5)
print(check(root, float("-inf"), float("inf")))
try:
    insert(root, "key")
except TypeError as error:
    print(error)
