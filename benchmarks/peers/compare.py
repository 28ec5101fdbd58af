#!/usr/bin/env python3
"""Compares Bertserve with other ways to run the same model, on one machine, in alternating rounds.

    benchmarks/peers/compare.py MODEL TEXTS

Each peer is a process of its own that loads the model once and runs a round when it is told to; all others are
stopped (SIGSTOP) meanwhile, so that nobody computes or spins beside it. Round 0 warms up and is not
counted. Every answer of every round is compared with what the original answers in TensorFlow. Where Bertserve is
too far off it has failed; another peer is shown with how far off it is. One that cannot start is named with its reason.

Peers run in groups, so that memory holds one group at a time. Writes peers.json (all rounds), peers.md (tables),
peers.svg (speed) and peers-accuracy.svg (accuracy by speed) under --out. Exit status 0, or 1 where Bertserve failed, was wrong or was less than
--at-least times as fast as a peer in some round, 2 for bad arguments. Python's standard library only.
"""
import argparse
import hashlib
import json
import os
import subprocess
import sys
import time

import accuracy_plot
import machine
import report
import rounds
from peer import REQUEST_ROWS, Failure, Peer

HERE = os.path.dirname(os.path.abspath(__file__))
HOME = os.path.normpath(os.path.join(HERE, "..", "..", "server", "target", "bertserve"))
CLASSES = os.path.normpath(os.path.join(HERE, "..", "target", "classes"))

# Rows of a round, by group: what a round of a few seconds needs. TensorFlow on the original gets fewer; it pads every
# row to the full length, so that rows a second does not depend on which rows they are.
ROWS = {
    "bf16": {"full": 128, "reviews": 768, "one32": 32, "one128": 32},
    "fp32": {"full": 64, "reviews": 384, "one32": 16, "one128": 16},
    "int8": {"full": 128, "reviews": 768, "one32": 32, "one128": 32},
}
ORIGINAL_ROWS = {"full": 64, "reviews": 64, "one32": 8, "one128": 8}
# Of a BERT-base of random weights, whose answers move more than those of a trained model.
TOLERANCE = {"fp32": 1e-5, "bf16": 0.05, "int8": 0.1}

# The first of a group is what the others are held against.
GROUPS = {
    "bf16": ["bertserve", "bertserve-http", "fast-form", "openvino", "tensorflow-2.18", "tensorflow-2.15", "matmuls"],
    "fp32": ["bertserve", "bertserve-http", "fast-form", "openvino", "onnxruntime", "onnxruntime-int8", "matmuls"],
    "int8": ["bertserve", "bertserve-http", "int8-form", "openvino-int8", "onnxruntime-int8", "bertserve-bf16",
             "bertserve-fp32", "tensorflow-2.15"],
}
CHOICE = sorted({"tensorflow-2.15", "tensorflow-2.18", *(peer for group in GROUPS.values() for peer in group)})


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
        accuracy_plot.write(options.out, result)
    print(report.markdown(result))
    sys.exit(verdict(options, result))


def run_group(options, folder, group):
    names = peers_of(options, group)
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


def peers_of(options, group):
    left_out = () if machine.has_bf16() else ("bertserve-bf16",)
    return options.peers or [name for name in GROUPS[group] if name not in left_out]


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
        return ORIGINAL_ROWS[workload] * options.times
    if workload == "reviews" and options.review_rows:
        return options.review_rows * options.times
    return ROWS[group][workload] * options.times


def precision_of(group, name):
    """The group's, unless the name says another."""
    if name.startswith("tensorflow"):
        return "fp32"
    return next((word for word in name.split("-") if word in TOLERANCE), group)


def start(options, folder, group, name):
    precision = precision_of(group, name)
    launcher = os.path.join(HOME, "bin", "bertserve")
    serving = ["--cache-mb=0", "--model-cache-mb=0", f"--precision={precision}", *options.server_argument]
    if name == "bertserve-http":
        command = [sys.executable, script("bertserve_http.py"), options.model, folder, launcher, *serving]
    elif name.startswith("bertserve"):
        command = [java(), *JAVA_OPTIONS, "-cp", f"{CLASSES}:{HOME}/lib/bertserve-server.jar",
                   "dev.bertserve.benchmarks.load.PipedServer", folder, options.model, "--port=0", *serving]
    elif name.startswith("tensorflow-"):
        command = [python(options, name), script("tensorflow_savedmodel.py"), options.model, folder]
    elif name in ("fast-form", "matmuls"):
        command = [python(options, "tensorflow-2.18"), script("fast_form.py"), precision, folder,
                   *(["--matmuls"] if name == "matmuls" else [])]
    elif name == "int8-form":
        command = [python(options, "tensorflow-2.18"), script("int8_form.py"), folder]
    elif name.startswith("openvino"):
        command = [python(options, "runtimes"), script("openvino_ids.py"), precision, folder]
    else:
        command = [python(options, "runtimes"), script("onnxruntime_ids.py"), precision, folder]
    return Peer(name, command, folder, precision, None if name == "matmuls" else TOLERANCE[precision],
                {rounds.SMOKE: "1"} if options.smoke else {})


# As server/src/main/dist/bin/bertserve has them, so that the piped server runs as the other one does.
JAVA_OPTIONS = [
    "-XX:+UseG1GC", "-Xms48m", "-XX:MaxRAMPercentage=25",
    "-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=30", "-XX:+ExitOnOutOfMemoryError", f"-Dbertserve.home={HOME}",
    f"-Djava.library.path={HOME}/lib/native", "-Dorg.bytedeco.javacpp.pathsFirst=true",
    "-Dorg.bytedeco.javacpp.maxBytes=0", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", "-Dfile.encoding=UTF-8",
    "-Djava.awt.headless=true"]


def prepare(options):
    """The folder with the encoder, the workloads and the original's answers; made once for each model."""
    review_rows = options.review_rows or max(rows["reviews"] for rows in ROWS.values())
    path = os.path.abspath(options.model).encode()
    name = f"{os.path.basename(os.path.normpath(options.model))}-{hashlib.sha256(path).hexdigest()[:8]}"
    folder = os.path.join(options.work, name)
    os.makedirs(folder, exist_ok=True)
    print(f"preparing {folder}")
    steps = [("tensorflow-2.18", "cut_model.py", options.model, options.texts, folder, str(review_rows),
              *([options.calibration] if options.calibration else [])),
             ("tensorflow-2.18", "to_onnx.py", folder)]
    if any("openvino-int8" in peers_of(options, group) for group in options.groups):
        steps.append(("runtimes", "to_nncf.py", folder))
    # One process after the other, so that the memory of each is given back.
    for environment, name, *arguments in steps:
        done = subprocess.run([python(options, environment), script(name), *arguments], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode:
            print(f"{name}: exit status {done.returncode}: {done.stderr[-2000:]}")
            if name == "cut_model.py":
                sys.exit(1)
    return folder


def verdict(options, result):
    for name, group in result["groups"].items():
        first = peers_of(options, name)[0]
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
    parser.add_argument("texts", help="text file, one row a line; in a file.tsv the label (0, 1, ..) and a tab before it")
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds (%(default)s)")
    parser.add_argument("--groups", nargs="+", choices=GROUPS, default=list(GROUPS), help="of peers (all)")
    parser.add_argument("--peers", nargs="+", choices=CHOICE, help="instead of a group's own; the others are held against the first")
    parser.add_argument("--workloads", nargs="+", choices=REQUEST_ROWS, default=list(REQUEST_ROWS), help="(all)")
    parser.add_argument("--smoke", action="store_true", help="a few rows, to see whether every peer runs; the figures mean nothing")
    parser.add_argument("--review-rows", type=int, help="lines of TEXTS in a round (768, in fp32 384)")
    parser.add_argument("--times", type=int, default=1, help="as many times the rows in a round, for a small model (%(default)s)")
    parser.add_argument("--calibration", metavar="FILE",
                        help="texts for the 8-bit ranges of peers, as TEXTS; those that are compared are left out (TEXTS)")
    parser.add_argument("--server-argument", action="append", default=[], metavar="ARGUMENT",
                        help="one more argument for bertserve serve, such as --server-argument=--max-batch-tokens=512")
    parser.add_argument("--at-least", type=float, default=0, help="lowest ratio that is a success (%(default)s)")
    parser.add_argument("--out", default=os.path.join(HERE, "results"), help="folder for the results (%(default)s)")
    parser.add_argument("--work", default=os.path.join(HERE, ".work"), help="folder for what is made of models (%(default)s)")
    parser.add_argument("--environments", default=HERE, help="folder where setup.sh made the environments (%(default)s)")
    options = parser.parse_args()
    if not os.path.isfile(os.path.join(options.model, "saved_model.pb")):
        parser.error(f"{options.model} is not a SavedModel folder: it has no saved_model.pb")
    for path in filter(None, (options.texts, options.calibration)):
        if not os.path.isfile(path):
            parser.error(f"{path} is not a file")
    if not os.path.isfile(os.path.join(HOME, "bin", "bertserve")) or not os.path.isdir(CLASSES):
        parser.error(f"{HOME} or {CLASSES} is not there: run mvn package -DskipTests")
    if not os.path.exists(python(options, "tensorflow-2.18")):
        parser.error(f"no environments in {options.environments}: run setup.sh")
    if min(options.rounds, options.times) < 1 or (options.review_rows is not None and options.review_rows < 64):
        parser.error("--rounds and --times must be at least 1, --review-rows at least 64")
    return options


if __name__ == "__main__":
    main()
