# corpus: compiled=dijkstra
import heapq


def dijkstra(graph, start):
    dist = {start: 0}
    heap = [(0, start)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > dist[u]:
            continue
        for v, w in graph[u]:
            nd = d + w
            if v not in dist or nd < dist[v]:
                dist[v] = nd
                heapq.heappush(heap, (nd, v))
    return dist


graph = {i: [((i * 3 + 1) % 50, i % 7 + 1), ((i + 11) % 50, 4)] for i in range(50)}
for _ in range(5):
    d = dijkstra(graph, 0)
print(sorted(d.items()))
graph[0].append((1, 0.5))
print(sum(dijkstra(graph, 0).values()))
