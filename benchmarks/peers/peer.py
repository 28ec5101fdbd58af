"""A peer as compare.py sees it: a process that runs a round when told to, and what its answers are worth."""
import json
import math
import os
import select
import signal
import subprocess
import tempfile
import time

import accuracy
import machine

PATIENCE_SECONDS = 900
SPARE_BYTES = 3 << 30
REQUEST_ROWS = {"full": 64, "reviews": 64, "one32": 1, "one128": 1}


class Failure(Exception):
    """One peer cannot go on."""


class Peer:
    """A process that runs a round when told to, and is stopped in between."""

    def __init__(self, name, command, folder, precision, tolerance, environment):
        available = machine.memory_available()
        if available < SPARE_BYTES:
            raise Failure(f"only {available / 1e9:.1f} GB of memory left")
        self.name, self.folder, self.tolerance, self.expected = name, folder, tolerance, {}
        self.log = tempfile.TemporaryFile(mode="w+")
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("AIP_", "BERTSERVE_"))}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env=inherited | {"TF_CPP_MIN_LOG_LEVEL": "3"} | environment, start_new_session=True)
        try:
            started = time.perf_counter()
            self.about = self.read()
            self.about["precision"] = precision
            self.about["ready_seconds"] = round(time.perf_counter() - started, 1)
            self.about["resident_gb"] = round(machine.resident_bytes(self.process.pid) / 1e9, 2)
            self.signal(signal.SIGSTOP)
        except BaseException:
            self.end()
            raise

    def round(self, workload, rows):
        self.signal(signal.SIGCONT)
        try:
            self.process.stdin.write(f"{workload} {rows} {REQUEST_ROWS[workload]}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # read() says why
        answer = self.read()
        self.signal(signal.SIGSTOP)
        return {"rows": rows, "seconds": round(answer["seconds"], 4),
                "rows_per_second": round(rows / answer["seconds"], 2), **self.check(workload, rows, answer["answers"])}

    def check(self, workload, rows, answers):
        """How far the answers are from the original's."""
        if self.tolerance is None:
            return {}
        if workload not in self.expected:
            with open(os.path.join(self.folder, workload + ".json"), encoding="utf-8") as file:
                content = json.load(file)
            self.expected[workload] = content["answers"], content["labels"]
        if len(answers) != rows:
            raise Failure(f"{workload}: {len(answers)} answers (expected: {rows})")
        if not all(math.isfinite(number) for answer in answers for number in answer):
            raise Failure(f"{workload}: an answer that is not a number")
        moved = accuracy.move(answers, *self.expected[workload])
        largest = moved["largest"]
        if largest > self.tolerance and self.name.startswith("bertserve"):
            raise Failure(f"{workload}: up to {largest:.2g} away from TensorFlow's (expected: at most {self.tolerance:g})")
        return {"move": moved, "right": largest <= self.tolerance}

    def read(self):
        if not select.select([self.process.stdout], [], [], PATIENCE_SECONDS)[0]:
            raise Failure(f"no answer within {PATIENCE_SECONDS} s")
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(0)
            lines = [line.strip() for line in self.log.readlines() if line.strip()]
            raise Failure("ended: " + " | ".join(lines[-3:])[-600:])
        return json.loads(line)

    def signal(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def end(self):
        self.signal(signal.SIGCONT)
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait()
