"""Makes the small SavedModels of src/test/resources/models/outputs.tar.xz, and what TensorFlow itself answers with them.

One encoder with many heads: loops, convolutions, classes, labels, tables, texts of numbers, inputs that are handed on, and what is made of the text itself.

Python 3.11, tensorflow==2.18.1 tensorflow-text==2.18.1 keras==3.15.1 keras-hub==0.19.3

Usage: make_output_models.py OUT VOCABULARIES FILE.tar.xz [NAME...]   (VOCABULARIES: BERT's published files)
"""
import json, os, shutil, sys, tempfile
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import keras, keras_hub, numpy as np, tensorflow as tf, tensorflow_text as tf_text
from make_small_models import TEXTS, cut_vocabulary, pack
from make_text_models import fill

WIDTH = 32
LENGTH = 32
LABELS = ["bad", "so \u00ab so \u00bb", "good \"\U0001f600\"", ""]
KEY = tf.TensorSpec([None], tf.string, name="key")


class Classifier(tf.Module):
    """Probabilities of four classes, and the states behind them."""
    def __init__(self, vocabulary):
        super().__init__()
        tokens = open(vocabulary, encoding="utf-8").read().split("\n")[:-1]
        self.tokenizer = keras_hub.tokenizers.BertTokenizer(vocabulary=tokens, lowercase=True)
        self.backbone = keras_hub.models.BertBackbone(vocabulary_size=len(tokens), num_layers=1, num_heads=2,
            hidden_dim=WIDTH, intermediate_dim=2 * WIDTH, max_sequence_length=64)
        self.preprocessor = keras_hub.models.BertTextClassifierPreprocessor(self.tokenizer, sequence_length=LENGTH)
        self.head = keras.layers.Dense(4, activation="softmax")
        self.tables = []
        fill(self.backbone, 51)
        self.probs(tf.constant(["a"]))
        fill(self.head, 52)
        self.weights = [w.value for w in self.backbone.weights + self.head.weights]

    def states(self, texts): return self.backbone(self.preprocessor(texts))

    def probs(self, texts): return self.head(self.states(texts)["pooled_output"])

    def table(self, initializer, default):
        self.tables.append(tf.lookup.StaticHashTable(initializer, default))
        return self.tables[-1]


def models(work):
    """For each name what makes a function of its inputs, and those beside the text."""
    s = tf.strings

    def classes(m):
        labels = tf.constant(LABELS)
        def serve(text):
            probs = m.probs(text)
            best = tf.argmax(probs, axis=-1)
            return {"probs": probs, "class": best, "class_32": tf.argmax(probs, -1, output_type=tf.int32),
                    "label": tf.gather(labels, best), "probability": tf.reduce_max(probs, axis=-1),
                    "label_column": tf.gather(labels, best)[:, tf.newaxis]}
        return serve

    def top(m):
        labels = tf.constant(LABELS)
        def serve(text):
            probs = m.probs(text)
            values, indices = tf.math.top_k(probs, k=3)
            return {"values": values, "indices": indices, "labels": tf.gather(labels, indices),
                    "again": tf.gather(probs, indices, batch_dims=1), "order": tf.argsort(probs, direction="DESCENDING"),
                    "all": tf.gather(labels, tf.argsort(probs, direction="DESCENDING", axis=-1))}
        return serve

    def tables(m):
        keys = tf.constant(range(4), tf.int64)
        lines = f"{work}/labels.txt"
        open(lines, "w", encoding="utf-8").write("\n".join(LABELS[:3]) + "\nmore\n")
        names = m.table(tf.lookup.KeyValueTensorInitializer(keys[:3], tf.constant(LABELS[:3])), "[UNK]")
        codes = m.table(tf.lookup.KeyValueTensorInitializer(keys, tf.constant([2**53 + 1, -2**63, 2**63 - 1, 7], tf.int64)), -1)
        numbers = m.table(tf.lookup.KeyValueTensorInitializer(tf.constant(LABELS[:2]), tf.constant([0.5, 2.0])), -1.0)
        file = m.table(tf.lookup.TextFileInitializer(lines, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER,
            tf.string, tf.lookup.TextFileIndex.WHOLE_LINE), "none")
        words = keras.layers.StringLookup(vocabulary=LABELS[:3], invert=True)
        m.words = words
        def serve(text):
            probs = m.probs(text)
            order = tf.argsort(probs, direction="DESCENDING")
            best = tf.cast(order[:, 0], tf.int64)
            name = names.lookup(best)
            return {"name": name, "code": codes.lookup(best), "number": numbers.lookup(name), "line": file.lookup(best),
                    "word": words(best), "codes": codes.lookup(tf.cast(order, tf.int64)), "lines": file.lookup(tf.cast(order[:, :2], tf.int64))}
        return serve

    def texts(m):
        def serve(text):
            probs = m.probs(text)
            best = tf.argmax(probs, -1)
            high = probs[:, 2] > 0.2
            percent = tf.cast(tf.round(probs[:, 0] * 100), tf.int32)
            return {"sign": tf.where(high, "pos", "neg"), "flag": high, "flags": probs > 0.25,
                    "number": s.as_string(best), "padded": s.as_string(percent, width=4, fill="0"),
                    "joined": s.join(["class ", s.as_string(best), tf.where(high, "!", "?")], separator="-"),
                    "upper": s.upper(tf.gather(["ab", "cd", "ef", "gh"], best)),
                    "which": tf.where(high[:, tf.newaxis], tf.constant([["x", "y"]]), tf.constant([["z", ""]])),
                    "stacked": tf.stack([s.as_string(best), tf.where(high, "a", "b")], axis=1)}
        return serve

    def kinds(m):
        def serve(text):
            states = m.states(text)
            probs = m.head(states["pooled_output"])
            best = tf.argmax(probs, -1)
            return {"double": tf.cast(probs, tf.float64) / 3, "half": tf.cast(probs, tf.float16) * 0 + tf.cast(best, tf.float16)[:, tf.newaxis],
                    "int8": -tf.cast(best, tf.int8), "int16": tf.cast(best, tf.int16) - 300, "uint8": tf.cast(best, tf.uint8) + 250,
                    "uint16": tf.cast(best, tf.uint16) + 65000, "uint32": tf.cast(best, tf.uint32) + 4000000000,
                    "uint64": tf.cast(best, tf.uint64) + 18446744073709551600, "large": best + 9007199254740993,
                    "cube": tf.reshape(tf.concat([probs, -probs], 1), [-1, 2, 2, 2])}
        return serve

    def states(m):
        def serve(text):
            states = m.states(text)
            return {"states": states["sequence_output"][:, :2, :3], "label": tf.gather(LABELS, tf.argmax(m.head(states["pooled_output"]), -1))}
        return serve

    def twice(m):
        """As an export that calls the model for each output."""
        def serve(text):
            return {"label": tf.gather(LABELS, tf.argmax(m.probs(text), -1)), "scores": m.probs(text)}
        return serve

    def tiled(m):
        """As a signature for classification, which has the names of all classes in each row."""
        def serve(text):
            probs = m.probs(text)
            return {"scores": probs, "classes": tf.tile(tf.constant([LABELS]), [tf.shape(text)[0], 1]),
                    "version": tf.fill(tf.shape(text), "v7"), "batch": tf.fill(tf.shape(probs)[:1], 0.5), "build": tf.zeros_like(tf.argmax(probs, -1)) + 7}
        return serve

    def keys(m):
        def serve(text, key, id, column, weight, wide, flag, many):
            return {"probs": m.probs(text), "key": tf.identity(key), "id": tf.expand_dims(id, 1), "column": tf.squeeze(column, 1),
                    "weight": tf.reshape(weight, [-1, 1]), "wide": wide, "flag": flag, "many": tf.reshape(many, [-1, 3, 1]),
                    "wider": tf.cast(column, tf.int64), "again": key[:, tf.newaxis], "text": text}
        return serve

    def mixed(m):
        """Outputs that are computed from inputs beside the text too."""
        def serve(text, key, column, wide, flag, many):
            probs = m.probs(text)
            label = tf.gather(LABELS, tf.argmax(probs, -1))
            return {"joined": s.join([key, label], separator=":"), "key": key, "probs": probs,
                    "shifted": probs + tf.cast(tf.math.floormod(column, 5), tf.float32), "flagged": tf.where(flag, probs[:, 1], -1.0),
                    "listed": s.join([many, tf.tile(label[:, tf.newaxis], [1, 3])]), "positive": tf.maximum(column, 0),
                    "larger": tf.cast(probs[:, 0], tf.float64) > tf.math.floormod(wide, 1.0)}
        return serve

    def recurrent(m):
        """Loops of Keras 3, which read their variables themselves, with the mask and without it."""
        k = keras.layers
        heads = {"bidirectional": k.Bidirectional(k.LSTM(4)), "gru": k.GRU(4), "gru_before": k.GRU(4, reset_after=False),
                 "simple": k.SimpleRNN(4), "stacked": k.RNN([k.LSTMCell(4), k.GRUCell(3)]), "backwards": k.LSTM(4, go_backwards=True)}
        all = k.Bidirectional(k.GRU(4, return_sequences=True))
        def serve(text):
            tokens = m.preprocessor(text)
            states, mask = m.backbone(tokens)["sequence_output"], tokens["padding_mask"]
            masks = {"": None, "_masked": mask}
            return {**{n + suffix: head(states, mask=masks[suffix]) for n, head in heads.items() for suffix in masks},
                    "largest": k.GlobalMaxPooling1D()(all(states)), "mean": k.GlobalAveragePooling1D()(all(states, mask=mask), mask=mask)}
        return filled(m, serve, [*heads.values(), all])

    def heads(m):
        """Other heads that people put upon the states of all tokens."""
        k = keras.layers
        convolutions = [k.Conv1D(3, size, activation="relu") for size in (2, 3)]
        same, separable, causal = k.Conv1D(3, 3, padding="same"), k.SeparableConv1D(3, 3), k.Conv1D(3, 3, padding="causal", dilation_rate=2)
        each, score, attention = k.TimeDistributed(k.Dense(3, activation="relu")), k.Dense(1), k.MultiHeadAttention(2, 4)
        def serve(text):
            tokens = m.preprocessor(text)
            states, mask = m.backbone(tokens)["sequence_output"], tokens["padding_mask"]
            largest = k.GlobalMaxPooling1D()
            weights = keras.ops.softmax(score(states) + (1 - tf.cast(mask, tf.float32))[:, :, tf.newaxis] * -1e9, axis=1)
            return {"convolved": tf.concat([largest(c(states)) for c in convolutions], -1), "same": largest(same(states)),
                    "separable": largest(separable(states)), "causal": k.MaxPooling1D(8)(causal(states)), "each": largest(each(states)),
                    "weighted": tf.reduce_sum(weights * states, 1), "dot": largest(k.Attention()([states, states])),
                    "attended": largest(attention(states, states, attention_mask=tf.cast(mask, tf.bool)[:, tf.newaxis])),
                    "flat": k.Flatten()(states)[:, -4:]}
        return filled(m, serve, [*convolutions, same, separable, causal, each, score, attention])

    def chosen(m):
        """Loops, choices and functions in each other, which read variables, and a variable that is written but never read."""
        source = np.random.default_rng(53)
        m.kernel, m.bias, m.table = (tf.Variable(np.round(source.standard_normal(shape) * 8) / 16, dtype=tf.float32) for shape in ((WIDTH, 4), 4, (5, 4)))
        m.step, m.requests = tf.Variable(0.5), tf.Variable(0, dtype=tf.int64)
        @tf.function
        def step(x): return tf.tanh(tf.matmul(x, m.kernel) + m.bias)
        def turn(i, sum, states):
            _, sum = tf.while_loop(lambda j, _: j < 2, lambda j, s: (j + 1, s * 0.9 + step(states[:, i]) * m.step), [0, sum])
            sum = tf.cond(i % 2 == 0, lambda: sum + m.bias, lambda: tf.cond(i > 10, lambda: sum * m.step, lambda: sum - m.bias))
            sum += m.table.sparse_read(tf.fill([tf.shape(sum)[0]], i % 5))
            return i + 1, tf.switch_case(i % 3, [lambda: sum, lambda: sum + m.step, lambda: sum * m.bias])
        def serve(text):
            m.requests.assign_add(1)
            states = m.states(text)["sequence_output"]
            start = tf.zeros([tf.shape(states)[0], 4])
            _, sum = tf.while_loop(lambda i, _: tf.cast(i, tf.float32) < m.step * 16, lambda i, s: turn(i, s, states), [0, start])
            return {"sum": sum}
        def counted(text):
            m.step.assign_add(1)
            return {"sum": m.probs(text) * m.step}
        def looped(text):
            tf.while_loop(lambda i: i < 4, lambda i: [i + tf.cast(m.step.assign_add(1), tf.int32)], [0])
            return {"sum": m.probs(text) * m.step}
        writers = {f.__name__: tf.function(f, input_signature=[tf.TensorSpec([None], tf.string, name="text")]) for f in (counted, looped)}
        return {"serving_default": serve, **writers}

    def filled(m, serve, layers):
        """The same function, whose layers have weights."""
        serve(tf.constant(["a"]))
        for seed, layer in enumerate(layers): fill(layer, 61 + seed)
        m.more = [w.value for layer in layers for w in layer.weights]
        return serve

    def indexed(m):
        """An input with values that TensorFlow rejects."""
        def serve(text, index): return {"probs": m.probs(text), "picked": tf.gather(LABELS, index)}
        return serve

    def cleaned(m):
        """Texts made of the text, which is tokenised as one of them."""
        def serve(text):
            clean = s.strip(s.regex_replace(s.lower(text), r"[^a-z0-9' ]+", " "))
            long = s.length(text, unit="UTF8_CHAR") > 9
            return {"probs": m.probs(clean), "clean": clean, "column": tf.expand_dims(s.upper(clean), 1),
                    "snippet": s.substr(text, 0, 9), "part": s.substr(s.join([text, "..."]), 2, 7, unit="UTF8_CHAR"),
                    "guarded": tf.where(long, text, "short"), "first": s.split(text).to_tensor()[:, 0],
                    "words": s.reduce_join(s.split(text), axis=-1, separator="_"), "normal": tf_text.normalize_utf8(text, "NFKC")}
        return serve

    def counted(m):
        """Numbers made of the text, and texts made of it, an input beside it, and the scores."""
        def serve(text, key):
            probs = m.probs(text)
            label = tf.gather(LABELS, tf.argmax(probs, -1))
            length = s.length(text)
            return {"length": length, "words": s.split(text).row_lengths(), "hash": s.to_hash_bucket_fast(text, 1000),
                    "probs": tf.where(length[:, tf.newaxis] > 3, probs, tf.zeros_like(probs)), "known": s.regex_full_match(text, ".*film.*"),
                    "joined": s.join([key, s.lower(text), label], separator="|"), "tag": s.regex_replace(s.join([key, label]), r"[ -]+(\w)", r"<\1>"),
                    "cleaner": s.lower(text)}
        return serve

    def listed(m):
        """Texts of several classes in one, and labels in a variable."""
        m.labels = tf.Variable(LABELS)
        def serve(text):
            probs = m.probs(text)
            values, indices = tf.math.top_k(probs, k=2)
            scored = s.join([tf.gather(LABELS, indices), s.as_string(values, precision=1)], separator="=")
            likely = tf.where(probs > 0.25, tf.constant(LABELS), "-")
            return {"label": tf.gather(m.labels, indices), "top": s.reduce_join(tf.gather(LABELS, indices), axis=-1, separator=","),
                    "scored": s.reduce_join(scored, axis=1, separator=" ", keepdims=True), "likely": s.reduce_join(likely, axis=-1)}
        return serve

    def signatures(m):
        """Several over one encoder: of the same run, with values that are not finite, and with a run of its own."""
        def scores(text): return {"probs": m.probs(text)}
        def labelled(text):
            probs = m.probs(text)
            return {"probs": probs, "label": tf.gather(LABELS, tf.argmax(probs, -1)), "text": text}
        def embed(text): return {"output_0": m.states(text)["pooled_output"]}
        def logs(text): return {"log": tf.math.log(m.probs(text)[:, :1] - 0.37)}
        def mean(text): return {"mean": tf.reduce_mean(m.states(text)["sequence_output"], axis=1)}
        return {"serving_default": scores, "labelled": labelled, "embed": embed, "logs": logs, "mean": mean}

    def ids(m):
        """Takes token ids by default, and text too."""
        def serve(ids, mask, types):
            return {"probs": m.head(m.backbone({"token_ids": ids, "padding_mask": mask, "segment_ids": types})["pooled_output"])}
        tensors = [tf.TensorSpec([None, LENGTH], tf.int32, name=n) for n in ("ids", "mask", "types")]
        return {"serving_default": tf.function(serve, input_signature=tensors), "text": lambda text: {"probs": m.probs(text)}}

    def examples(m):
        """Parses serialised examples, as Model Garden's serve_text_examples and TFX's exports do."""
        features = {"text": tf.io.FixedLenFeature([], tf.string), "id": tf.io.FixedLenFeature([1], tf.int64), "key": tf.io.VarLenFeature(tf.string),
                    "weight": tf.io.FixedLenFeature([], tf.float32, 0.5), "unread": tf.io.FixedLenFeature([2], tf.float32, [0, 0])}
        def serve(examples):
            parsed = tf.io.parse_example(examples, features)
            probs = m.probs(parsed["text"])
            key = parsed["key"]
            key = tf.squeeze(tf.sparse.to_dense(tf.SparseTensor(key.indices, key.values, [key.dense_shape[0], 1]), default_value=""), axis=1)
            return {"probs": probs, "id": parsed["id"], "key": key, "weighted": probs * tf.cast(parsed["weight"] > 0.05, tf.float32)[:, tf.newaxis],
                    "named": s.join([key, tf.gather(LABELS, tf.argmax(probs, -1))]), "version": tf.fill(tf.shape(examples), "v7")}
        return serve

    spec = tf.TensorSpec
    others = [KEY, spec([None], tf.int64, name="id"), spec([None, 1], tf.int32, name="column"), spec([None], tf.float32, name="weight"),
              spec([None], tf.float64, name="wide"), spec([None], tf.bool, name="flag"), spec([None, 3], tf.string, name="many")]
    return {"classes": (classes, []), "top": (top, []), "tables": (tables, []), "texts": (texts, []), "kinds": (kinds, []),
            "states": (states, []), "twice": (twice, []), "tiled": (tiled, []), "keys": (keys, others),
            "mixed": (mixed, [others[0], others[2], *others[4:]]), "cleaned": (cleaned, []), "counted": (counted, [KEY]), "listed": (listed, []), "ids": (ids, []),
            "recurrent": (recurrent, []), "heads": (heads, []), "chosen": (chosen, []),
            "indexed": (indexed, [spec([None], tf.int64, name="index")]), "examples": (examples, [spec([None, 1], tf.int64, name="id"), KEY, others[3]]), "signatures": (signatures, [])}


def beside(spec, row):
    """A value of {spec} for a row, hard to keep."""
    many = {
        tf.string: ["row-%d" % row, "\U0001f600 \"\\\n", "", "\u00e9\u0301"][row % 4],
        tf.int64: [2**63 - 1, -2**63, 2**53 + 1, row][row % 4],
        tf.int32: [2**31 - 1, -2**31, row][row % 3],
        tf.float32: float(np.float32([0.1, 3.4e38, 1e-45, -row][row % 4])),
        tf.float64: [0.1, 1.7e308, 5e-324, 1 / 3][row % 4],
        tf.bool: row % 2 == 0,
    }
    value = row % 4 if spec.name == "index" else many[spec.dtype]
    return [value] if spec.shape[1:] == [1] else [value, value, "z"] if spec.shape.rank > 1 else value


def goldens(path, signature, others, file):
    served = tf.saved_model.load(path).signatures[signature]
    feed = {"text": tf.constant(TEXTS)}
    rows = [{"text": t} for t in TEXTS]
    for spec in others:
        values = [beside(spec, row) for row in range(len(TEXTS))]
        feed[spec.name] = tf.constant(values, spec.dtype)
        for row, value in zip(rows, values): row[spec.name] = value
    answers = served(examples=tf.constant([example(row) for row in rows])) if "examples" in served.structured_input_signature[1] else served(**feed)
    with open(f"{path}/{file}", "w") as f:
        for i, row in enumerate(rows):
            outputs = {name: plain(tensor[i]) for name, tensor in sorted(answers.items())}
            f.write(json.dumps({"inputs": row, "outputs": outputs}, separators=(",", ":")) + "\n")


def example(row):
    """A row as a serialised tf.train.Example."""
    features = tf.train.Features()
    for name, value in row.items():
        feature, values = features.feature[name], value if isinstance(value, list) else [value]
        if isinstance(values[0], str): feature.bytes_list.value.extend(v.encode() for v in values)
        else: (feature.int64_list if isinstance(values[0], int) else feature.float_list).value.extend(values)
    return tf.train.Example(features=features).SerializeToString()


def plain(tensor):
    """The values of a tensor in brackets, as JSON has them."""
    def of(value):
        if isinstance(value, list): return [of(v) for v in value]
        if value != value: return None
        return value.decode(errors="replace") if isinstance(value, bytes) else float("%.8g" % value) if tensor.dtype in (tf.float32, tf.float16) else value
    return of(np.asarray(tensor.numpy()).tolist())


def main(out, vocabularies, file, *chosen):
    work = tempfile.mkdtemp()
    vocabulary = f"{work}/uncased.txt"
    cut_vocabulary(f"{vocabularies}/vocab_uncased.txt", vocabulary)
    for name, (function, others) in models(work).items():
        if chosen and name not in chosen: continue
        path = f"{out}/out_{name}"
        shutil.rmtree(path, ignore_errors=True)
        model = Classifier(vocabulary)
        functions = function(model)
        if not isinstance(functions, dict): functions = {"serving_default": functions}
        inputs = [KEY.from_spec(KEY, name="examples")] if name == "examples" else [tf.TensorSpec([None], tf.string, name="text")] + others
        texts = {n: f for n, f in functions.items() if not hasattr(f, "get_concrete_function")}
        tf.saved_model.save(model, path, signatures={**functions, **{n: tf.function(f, input_signature=inputs) for n, f in texts.items()}})
        if os.path.exists(f"{path}/fingerprint.pb"): os.remove(f"{path}/fingerprint.pb")
        for n in texts: goldens(path, n, others, f"goldens-{n}.jsonl" if n != "serving_default" and "serving_default" in texts else "goldens.jsonl")
        print(name, flush=True)
    shutil.rmtree(work)
    pack(out, file)


if __name__ == "__main__": main(*sys.argv[1:])
