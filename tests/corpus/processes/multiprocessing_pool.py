# corpus: compiled=chunk
import multiprocessing


def chunk(n):
    t = 0
    for i in range(n):
        t += i * i % 7
    return t


if __name__ == "__main__":
    chunk(100)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(pool.map(chunk, [10, 100, 200, 300]))
    print(chunk(50))
