"""Compares Bertserve over HTTP with the same SavedModel in Python TensorFlow, on one machine, in one run.

    .venv-tensorflow-2.18/bin/python http_vs_tensorflow.py MODEL TEXTS

Starts server/target/bertserve/bin/bertserve and tensorflow_savedmodel.py, warms both up, checks the
server's answers, then times them in alternating rounds, so that neither has a quieter machine. A
server round sends the text file (or --rows of it) in 64-row requests from 4 connections. The one
that waits is idle but stays in memory. Only the standard library is used on the HTTP side.

Checked in every round: each request is answered 200 with one prediction a row, all numbers finite.
Checked after the first: rows drawn from the file and sent alone get the answer that they had in
their batch, so the answers are in order (for that to mean anything, they must differ); and the first
rows of the file get what TensorFlow answers. Later rounds must repeat the first one's answers.

Prints a line a round, the ratios, and last one line of JSON. Exit status 0 when the answers were
right and the lowest ratio is at least --at-least, 1 when not, 2 for bad arguments.
"""
import argparse
import collections
import concurrent.futures
import http.client
import json
import math
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LAUNCHER = os.path.join(HERE, "..", "..", "server", "target", "bertserve", "bin", "bertserve")
READY_SECONDS = 300
REQUEST_SECONDS = 600


class Failure(Exception):
    """The run cannot go on, or an answer was wrong."""


def main():
    options = parse_arguments()
    sys.stdout.reconfigure(line_buffering=True)
    texts = read_texts(options.texts)
    if options.rows:
        texts = texts[:options.rows]
    try:
        with Bertserve(options) as server, TensorFlow(options) as tensorflow:
            result = compare(options, texts, server, tensorflow)
    except Failure as failure:
        sys.exit(f"FAIL: {failure}")
    print(json.dumps(result))
    if result["ratio"]["min"] < options.at_least:
        sys.exit(f"FAIL: the lowest ratio is {result['ratio']['min']}, less than {options.at_least}")


def compare(options, texts, server, tensorflow):
    print(f"Bertserve: port open after {server.open_seconds:.2f} s, ready after {server.ready_seconds:.2f} s")
    print(f"TensorFlow {tensorflow.about['tensorflow']}: loaded in {tensorflow.about['load_seconds']} s")
    server.send_all(texts[:options.warm_up_rows])
    rounds = []
    for number in range(1, options.rounds + 1):
        predictions, seconds, retries = server.send_all(texts)
        if number == 1:
            first = predictions
            differences = check_answers(options, texts, predictions, server, tensorflow)
            print(f"{len(predictions)} rows complete; largest differences: "
                  + ", ".join(f"{value:.2g} ({name})" for name, value in differences.items()))
        else:
            largest_difference("in a later round", enumerate(predictions), first, options.tolerance)
        http_rate = len(texts) / seconds
        tensorflow_rate = tensorflow.time_round()
        rounds.append({"bertserve": round(http_rate, 2), "tensorflow": round(tensorflow_rate, 2),
                       "ratio": round(http_rate / tensorflow_rate, 2), "retries": retries})
        print(f"round {number}: Bertserve {http_rate:.1f} rows/s, TensorFlow {tensorflow_rate:.1f} rows/s, "
              f"ratio {http_rate / tensorflow_rate:.2f}" + (f", {retries} retries" if retries else ""))
    result = {
        "rows": len(texts), "request_rows": options.request_rows, "connections": options.connections,
        "server_arguments": options.server_argument, "port_open_seconds": round(server.open_seconds, 2),
        "ready_seconds": round(server.ready_seconds, 2), "differences": differences,
        "tensorflow": tensorflow.about, "rounds": rounds,
    }
    for key in ("bertserve", "tensorflow", "ratio"):
        values = [entry[key] for entry in rounds]
        low, middle, high = min(values), round(statistics.median(values), 2), max(values)
        result[key if key == "ratio" else f"{key}_rows_per_second"] = {"min": low, "median": middle, "max": high}
        print(f"{key}: min {low}, median {middle}, max {high}" + ("" if key == "ratio" else " rows/s"))
    return result


def check_answers(options, texts, predictions, server, tensorflow):
    """Rows of a batch against the same rows alone, and against TensorFlow; returns the largest differences."""
    if len(texts) > 1 and len({json.dumps(prediction) for prediction in predictions}) < 2:
        raise Failure("all predictions are equal, so their order cannot be checked")
    rows = sorted(random.Random(1).sample(range(len(texts)), min(options.sample, len(texts))))
    connection = server.connect()
    alone = [(row, server.predict(connection, [texts[row]])[0][0]) for row in rows]
    connection.close()
    original = list(enumerate(tensorflow.first_predictions))[:len(texts)]
    return {
        f"{len(alone)} rows alone": largest_difference("alone", alone, predictions, options.tolerance),
        f"{len(original)} rows by TensorFlow":
            largest_difference("from TensorFlow", original, predictions, options.tolerance),
    }


def largest_difference(where, others, predictions, tolerance):
    """The largest difference of pairs of a row's number and its prediction elsewhere from the predictions."""
    largest = 0.0
    for row, other in others:
        left, right = numbers(other), numbers(predictions[row])
        largest = max([largest, *(abs(a - b) for a, b in zip(left, right))])
        if len(left) != len(right) or largest > tolerance:
            raise Failure(f"line {row + 1} gets {other} {where}, but {predictions[row]} in its batch")
    return largest


def numbers(prediction):
    """The numbers of one prediction, whatever its form: a number, a list, an object."""
    if isinstance(prediction, dict):
        prediction = [prediction[key] for key in sorted(prediction)]
    if isinstance(prediction, list):
        return [number for part in prediction for number in numbers(part)]
    if isinstance(prediction, bool) or not isinstance(prediction, (int, float)) or not math.isfinite(prediction):
        raise Failure(f"not a finite number in a prediction: {prediction!r}")
    return [float(prediction)]


class Bertserve:
    """The server under test, started on its own port and stopped by SIGTERM."""

    def __init__(self, options):
        self.options = options
        self.port = options.port or free_port()

    def __enter__(self):
        self.log = tempfile.TemporaryFile(mode="w+")
        command = [self.options.bertserve, "serve", self.options.model, "--port", str(self.port),
                   "--cache-mb=0",  # every round sends the same rows: each must be computed
                   *self.options.server_argument]
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("AIP_", "BERTSERVE_"))}
        started = time.perf_counter()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=subprocess.STDOUT, env=inherited)
        try:
            self.open_seconds = self.wait_for(started, lambda status: status is not None)
            self.ready_seconds = self.wait_for(started, lambda status: status == 200)
        except BaseException:
            self.process.kill()
            raise
        return self

    def __exit__(self, kind, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = "none: killed after 30 s"
        if kind is not None:
            print("last lines of the server's log:\n" + self.log_tail(), file=sys.stderr)
        elif status != 0:
            raise Failure(f"the server's exit status after SIGTERM is {status}, not 0")

    def wait_for(self, started, wanted):
        while True:
            if wanted(self.health()):
                return time.perf_counter() - started
            if self.process.poll() is not None:
                raise Failure(f"the server ended with status {self.process.returncode}:\n{self.log_tail()}")
            if time.perf_counter() - started > READY_SECONDS:
                raise Failure(f"the server is not ready after {READY_SECONDS} s:\n{self.log_tail()}")
            time.sleep(0.02)

    def health(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def connect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=REQUEST_SECONDS)
        connection.connect()
        # http.client sends the head and the body apart; without this the body waits for an ACK.
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def predict(self, connection, rows):
        """The predictions for the rows, and how often the server asked to come back later."""
        body = json.dumps({"instances": rows}).encode()
        retries = 0
        while True:
            connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
            if response.status != 429:
                break
            retries += 1
            time.sleep(float(response.headers.get("Retry-After", "1")))
        if response.status != 200:
            raise Failure(f"{response.status} for {len(rows)} rows: {answer[:500].decode(errors='replace')}")
        try:
            predictions = json.loads(answer)["predictions"]
        except (ValueError, KeyError, TypeError):
            raise Failure(f"not an answer with predictions: {answer[:500]!r}") from None
        if len(predictions) != len(rows):
            raise Failure(f"{len(predictions)} predictions for {len(rows)} rows")
        for prediction in predictions:
            numbers(prediction)
        return predictions, retries

    def send_all(self, texts):
        """All rows from several connections, each taking the next request when it is free."""
        size = self.options.request_rows
        starts = collections.deque(range(0, len(texts), size))
        answers = {}

        def work():
            connection = self.connect()
            retries = 0
            try:
                while True:
                    start = starts.popleft()
                    answers[start], again = self.predict(connection, texts[start:start + size])
                    retries += again
            except IndexError:
                return retries
            except BaseException:
                starts.clear()
                raise
            finally:
                connection.close()

        before = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(self.options.connections) as pool:
            workers = [pool.submit(work) for _ in range(self.options.connections)]
            retries = sum(worker.result() for worker in workers)
        seconds = time.perf_counter() - before
        return [prediction for start in sorted(answers) for prediction in answers[start]], seconds, retries

    def log_tail(self):
        self.log.seek(0)
        return "".join(self.log.readlines()[-20:])


class TensorFlow:
    """The baseline in a process of its own, which times a round when asked."""

    def __init__(self, options):
        self.options = options

    def __enter__(self):
        command = [self.options.python, os.path.join(HERE, "tensorflow_savedmodel.py"), self.options.model,
                   self.options.texts, "--batch", str(self.options.request_rows),
                   "--batches", str(self.options.tensorflow_batches), "--on-request"]
        self.log = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log, text=True)
        try:
            self.about = self.read()
            outputs = self.read()
            names = sorted(outputs)
            self.first_predictions = [dict(zip(names, row)) for row in zip(*(outputs[name] for name in names))]
        except BaseException:
            self.process.kill()
            raise
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def time_round(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return self.read()["rows_per_second"]

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(0)
            raise Failure("the TensorFlow baseline ended:\n" + "".join(self.log.readlines()[-20:]))
        return json.loads(line)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read_texts(path):
    with open(path, encoding="utf-8") as lines:
        texts = [line.rstrip("\n") for line in lines]
    if not texts:
        sys.exit(f"{path} is empty")
    return texts


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="SavedModel folder, served by both")
    parser.add_argument("texts", help="text file, one row a line")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each side (%(default)s)")
    parser.add_argument("--rows", type=int, help="lines of the file a server round sends (all)")
    parser.add_argument("--warm-up-rows", type=int, default=1024, help="rows sent before the rounds (%(default)s)")
    parser.add_argument("--request-rows", type=int, default=64, help="rows a request, and a batch (%(default)s)")
    parser.add_argument("--connections", type=int, default=4, help="connections (%(default)s)")
    parser.add_argument("--tensorflow-batches", type=int, default=4, help="batches a TensorFlow round (%(default)s)")
    parser.add_argument("--sample", type=int, default=100, help="rows sent alone to check the order (%(default)s)")
    parser.add_argument("--tolerance", type=float, default=1e-5,
                        help="largest difference of a row in its batch from the same row elsewhere (%(default)s, for fp32)")
    parser.add_argument("--at-least", type=float, default=0, help="lowest ratio that is a success (%(default)s)")
    parser.add_argument("--python", default=sys.executable, help="a Python with TensorFlow and TensorFlow Text (this one)")
    parser.add_argument("--bertserve", default=os.path.normpath(LAUNCHER), help="the server's command (%(default)s)")
    parser.add_argument("--port", type=int, help="the server's port (a free one)")
    parser.add_argument("--server-argument", action="append", default=[], metavar="ARGUMENT",
                        help="one more argument for bertserve serve, such as --server-argument=--precision=fp32")
    options = parser.parse_args()
    if not os.access(options.bertserve, os.X_OK):
        parser.error(f"{options.bertserve} is not there: run mvn package -DskipTests")
    if not os.path.isdir(options.model):
        parser.error(f"{options.model} is not a folder")
    if not os.path.isfile(options.texts):
        parser.error(f"{options.texts} is not a file")
    for name in ("rounds", "request_rows", "connections", "tensorflow_batches"):
        if getattr(options, name) < 1:
            parser.error(f"--{name.replace('_', '-')} must be at least 1")
    return options


if __name__ == "__main__":
    main()
