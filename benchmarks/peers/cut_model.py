"""Makes what the peers need of a SavedModel: the encoder alone, and texts with their ids and answers.

    .venv-tensorflow-2.18/bin/python cut_model.py MODEL TEXTS FOLDER REVIEW_ROWS [CALIBRATION_TEXTS]

TEXTS has one text a line; in a file.tsv the label and a tab stand before it. Writes into FOLDER:

    encoder.pb      the frozen graph from the three id tensors, of any length, to the outputs
    weights.npz     the variables by name
    NAME.json       a workload: texts, ids without padding, the original's answers, and labels if there are any
    NAME.txt        its texts, one a line
    calibration.json  ids of up to 300 texts that no workload has, from CALIBRATION_TEXTS or else TEXTS
    facts.json      sizes, names and how far the encoder's answers are from the original's

The cut is checked before it is used: on rows of all workloads the encoder alone must answer within 1e-5 of
the original, although it pads to 8 tokens and the original to its full length. Reviews beyond those
rows get their expected answers from the encoder. With a facts.json of the same inputs, does nothing.
"""
import gc
import hashlib
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np

import rounds

INPUTS = ("input_word_ids", "input_mask", "input_type_ids")
CHECKED_ROWS = 64
CALIBRATION_ROWS = 300
TOLERANCE = 1e-5


def main():
    model, texts_path, folder = sys.argv[1:4]
    review_rows = int(sys.argv[4])
    calibration_path = sys.argv[5] if len(sys.argv) > 5 else texts_path
    os.makedirs(folder, exist_ok=True)
    key = digest(model, [texts_path, calibration_path], f"{review_rows} {CALIBRATION_ROWS}")
    facts_path = os.path.join(folder, "facts.json")
    if os.path.exists(facts_path):
        with open(facts_path) as file:
            if json.load(file)["key"] == key:
                return
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))  # what others made of another model's encoder goes too
    labels, reviews = read(texts_path)

    import tensorflow as tf
    import tensorflow_text  # registers the ops that the SavedModel calls

    # In this order, so that the model is never in memory more often than it has to be.
    original = Original(tf, model)
    workloads = make_workloads(original, reviews, review_rows)
    calibration = original.ids(uncompared(read(calibration_path)[1], workloads))
    write(os.path.join(folder, "calibration.json"), json.dumps({"ids": [row.tolist() for row in calibration]}))
    ids = {name: original.ids(texts) for name, texts in workloads.items()}
    expected = {name: original.answers(texts[:CHECKED_ROWS]) for name, texts in workloads.items()}
    np.savez(os.path.join(folder, "weights.npz"), **original.variables())
    length, outputs = original.length, original.outputs
    with open(os.path.join(folder, "encoder.pb"), "wb") as file:
        file.write(original.cut().SerializeToString())
    del original
    gc.collect()
    encoder = Encoder(tf, os.path.join(folder, "encoder.pb"))
    largest = 0.0
    for name, texts in workloads.items():
        answers = encoder.answers(ids[name])
        largest = max(largest, float(np.abs(answers[:CHECKED_ROWS] - expected[name]).max()))
        answers[:CHECKED_ROWS] = expected[name]
        write(os.path.join(folder, name + ".txt"), "".join(text + "\n" for text in texts))
        write(os.path.join(folder, name + ".json"), json.dumps(
            {"texts": texts, "ids": [row.tolist() for row in ids[name]], "answers": answers.tolist(),
             "labels": labels[:review_rows] if name == "reviews" else []}))
    if not largest <= TOLERANCE:
        sys.exit(f"the encoder alone is {largest} away from the original (expected: at most {TOLERANCE})")
    write(facts_path, json.dumps({
        "key": key, "length": length, "outputs": outputs, "review_rows": review_rows,
        "cut_difference": largest, "output_tensors": encoder.output_tensors, "inputs": encoder.inputs,
    }))
    print(f"encoder cut out; {largest:.2g} away from the original", file=sys.stderr)


def digest(model, text_paths, sizes):
    sha = hashlib.sha256(sizes.encode())
    for path in (os.path.join(model, "saved_model.pb"), os.path.join(model, "variables", "variables.index"), *text_paths):
        with open(path, "rb") as file:
            sha.update(file.read())
    return sha.hexdigest()


def read(path):
    """Labels, if the file has them, and texts."""
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file]
    if not path.endswith(".tsv"):
        return [], lines
    parts = [line.partition("\t") for line in lines]
    return [int(label) for label, _, _ in parts], [text for _, _, text in parts]


def uncompared(texts, workloads):
    """Texts to calibrate with, from all over the file, none of them in a row of a workload."""
    compared = "\n".join(row for rows in workloads.values() for row in rows)
    left = [text for text in texts if text.strip() and text.strip() not in compared]
    return left[::max(1, len(left) // CALIBRATION_ROWS)][:CALIBRATION_ROWS]


def make_workloads(original, reviews, review_rows):
    """Rows of full length and of 32 tokens are made of reviews too, so that their ids are those of language."""
    full, place = [], 0
    while len(full) < 64:
        text = ""
        while len(original.ids([text])[0]) < original.length:
            text = f"{text} {reviews[place % len(reviews)].strip()}".strip()
            place += 7
        full.append(text)
    short = []
    for place in range(len(reviews)):
        words = f"{reviews[place]} {reviews[place + 1]} {reviews[place + 2]}".split()
        prefixes = [" ".join(words[:count]) for count in range(1, min(32, len(words)))]
        short += [text for text, ids in zip(prefixes, original.ids(prefixes)) if len(ids) == 32][:1]
        if len(short) == 8:
            break
    return {"full": full, "reviews": reviews[:review_rows], "one32": short, "one128": full[:8]}


class Original:
    """The SavedModel as exported, and its preprocessing alone."""

    def __init__(self, tf, path):
        from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
        self.tf = tf
        self.model = tf.saved_model.load(path)
        self.run = self.model.signatures["serving_default"]
        self.outputs = sorted(self.run.structured_outputs)
        names = [name for name, spec in self.run.structured_input_signature[1].items() if spec.dtype == tf.string]
        if len(names) != 1:
            sys.exit(f"inputs: {names} (expected: one text)")
        self.input = names[0]
        self.frozen = convert_variables_to_constants_v2(self.run, lower_control_flow=False)
        self.padded = [self.last_reshape(op.outputs[0]) for op in self.frozen.graph.get_operations()
                       if op.type == "RaggedTensorToTensor" and op.outputs[0].dtype == tf.int32]
        if len(self.padded) != 3:
            sys.exit(f"{len(self.padded)} tensors of padded ids in the graph (expected: 3)")
        self.pad = self.frozen.prune(self.frozen.inputs, self.padded)
        self.order()

    @staticmethod
    def last_reshape(tensor):
        """What the encoder reads: the shape is set once more after the padding."""
        while [consumer.type for consumer in tensor.consumers()] in (["Reshape"], ["Identity"]):
            tensor = tensor.consumers()[0].outputs[0]
        return tensor

    def order(self):
        """Which of the three is which shows in what they hold."""
        values = [tensor.numpy() for tensor in self.padding(["a few words"])]
        self.length = int(values[0].shape[1])
        by_largest = sorted(range(3), key=lambda i: int(values[i].max()))
        types, mask, words = by_largest
        self.places = {"input_word_ids": words, "input_mask": mask, "input_type_ids": types}
        if values[types].any() or sorted(set(values[mask].flat)) != [0, 1]:
            sys.exit("the padded tensors are not ids, mask and types")

    def padding(self, texts):
        feeds = [self.tf.constant(texts)] + [self.run.captured_inputs[0]] * (len(self.frozen.inputs) - 1)
        return self.pad(*feeds)

    def ids(self, texts):
        """One array a text, without padding."""
        rows = []
        for start in range(0, len(texts), 64):
            tensors = [tensor.numpy() for tensor in self.padding(texts[start:start + 64])]
            words, mask = tensors[self.places["input_word_ids"]], tensors[self.places["input_mask"]]
            rows += [row[:count] for row, count in zip(words, mask.sum(axis=1))]
        return rows

    def answers(self, texts):
        outputs = self.run(**{self.input: self.tf.constant(texts)})
        return np.concatenate([outputs[name].numpy().reshape(len(texts), -1) for name in self.outputs], axis=1)

    def variables(self):
        return {variable.name: variable.numpy() for variable in self.model.variables}

    def cut(self):
        """The graph from placeholders in the place of the padded tensors to output_0, output_1, .. in the order of names."""
        tf = self.tf
        graph_def = self.frozen.graph.as_graph_def()
        frozen = {node.name: node for node in graph_def.node}
        inputs = {self.padded[place].op.name: name for name, place in self.places.items()}
        cut = tf.compat.v1.GraphDef()
        cut.versions.CopyFrom(graph_def.versions)
        for name in INPUTS:
            placeholder = cut.node.add(name=name, op="Placeholder")
            placeholder.attr["dtype"].type = tf.int32.as_datatype_enum
            placeholder.attr["shape"].shape.CopyFrom(tf.TensorShape([None, None]).as_proto())
        for place, tensor in enumerate(self.frozen.outputs):
            end = cut.node.add(name=f"output_{place}", op="Identity", input=[tensor.name])
            end.attr["T"].type = tensor.dtype.as_datatype_enum
        waiting, added = [tensor.op.name for tensor in self.frozen.outputs], set(inputs)
        while waiting:
            name = waiting.pop()
            if name not in added:
                added.add(name)
                node = cut.node.add()
                node.CopyFrom(frozen[name])
                # Control inputs order the checks of the text half, which is cut off.
                reads = [one for one in node.input if not one.startswith("^")]
                del node.input[:]
                node.input.extend(inputs.get(one.split(":")[0], one) for one in reads)
                waiting += [one.split(":")[0] for one in reads]
        return without_text(cut)


def without_text(graph_def):
    """Fails if something of the text half is left."""
    for node in graph_def.node:
        if node.op in ("StaticRegexReplace", "LookupTableFindV2", "RaggedTensorToTensor") or "Text" in node.op:
            sys.exit(f"the cut left {node.name} ({node.op})")
    return graph_def


class Encoder:
    """The cut graph, without TensorFlow's graph optimizers: on a frozen graph they move answers by 2e-4."""

    def __init__(self, tf, path):
        graph_def = tf.compat.v1.GraphDef()
        with open(path, "rb") as file:
            graph_def.ParseFromString(file.read())
        names = {node.name for node in graph_def.node}
        self.inputs = [name for name in INPUTS if name in names]
        self.output_tensors = sorted(name for name in names if name.startswith("output_"))
        with tf.Graph().as_default() as graph:
            tf.import_graph_def(graph_def, name="")
            config = tf.compat.v1.ConfigProto()
            config.graph_options.rewrite_options.disable_meta_optimizer = True
            self.call = tf.compat.v1.Session(graph=graph, config=config).make_callable(
                [name + ":0" for name in self.output_tensors], [name + ":0" for name in self.inputs])

    def answers(self, ids):
        answers = [None] * len(ids)
        for tile in rounds.tiles(ids, 2048):
            outputs = self.call(*[tile.feeds[name] for name in self.inputs])
            tile.scatter(outputs, answers)
        return np.array(answers, dtype=np.float64)


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
