"""An operating system's scheduler in miniature, after Martin Richards' idea: classes, method calls and queues.

Tasks of fixed priority run until they have nothing to do. Two device tasks answer requests after a delay, two
handlers turn work into requests, a worker makes the work and an idle task wakes the devices in a pseudo-random order.
"""

import sys

IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)
WORK, DEVICE = range(2)
BUFFER_SIZE = 4


class Packet:
    """A message in a singly linked queue."""

    __slots__ = ("link", "owner", "kind", "position", "data")

    def __init__(self, link, owner, kind):
        self.link = link
        self.owner = owner
        self.kind = kind
        self.position = 0
        self.data = [0] * BUFFER_SIZE


def appended(queue, packet):
    """The queue with the packet at its end."""
    packet.link = None
    if queue is None:
        return packet
    last = queue
    while last.link is not None:
        last = last.link
    last.link = packet
    return queue


class Task:
    """What can be scheduled; subclasses say what it does with the packet that woke it."""

    def __init__(self, scheduler, identity, priority, queue):
        self.scheduler = scheduler
        self.identity = identity
        self.priority = priority
        self.queue = queue
        self.held = False
        self.waiting = queue is None

    def is_ready(self):
        return not self.held and not (self.waiting and self.queue is None)

    def run(self):
        packet = self.queue
        if packet is not None and self.waiting:
            self.queue = packet.link
            packet.link = None
            self.waiting = False
            return self.step(packet)
        return self.step(None)

    def wait(self):
        self.waiting = True
        return self

    def hold(self):
        self.held = True
        self.scheduler.held_count += 1
        return self.scheduler.most_important()

    def receive(self, packet, sender):
        """Queues the packet; the more important of the two tasks goes on."""
        if self.queue is None:
            self.queue = packet
            if self.priority > sender.priority:
                return self
        else:
            appended(self.queue, packet)
        return sender

    def step(self, packet):
        raise NotImplementedError


class IdleTask(Task):
    def __init__(self, scheduler, identity, rounds):
        super().__init__(scheduler, identity, 0, None)
        self.waiting = False
        self.rounds = rounds
        self.control = 1

    def step(self, packet):
        self.rounds -= 1
        if self.rounds == 0:
            return self.hold()
        if self.control & 1:
            self.control = (self.control >> 1) ^ 0xD008
            return self.scheduler.release(DEVICE_B)
        self.control >>= 1
        return self.scheduler.release(DEVICE_A)


class WorkerTask(Task):
    def __init__(self, scheduler, identity, queue):
        super().__init__(scheduler, identity, 1000, queue)
        self.destination = HANDLER_A
        self.letter = 0

    def step(self, packet):
        if packet is None:
            return self.wait()
        self.destination = HANDLER_B if self.destination == HANDLER_A else HANDLER_A
        packet.owner = self.destination
        packet.position = 0
        for index in range(BUFFER_SIZE):
            self.letter = self.letter % 26 + 1
            packet.data[index] = ord("A") + self.letter - 1
        return self.scheduler.send(packet, self)


class HandlerTask(Task):
    def __init__(self, scheduler, identity, priority, queue):
        super().__init__(scheduler, identity, priority, queue)
        self.work = None
        self.devices = None

    def step(self, packet):
        if packet is not None:
            if packet.kind == WORK:
                self.work = appended(self.work, packet)
            else:
                self.devices = appended(self.devices, packet)
        work = self.work
        if work is not None:
            if work.position >= BUFFER_SIZE:
                self.work = work.link
                work.owner = WORKER
                return self.scheduler.send(work, self)
            device = self.devices
            if device is not None:
                self.devices = device.link
                device.position = work.data[work.position]
                work.position += 1
                device.owner = DEVICE_A if self.identity == HANDLER_A else DEVICE_B
                return self.scheduler.send(device, self)
        return self.wait()


class DeviceTask(Task):
    def __init__(self, scheduler, identity, priority):
        super().__init__(scheduler, identity, priority, None)
        self.pending = None
        self.checksum = 0

    def step(self, packet):
        if packet is None:
            packet = self.pending
            if packet is None:
                return self.wait()
            self.pending = None
            packet.owner = HANDLER_A if self.identity == DEVICE_A else HANDLER_B
            return self.scheduler.send(packet, self)
        self.pending = packet
        self.checksum = (self.checksum * 31 + packet.position) % 1_000_003
        return self.hold()


class Scheduler:
    def __init__(self, rounds):
        self.sent_count = 0
        self.held_count = 0
        self.tasks = {}
        self.add(IdleTask(self, IDLE, rounds))
        self.add(WorkerTask(self, WORKER, Packet(Packet(None, WORKER, WORK), WORKER, WORK)))
        for identity, priority, device in ((HANDLER_A, 2000, DEVICE_A), (HANDLER_B, 3000, DEVICE_B)):
            queue = None
            for _ in range(3):
                queue = Packet(queue, device, DEVICE)
            self.add(HandlerTask(self, identity, priority, queue))
        self.add(DeviceTask(self, DEVICE_A, 4000))
        self.add(DeviceTask(self, DEVICE_B, 5000))
        self.by_priority = sorted(self.tasks.values(), key=lambda task: -task.priority)
        for task in self.by_priority:
            task.waiting = task.identity != IDLE

    def add(self, task):
        self.tasks[task.identity] = task

    def send(self, packet, sender):
        self.sent_count += 1
        receiver = self.tasks[packet.owner]
        packet.link = None
        packet.owner = sender.identity
        return receiver.receive(packet, sender)

    def release(self, identity):
        task = self.tasks[identity]
        task.held = False
        current = self.tasks[IDLE]
        return task if task.priority > current.priority else current

    def most_important(self):
        for task in self.by_priority:
            if task.is_ready():
                return task
        return None

    def run(self):
        task = self.most_important()
        while task is not None:
            if task.is_ready():
                task = task.run()
            else:
                task = self.most_important()


def main(rounds):
    scheduler = Scheduler(rounds)
    scheduler.run()
    print(f"{scheduler.sent_count} packets sent, {scheduler.held_count} tasks held")
    for identity in (DEVICE_A, DEVICE_B):
        print(f"device {identity}: checksum {scheduler.tasks[identity].checksum}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400_000)
