"""A peer: Bertserve over HTTP, requests from 4 connections.

    python bertserve_http.py MODEL FOLDER LAUNCHER [ARGUMENT..]      arguments of bertserve serve

Starts the server on a free port. Every answer must be 200 with one prediction a row. Only the standard library is used.
"""
import collections
import concurrent.futures
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time

import rounds

CONNECTIONS = 4
READY_SECONDS = 300
REQUEST_SECONDS = 600


class Failure(Exception):
    """The server is not what it should be."""


def main():
    model, folder, launcher, *arguments = sys.argv[1:]
    with Bertserve(model, launcher, arguments) as server:
        rounds.serve(lambda: server.open_peer(folder))


class Bertserve:
    """The server, started on its own port and stopped by SIGTERM; its log goes to standard error."""

    def __init__(self, model, launcher, arguments):
        self.port = free_port()
        command = [launcher, "serve", model, "--port", str(self.port), *arguments]
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("AIP_", "BERTSERVE_"))}
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=inherited)
        self.started = time.perf_counter()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = "none: killed after 30 s"
        if kind is None and status != 0:
            raise Failure(f"the server's exit status after SIGTERM is {status}, not 0")

    def open_peer(self, folder):
        open_seconds = self.wait_for(lambda status: status is not None)
        ready_seconds = self.wait_for(lambda status: status == 200)

        def run(name, rows, request_rows):
            workload = rounds.Workload(folder, name)
            texts = workload.first(rows, workload.texts)
            return self.send_all(texts, request_rows, 1 if request_rows == 1 else CONNECTIONS)

        return {"connections": CONNECTIONS, "port_open_seconds": round(open_seconds, 2),
                "healthy_seconds": round(ready_seconds, 2)}, run

    def wait_for(self, wanted):
        while True:
            if wanted(self.health()):
                return time.perf_counter() - self.started
            if self.process.poll() is not None:
                raise Failure(f"the server ended with status {self.process.returncode}")
            if time.perf_counter() - self.started > READY_SECONDS:
                raise Failure(f"the server is not ready after {READY_SECONDS} s")
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
        body = json.dumps({"instances": rows}).encode()
        while True:
            connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
            if response.status != 429:
                break
            time.sleep(float(response.headers.get("Retry-After", "1")))
        if response.status != 200:
            raise Failure(f"{response.status} for {len(rows)} rows: {answer[:500].decode(errors='replace')}")
        predictions = json.loads(answer)["predictions"]
        if len(predictions) != len(rows):
            raise Failure(f"{len(predictions)} predictions for {len(rows)} rows")
        return predictions

    def send_all(self, texts, request_rows, connections):
        """All rows from several connections, each taking the next request when it is free."""
        starts = collections.deque(range(0, len(texts), request_rows))
        answers = {}

        def work():
            connection = self.connect()
            try:
                while True:
                    start = starts.popleft()
                    answers[start] = self.predict(connection, texts[start:start + request_rows])
            except IndexError:
                return
            except BaseException:
                starts.clear()
                raise
            finally:
                connection.close()

        before = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(connections) as pool:
            for worker in [pool.submit(work) for _ in range(connections)]:
                worker.result()
        seconds = time.perf_counter() - before
        return seconds, [numbers(prediction) for start in sorted(answers) for prediction in answers[start]]


def numbers(prediction):
    """The numbers of one prediction, whatever its form: a number, a list, an object."""
    if isinstance(prediction, dict):
        prediction = [prediction[key] for key in sorted(prediction)]
    if isinstance(prediction, list):
        return [number for part in prediction for number in numbers(part)]
    return [float(prediction)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    main()
