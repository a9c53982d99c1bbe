# corpus: compiled=Scheduler.loop,Worker.step
class Task:
    def __init__(self, name, priority):
        self.name, self.priority, self.inbox, self.done = name, priority, [], 0


class Worker(Task):
    def step(self, scheduler):
        message = self.inbox.pop()
        self.done += 1
        if message > 0:
            scheduler.send(scheduler.tasks[(message + self.priority) % len(scheduler.tasks)], message - 1)


class Device(Task):
    def step(self, scheduler):
        message = self.inbox.pop(0)
        self.done += 2
        if message % 3 == 0 and message:
            scheduler.send(self, message - 1)


class Scheduler:
    def __init__(self):
        self.tasks = [Worker("w0", 1), Device("d0", 2), Worker("w1", 3), Worker("w2", 5)]

    def send(self, task, message):
        task.inbox.append(message)

    def loop(self):
        rounds = 0
        busy = True
        while busy:
            busy = False
            for task in self.tasks:
                if task.inbox:
                    busy = True
                    task.step(self)
            rounds += 1
        return rounds


total = 0
for k in range(40):
    s = Scheduler()
    for i in range(8):
        s.send(s.tasks[i % 4], i * 3 + k)
    total += s.loop()
print(total, [(t.name, t.done, t.inbox) for t in s.tasks])
