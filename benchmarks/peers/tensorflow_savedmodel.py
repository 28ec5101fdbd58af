"""Times an original SavedModel, strings in, in Python TensorFlow with TensorFlow Text.

This is the baseline that Bertserve is compared with: what the prebuilt TensorFlow containers run.
One batch warms the model up; then each round times a number of batches, from the string tensor to
the output as a NumPy array, and goes on in the file where the last one stopped.

    .venv-tensorflow-2.18/bin/python tensorflow_savedmodel.py MODEL TEXTS

Prints a line a round, a summary, and last one line of JSON. Exit status 2 for bad arguments.
"""
import argparse
import itertools
import json
import os
import platform
import statistics
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def main():
    options = parse_arguments()
    texts = read_texts(options.texts)
    import tensorflow as tf
    import tensorflow_text  # registers the ops that the SavedModel calls

    start = time.perf_counter()
    model = tf.saved_model.load(options.model)
    run = model.signatures["serving_default"]
    inputs = [name for name, spec in run.structured_input_signature[1].items() if spec.dtype == tf.string]
    load_seconds = time.perf_counter() - start

    source = itertools.cycle(texts)

    def next_batch():
        rows = tf.constant(list(itertools.islice(source, options.batch)))
        # A model of text pairs gets each text twice: the work is that of its fixed length anyway.
        outputs = run(**{name: rows for name in inputs})
        return {name: output.numpy() for name, output in outputs.items()}

    def time_round():
        start = time.perf_counter()
        for _ in range(options.batches):
            next_batch()
        return options.batches * options.batch / (time.perf_counter() - start)

    start = time.perf_counter()
    first_outputs = next_batch()
    warm_up_seconds = time.perf_counter() - start
    about = {
        "peer": "tensorflow",
        "tensorflow": tf.__version__,
        "tensorflow_text": tensorflow_text.__version__,
        "python": platform.python_version(),
        "cpus": len(os.sched_getaffinity(0)),
        "model": os.path.basename(os.path.normpath(options.model)),
        "batch": options.batch,
        "batches_per_round": options.batches,
        "load_seconds": round(load_seconds, 2),
        "warm_up_seconds": round(warm_up_seconds, 2),
    }
    if options.on_request:
        answer_requests(about, first_outputs, time_round)
        return

    rates = []
    for number in range(1, options.rounds + 1):
        rates.append(time_round())
        print(f"round {number}: {rates[-1]:.1f} rows/s", flush=True)
    low, middle, high = min(rates), statistics.median(rates), max(rates)
    print(f"TensorFlow {tf.__version__}, batches of {options.batch}: "
          f"min {low:.1f}, median {middle:.1f}, max {high:.1f} rows/s")
    print(json.dumps(about | {
        "rounds": [round(rate, 2) for rate in rates],
        "rows_per_second": {"min": round(low, 2), "median": round(middle, 2), "max": round(high, 2)},
    }))


def answer_requests(about, first_outputs, time_round):
    """For alternating with another peer: says what it is and what the first rows of the file get, then
    times a round for each line on standard input."""
    print(json.dumps(about), flush=True)
    print(json.dumps({name: output.tolist() for name, output in first_outputs.items()}), flush=True)
    for _ in sys.stdin:
        print(json.dumps({"rows_per_second": time_round()}), flush=True)


def read_texts(path):
    with open(path, encoding="utf-8") as lines:
        texts = [line.rstrip("\n") for line in lines]
    if not texts:
        sys.exit(f"{path} is empty")
    return texts


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="SavedModel folder")
    parser.add_argument("texts", help="text file, one row a line")
    parser.add_argument("--batch", type=positive, default=64, help="rows a batch (%(default)s)")
    parser.add_argument("--batches", type=positive, default=4, help="batches a round (%(default)s)")
    parser.add_argument("--rounds", type=positive, default=5, help="rounds (%(default)s)")
    parser.add_argument("--on-request", action="store_true",
                        help="time one round for each line on standard input instead")
    options = parser.parse_args()
    if not os.path.isfile(os.path.join(options.model, "saved_model.pb")):
        parser.error(f"{options.model} is not a SavedModel folder: it has no saved_model.pb")
    if not os.path.isfile(options.texts):
        parser.error(f"{options.texts} is not a file")
    return options


def positive(text):
    number = int(text)
    if number < 1:
        raise ValueError
    return number


if __name__ == "__main__":
    main()
