"""A peer: the original SavedModel, strings in, in Python TensorFlow with TensorFlow Text.

    .venv-tensorflow-2.18/bin/python tensorflow_savedmodel.py MODEL FOLDER

This is what the prebuilt TensorFlow containers run, without their HTTP and JSON: batches as large as the
requests, TensorFlow's default threads, from the string tensor to the outputs as NumPy arrays.
"""
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np

import rounds


def main():
    model_path, folder = sys.argv[1:]
    rounds.serve(lambda: open_peer(model_path, folder))


def open_peer(model_path, folder):
    import tensorflow as tf
    import tensorflow_text  # registers the ops that the SavedModel calls

    model = tf.saved_model.load(model_path)
    signature = model.signatures["serving_default"]
    inputs = [name for name, spec in signature.structured_input_signature[1].items() if spec.dtype == tf.string]

    def run(name, rows, request_rows):
        workload = rounds.Workload(folder, name)
        texts = workload.first(rows, workload.texts)
        answers = []
        start = time.perf_counter()
        for place in range(0, rows, request_rows):
            batch = tf.constant(texts[place:place + request_rows])
            outputs = signature(**{name: batch for name in inputs})
            answers.append([outputs[name].numpy() for name in sorted(outputs)])
        seconds = time.perf_counter() - start
        return seconds, [row.tolist() for batch in answers
                         for row in np.concatenate([part.reshape(len(part), -1) for part in batch], axis=1)]

    run.keep = model  # its variables go with it
    return {"tensorflow": tf.__version__, "tensorflow_text": tensorflow_text.__version__}, run


if __name__ == "__main__":
    main()
