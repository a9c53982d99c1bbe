# corpus: compiled=Simulator.run
import heapq


class Event:
    def __init__(self, time, kind):
        self.time, self.kind = time, kind

    def __lt__(self, other):
        return (self.time, self.kind) < (other.time, other.kind)


class Simulator:
    def __init__(self):
        self.queue, self.counts, self.now = [], {}, 0

    def at(self, delay, kind):
        heapq.heappush(self.queue, Event(self.now + delay, kind))

    def run(self, limit):
        while self.queue and limit:
            event = heapq.heappop(self.queue)
            self.now = event.time
            self.counts[event.kind] = self.counts.get(event.kind, 0) + 1
            getattr(self, "on_" + event.kind)()
            limit -= 1
        return self.now

    def on_tick(self):
        self.at(3, "tick")
        if self.now % 2:
            self.at(1.5, "tock")

    def on_tock(self):
        if self.now % 5 == 0.5:
            self.at(2, "tick")


s = Simulator()
s.at(0, "tick")
print(s.run(100), s.counts)
print(s.run(200), s.counts, len(s.queue))
