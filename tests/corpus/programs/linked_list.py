# corpus: compiled=LinkedList.push,LinkedList.reverse,LinkedList.__iter__
class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next


class LinkedList:
    def __init__(self):
        self.head = None
        self.size = 0

    def push(self, value):
        self.head = Node(value, self.head)
        self.size += 1

    def reverse(self):
        prev, node = None, self.head
        while node is not None:
            node.next, prev, node = prev, node, node.next
        self.head = prev

    def __iter__(self):
        node = self.head
        while node:
            yield node.value
            node = node.next


for _ in range(40):
    l = LinkedList()
    for i in range(50):
        l.push(i)
    l.reverse()
print(list(l), l.size)
l.head.next = None
print(list(l))
