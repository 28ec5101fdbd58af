#!/usr/bin/env python3
"""Compares Bertserve with other ways to run the same model, on one machine, in alternating rounds.

    benchmarks/peers/compare.py MODEL TEXTS

Each peer is a process of its own that loads the model once and runs a round when it is told to; all others are
stopped (SIGSTOP) meanwhile, so that nobody computes or spins beside it. Round 0 warms up and is not
counted. Every answer of every round is compared with what the original answers in TensorFlow. Where Bertserve is
too far off it has failed; another peer is shown with how far off it is. One that cannot start is named with its reason.

Peers run in groups, so that memory holds one group at a time. Writes peers.json (all rounds), peers.md (tables) and
peers.svg (a plot) under --out. Exit status 0, or 1 where Bertserve failed, was wrong or was less than
--at-least times as fast as a peer in some round, 2 for bad arguments. Python's standard library only.
"""
import argparse
import hashlib
import json
import math
import os
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import machine
import report
import rounds

HERE = os.path.dirname(os.path.abspath(__file__))
HOME = os.path.normpath(os.path.join(HERE, "..", "..", "server", "target", "bertserve"))
CLASSES = os.path.normpath(os.path.join(HERE, "..", "target", "classes"))
PATIENCE_SECONDS = 900
SPARE_BYTES = 3 << 30

# Rows of a round, by group: what a round of a few seconds needs. TensorFlow on the original gets fewer; it pads every
# row to the full length, so that rows a second does not depend on which rows they are.
ROWS = {
    "bf16": {"full": 128, "reviews": 768, "one32": 32, "one128": 32},
    "fp32": {"full": 64, "reviews": 384, "one32": 16, "one128": 16},
}
ORIGINAL_ROWS = {"full": 64, "reviews": 64, "one32": 8, "one128": 8}
REQUEST_ROWS = {"full": 64, "reviews": 64, "one32": 1, "one128": 1}
# Of a BERT-base of random weights, whose answers move more than those of a trained model.
TOLERANCE = {"fp32": 1e-5, "bf16": 0.05, "int8": 0.1}

# The first of a group is what the others are held against.
GROUPS = {
    "bf16": ["bertserve", "bertserve-http", "fast-form", "openvino", "tensorflow-2.18", "tensorflow-2.15", "matmuls"],
    "fp32": ["bertserve", "bertserve-http", "fast-form", "openvino", "onnxruntime", "onnxruntime-int8", "matmuls"],
}
CHOICE = sorted({"tensorflow-2.15", "tensorflow-2.18", *(peer for group in GROUPS.values() for peer in group)})


class Failure(Exception):
    """One peer cannot go on."""


def main():
    options = parse_arguments()
    sys.stdout.reconfigure(line_buffering=True)
    started = time.time()
    folder = prepare(options)
    result = {"machine": machine.facts(), "model": os.path.basename(os.path.normpath(options.model)),
              "commit": machine.commit(), "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
              "facts": read_json(os.path.join(folder, "facts.json")), "rounds": options.rounds, "groups": {}}
    for name in options.groups:
        result["groups"][name] = run_group(options, folder, name)
        result["minutes"] = round((time.time() - started) / 60, 1)
        report.write(options.out, result)
    print(report.markdown(result))
    sys.exit(verdict(options, result))


def run_group(options, folder, group):
    names = options.peers or GROUPS[group]
    peers, failed, done_rounds = {}, {}, []
    busy = machine.busy_share(2)
    print(f"{group}: {', '.join(names)}; {busy:.0%} of the machine busy with other things")

    def fail(name, failure):
        failed[name] = str(failure)
        print(f"{group} {name} FAILED: {failure}")

    try:
        for name in names:
            try:
                peers[name] = start(options, folder, group, name)
                print(f"{group} {name}: ready, {json.dumps(peers[name].about)}")
            except Failure as failure:
                fail(name, failure)
        for number, workload, name in turns(options.rounds, options.workloads, names):
            if name not in peers:
                continue
            try:
                done = peers[name].round(workload, row_count(options, group, name, workload))
            except Failure as failure:
                fail(name, failure)
                peers.pop(name).end()
                continue
            if number > 0:
                done_rounds.append({"round": number, "workload": workload, "peer": name, **done})
                print(f"{group} round {number} {workload} {name}: {done['rows_per_second']} rows/s")
        return {"peers": {name: peer.about for name, peer in peers.items()}, "failed": failed, "rounds": done_rounds,
                "busy_before": round(busy, 3)}
    finally:
        for peer in peers.values():
            peer.end()


def turns(count, workloads, names):
    """Who runs what when. Round 0 warms up; each round begins with another peer."""
    for number in range(count + 1):
        for workload in workloads:
            for name in names[number % len(names):] + names[:number % len(names)]:
                # To the original all rows are of one length, so one workload of batches warms it up for both.
                warm = number == 0 and workload == "reviews" and "full" in workloads and name.startswith("tensorflow")
                if not warm and (name != "matmuls" or workload == "full"):
                    yield number, workload, name


def row_count(options, group, name, workload):
    if options.smoke:
        return 8
    if name.startswith("tensorflow"):
        return ORIGINAL_ROWS[workload]
    if workload == "reviews" and options.review_rows:
        return options.review_rows
    return ROWS[group][workload]


def start(options, folder, group, name):
    launcher = os.path.join(HOME, "bin", "bertserve")
    serving = ["--cache-mb=0", "--model-cache-mb=0", f"--precision={group}", *options.server_argument]
    if name == "bertserve-http":
        command = [sys.executable, script("bertserve_http.py"), options.model, folder, launcher, *serving]
    elif name == "bertserve":
        command = [java(), *JAVA_OPTIONS, "-cp", f"{CLASSES}:{HOME}/lib/bertserve-server.jar",
                   "dev.bertserve.benchmarks.load.PipedServer", folder, options.model, "--port=0", *serving]
    elif name.startswith("tensorflow-"):
        command = [python(options, name), script("tensorflow_savedmodel.py"), options.model, folder]
    elif name in ("fast-form", "matmuls"):
        command = [python(options, "tensorflow-2.18"), script("fast_form.py"), group, folder,
                   *(["--matmuls"] if name == "matmuls" else [])]
    elif name == "openvino":
        command = [python(options, "runtimes"), script("openvino_ids.py"), group, folder]
    else:
        precision = "int8" if name.endswith("int8") else "fp32"
        command = [python(options, "runtimes"), script("onnxruntime_ids.py"), precision, folder]
    if name.startswith("tensorflow"):
        tolerance = TOLERANCE["fp32"]
    else:
        tolerance = TOLERANCE["int8" if name.endswith("int8") else group]
    return Peer(name, command, folder, None if name == "matmuls" else tolerance,
                {rounds.SMOKE: "1"} if options.smoke else {})


# As server/src/main/dist/bin/bertserve has them, so that the piped server runs as the other one does.
JAVA_OPTIONS = [
    "-XX:+UseG1GC", "-Xms48m", "-XX:MaxRAMPercentage=25",
    "-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=30", "-XX:+ExitOnOutOfMemoryError", f"-Dbertserve.home={HOME}",
    f"-Djava.library.path={HOME}/lib/native", "-Dorg.bytedeco.javacpp.pathsFirst=true",
    "-Dorg.bytedeco.javacpp.maxBytes=0", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", "-Dfile.encoding=UTF-8",
    "-Djava.awt.headless=true"]


class Peer:
    """A process that runs a round when told to, and is stopped in between."""

    def __init__(self, name, command, folder, tolerance, environment):
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
            self.expected[workload] = read_json(os.path.join(self.folder, workload + ".json"))["answers"]
        expected = self.expected[workload]
        if len(answers) != rows:
            raise Failure(f"{workload}: {len(answers)} answers (expected: {rows})")
        differences = [abs(a - b) for row in range(rows)
                       for a, b in zip(answers[row], expected[row % len(expected)], strict=True)]
        if not all(map(math.isfinite, differences)):
            raise Failure(f"{workload}: an answer that is not a number")
        largest = max(differences)
        if largest > self.tolerance and self.name.startswith("bertserve"):
            raise Failure(f"{workload}: up to {largest:.2g} away from TensorFlow's (expected: at most {self.tolerance:g})")
        return {"largest_difference": largest, "mean_difference": statistics.fmean(differences),
                "right": largest <= self.tolerance}

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


def prepare(options):
    """The folder with the encoder, the workloads and the original's answers; made once for each model."""
    review_rows = options.review_rows or max(rows["reviews"] for rows in ROWS.values())
    path = os.path.abspath(options.model).encode()
    name = f"{os.path.basename(os.path.normpath(options.model))}-{hashlib.sha256(path).hexdigest()[:8]}"
    folder = os.path.join(options.work, name)
    os.makedirs(folder, exist_ok=True)
    print(f"preparing {folder}")
    # One process after the other, so that the memory of each is given back.
    for arguments in (["cut_model.py", options.model, options.texts, folder, str(review_rows)], ["to_onnx.py", folder]):
        done = subprocess.run([python(options, "tensorflow-2.18"), script(arguments[0]), *arguments[1:]],
                              stderr=subprocess.PIPE, text=True)
        if done.returncode and arguments[0] == "cut_model.py":
            sys.exit(f"cut_model.py: exit status {done.returncode}: {done.stderr[-2000:]}")
    return folder


def verdict(options, result):
    for name, group in result["groups"].items():
        first = (options.peers or GROUPS[name])[0]
        if first in group["failed"]:
            print(f"FAIL: {name}: {first}: {group['failed'][first]}")
            return 1
        for (workload, peer), ratios in report.same_round_ratios(group, first).items():
            if peer != "matmuls" and min(ratios) < options.at_least:
                print(f"FAIL: {name} {workload}: {min(ratios):.2f} times {peer} (expected: {options.at_least})")
                return 1
    return 0


def script(name):
    return os.path.join(HERE, name)


def python(options, environment):
    return os.path.join(options.environments, f".venv-{environment}", "bin", "python")


def java():
    return os.path.join(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="SavedModel folder: one text in, as TensorFlow's BERT tutorial exports it")
    parser.add_argument("texts", help="text file, one row a line")
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds (%(default)s)")
    parser.add_argument("--groups", nargs="+", choices=GROUPS, default=list(GROUPS), help="of peers (all)")
    parser.add_argument("--peers", nargs="+", choices=CHOICE, help="instead of a group's own; the others are held against the first")
    parser.add_argument("--workloads", nargs="+", choices=REQUEST_ROWS, default=list(REQUEST_ROWS), help="(all)")
    parser.add_argument("--smoke", action="store_true", help="a few rows, to see whether every peer runs; the figures mean nothing")
    parser.add_argument("--review-rows", type=int, help="lines of TEXTS in a round (768 in bf16, 384 in fp32)")
    parser.add_argument("--server-argument", action="append", default=[], metavar="ARGUMENT",
                        help="one more argument for bertserve serve, such as --server-argument=--max-batch-tokens=512")
    parser.add_argument("--at-least", type=float, default=0, help="lowest ratio that is a success (%(default)s)")
    parser.add_argument("--out", default=os.path.join(HERE, "results"), help="folder for the results (%(default)s)")
    parser.add_argument("--work", default=os.path.join(HERE, ".work"), help="folder for what is made of models (%(default)s)")
    parser.add_argument("--environments", default=HERE, help="folder where setup.sh made the environments (%(default)s)")
    options = parser.parse_args()
    if not os.path.isfile(os.path.join(options.model, "saved_model.pb")):
        parser.error(f"{options.model} is not a SavedModel folder: it has no saved_model.pb")
    if not os.path.isfile(options.texts):
        parser.error(f"{options.texts} is not a file")
    if not os.path.isfile(os.path.join(HOME, "bin", "bertserve")) or not os.path.isdir(CLASSES):
        parser.error(f"{HOME} or {CLASSES} is not there: run mvn package -DskipTests")
    if not os.path.exists(python(options, "tensorflow-2.18")):
        parser.error(f"no environments in {options.environments}: run setup.sh")
    if options.rounds < 1 or (options.review_rows is not None and options.review_rows < 64):
        parser.error("--rounds must be at least 1, --review-rows at least 64")
    return options


if __name__ == "__main__":
    main()
