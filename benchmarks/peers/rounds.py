"""What the peers that run in a process of their own have in common.

A peer prints one line of JSON about itself when it is ready. Then each line `WORKLOAD ROWS ROWS_OF_A_REQUEST`
on standard input is a round: it runs the first ROWS rows of the workload, from the beginning again
where they run out, and prints {"seconds": S, "answers": [[number, ..], ..]}, a list a row. Rows of a
request of 1 come alone, one after the other. At the end of the input it ends.
"""
import collections
import concurrent.futures
import json
import os
import sys
import time

LENGTH_STEP = 8  # as Bertserve rounds lengths up
TILE_TOKENS = (512, 1024, 2048)
SMOKE = "PEERS_SMOKE"  # set in the environment: calibrate on a few rows, which chooses nothing well
SMOKE_ROWS = 4
CALIBRATION_ROWS = {"full": 32, "reviews": 96, "one32": 16, "one128": 16}


class Workload:
    """The rows of one workload; texts, ids and the original's answers by row."""

    def __init__(self, folder, name):
        with open(os.path.join(folder, name + ".json"), encoding="utf-8") as file:
            content = json.load(file)
        self.texts, self.ids, self.answers = content["texts"], content["ids"], content["answers"]

    def first(self, rows, values):
        return [values[row % len(values)] for row in range(rows)]


def calibration_ids(folder):
    """Rows of ids for choosing ranges, none of which is compared."""
    with open(os.path.join(folder, "calibration.json"), encoding="utf-8") as file:
        ids = json.load(file)["ids"]
    if not ids:
        sys.exit("all texts are compared, none is left to calibrate with: give --calibration FILE")
    return ids


class Tile:
    """Rows that run at once, padded to the longest of them."""

    def __init__(self, ids, places):
        import numpy as np
        self.places = places
        length = max(len(ids[place]) for place in places)
        shape = (len(places), (length + LENGTH_STEP - 1) // LENGTH_STEP * LENGTH_STEP)
        words, mask = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
        for row, place in enumerate(places):
            words[row, :len(ids[place])] = ids[place]
            mask[row, :len(ids[place])] = 1
        self.feeds = {"input_word_ids": words, "input_mask": mask, "input_type_ids": np.zeros(shape, np.int32)}

    def scatter(self, outputs, answers):
        """Each row's numbers, output after output, to its place."""
        for row, place in enumerate(self.places):
            answers[place] = [float(number) for output in outputs for number in output[row].flat]


def tiles(ids, tile_tokens):
    """Longest rows first; each tile as many rows as tile_tokens holds, one at least."""
    order = sorted(range(len(ids)), key=lambda place: -len(ids[place]))
    cut, start = [], 0
    while start < len(order):
        length = (len(ids[order[start]]) + LENGTH_STEP - 1) // LENGTH_STEP * LENGTH_STEP
        count = max(1, tile_tokens // length)
        cut.append(Tile(ids, order[start:start + count]))
        start += count
    return cut


def serve(open_peer):
    """Answers rounds. open_peer() gives the facts about the peer and run(workload, rows, rows_of_a_request)."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints
    start = time.perf_counter()
    about, run = open_peer()
    print(json.dumps(about | {"ready_seconds": round(time.perf_counter() - start, 1)}), file=answers)
    for line in sys.stdin:
        name, rows, request_rows = line.split()
        seconds, found = run(name, int(rows), int(request_rows))
        print(json.dumps({"seconds": seconds, "answers": found}), file=answers)


def serve_ids(about, folder, open_streams, names=tuple(CALIBRATION_ROWS)):
    """A peer that reads ids, at its best: with the streams and tiles that are the fastest on this machine.

    open_streams(streams, threads) gives infer(stream, feeds) -> outputs, which runs in `streams` threads at
    once and may use `threads` threads in each. Which of them, and how many tokens a tile, is tried for
    each workload on a few rows. Tokenising is not part of the time, and rows are sorted over the whole
    round: more than a server could do.
    """
    cores = len(os.sched_getaffinity(0))
    workloads = {name: Workload(folder, name) for name in names}

    def run_tiles(runner, cut, rows):
        answers = [None] * rows
        waiting = collections.deque(cut)

        def work(stream):
            while True:
                try:
                    tile = waiting.popleft()
                except IndexError:
                    return
                tile.scatter(runner.infer(stream, tile.feeds), answers)

        start = time.perf_counter()
        if runner.streams == 1 or len(cut) == 1:
            work(0)
        else:
            for done in [runner.pool.submit(work, stream) for stream in range(runner.streams)]:
                done.result()
        return time.perf_counter() - start, answers

    def run_with(runner, tile_tokens, name, rows, request_rows):
        ids = workloads[name].first(rows, workloads[name].ids)
        if request_rows > 1:
            start = time.perf_counter()
            cut = tiles(ids, tile_tokens)
            cut_seconds = time.perf_counter() - start
            seconds, answers = run_tiles(runner, cut, rows)
            return cut_seconds + seconds, answers
        seconds, answers = 0.0, []
        for row in ids:
            one_seconds, one = run_tiles(runner, [Tile([row], [0])], 1)
            seconds += one_seconds
            answers += one
        return seconds, answers

    def calibrate():
        runners = [Runner(open_streams, streams, max(1, cores // streams)) for streams in sorted({1, cores})]
        tried, best = [], {}
        for name in names:
            rows = SMOKE_ROWS if SMOKE in os.environ else CALIBRATION_ROWS[name]
            alone = name.startswith("one")
            for runner in runners:
                for tile_tokens in TILE_TOKENS[:1] if alone else TILE_TOKENS:
                    request_rows = 1 if alone else rows
                    run_with(runner, tile_tokens, name, rows, request_rows)
                    seconds, _ = run_with(runner, tile_tokens, name, rows, request_rows)
                    tried.append({"workload": name, "streams": runner.streams, "threads": runner.threads,
                                  "tile_tokens": tile_tokens, "rows_per_second": round(rows / seconds, 1)})
                    if name not in best or seconds < best[name][0]:
                        best[name] = (seconds, runner, tile_tokens)
        return tried, best

    def open_peer():
        tried, best = calibrate()
        chosen = {name: {"streams": runner.streams, "threads": runner.threads, "tile_tokens": tile_tokens}
                  for name, (_, runner, tile_tokens) in best.items()}
        return about | {"chosen": chosen, "tried": tried}, (
            lambda name, rows, request_rows: run_with(*best[name][1:], name, rows, request_rows))

    serve(open_peer)


class Runner:
    def __init__(self, open_streams, streams, threads):
        self.streams, self.threads = streams, threads
        self.infer = open_streams(streams, threads)
        self.pool = concurrent.futures.ThreadPoolExecutor(streams)
