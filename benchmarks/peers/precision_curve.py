"""Which parts of a BERT encoder to keep in fp32: what each mix costs in speed, and how far it moves answers.

    .venv-tensorflow-2.18/bin/python precision_curve.py MODEL FOLDER [--goldens FILE] [--out DIR]

FOLDER is what compare.py made of MODEL. Every mix is the encoder in the fused ops that the server uses, on the
model's own weights, all in one session over one copy of them. Speed: batches of 4 rows of 128 tokens, a thread on
each core, in alternating rounds, each held against all-bf16 in the same round. Answers: on the first reviews of
FOLDER, and on the texts of FILE (lines of {"inputs": {NAME: TEXT}, ..}), against the same encoder in fp32.
Writes curve.json, curve.md and curve.svg under DIR.
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import hashlib
import json
import lzma
import math
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import config_pb2

import cut_model
import fast_form
import machine
import report
import rounds

SECONDS = 1.0
TILE_TOKENS = 512
REVIEWS = 320
MASKED = 1e4
SERVED = "pooler and head"


@dataclasses.dataclass(frozen=True)
class Mix:
    """What is computed in fp32; everything else is in bf16."""
    name: str
    head: bool = True  # pooler and classifier
    embeddings: bool = False  # their sum and its layer norm
    softmax: bool = False  # mask and softmax
    attention: bool = False  # the two products of attention too
    residual: bool = False  # sums and layer norms; what products read is rounded
    first_layers: int = 0
    last_layers: int = 0

    def layer(self, place, layers):
        return place < self.first_layers or place >= layers - self.last_layers


def mixes(layers):
    few = max(1, layers // 6)
    return [
        Mix("all bf16", head=False),
        Mix(SERVED),
        Mix("and embeddings", embeddings=True),
        Mix("and softmax", softmax=True),
        Mix("and attention", attention=True),
        Mix("and residual stream", residual=True),
        Mix("and residual stream, embeddings", residual=True, embeddings=True),
        Mix("and residual stream, embeddings, attention", residual=True, embeddings=True, attention=True),
        Mix(f"and first {few} layers", first_layers=few, embeddings=True),
        *(Mix(f"and last {count} layers", last_layers=count) for count in sorted({1, few, layers // 2})),
        Mix("all fp32", embeddings=True, first_layers=layers),
    ]


class Form(fast_form.Form):
    """The fused ops of one precision, each weight one constant however often it is used."""

    def __init__(self, weights, dtype):
        super().__init__(weights, dtype)
        self.constants = {}

    def constant(self, values):
        values = np.ascontiguousarray(values)
        key = values.shape, hashlib.blake2b(values).digest()
        if key not in self.constants:
            self.constants[key] = super().constant(values)
        return self.constants[key]


class Encoder:
    """One encoder in a mix of two forms."""

    def __init__(self, forms, mix):
        self.forms, self.mix = forms, mix
        self.any = forms[tf.float32]

    def form(self, exact):
        return self.forms[tf.float32 if exact else tf.bfloat16]

    def score(self, ids, mask):
        rows, length = tf.shape(ids)[0], tf.shape(ids)[1]
        mix, layers, width = self.mix, self.any.layers, self.any.width
        embed = self.form(mix.embeddings)
        positions = embed.weight("position_embedding/embeddings") + embed.weight("type_embeddings/embeddings")[0]
        x = (tf.gather(embed.constant(embed.weight("word_embeddings/embeddings")), ids)
             + tf.gather(embed.constant(positions), tf.range(length))[None])
        x = tf.reshape(embed.layer_norm(x, "embeddings/layer_norm"), [-1, width])
        for layer in range(layers):
            exact = mix.layer(layer, layers)
            form, stream = self.form(exact), self.form(exact or mix.residual)
            x = tf.cast(x, stream.dtype)
            queries = rows if layer == layers - 1 else None
            x, seen = self.attention(x, mask, rows, length, layer, exact, queries)
            path = f"transformer/layer_{layer}"
            x = self.add(form, stream, seen, form.output_projection(layer), x, path + "/self_attention_layer_norm")
            inner = form.dense(tf.cast(x, form.dtype), *form.feed_forward(layer, "intermediate"), [b"GeluApproximate"])
            x = self.add(form, stream, inner, form.feed_forward(layer, "output"), x, path + "/output_layer_norm")
        head = self.form(mix.head)
        pooled = tf.tanh(head.dense(tf.cast(x, head.dtype), head.weight("pooler_transform/kernel"),
                                    head.weight("pooler_transform/bias")))
        logits = tf.matmul(pooled, head.constant(head.weight("classifier/kernel"))) + head.constant(head.weight("classifier/bias"))
        return tf.sigmoid(tf.cast(logits, tf.float32))

    def add(self, form, stream, x, dense, residual, norm):
        """A projection of x, a residual and their layer norm; one op with the projection where they are of one type."""
        if form is stream:
            return stream.layer_norm(form.dense(x, *dense, [b"Add"], residual), norm)
        return stream.layer_norm(tf.cast(form.dense(x, *dense), stream.dtype) + residual, norm)

    def attention(self, x, mask, rows, length, layer, exact, queries):
        form, inner = self.form(exact), self.form(exact or self.mix.attention)
        scores_type = tf.float32 if exact or self.mix.attention or self.mix.softmax else tf.bfloat16
        read = tf.cast(x, form.dtype)
        if queries is None:
            query, key, value = self.parts(form.dense(read, *form.projections(layer, "query", "key", "value")), 3, rows, length)
        else:  # the head reads the first token alone: one query a row
            key, value = self.parts(form.dense(read, *form.projections(layer, "key", "value")), 2, rows, length)
            x = tf.reshape(x, [rows, length, form.width])[:, 0]
            query = form.dense(tf.cast(x, form.dtype), *form.projections(layer, "query"))
            query = tf.reshape(query, [rows, form.heads, 1, form.head])
        query, key, value = (tf.cast(one, inner.dtype) for one in (query, key, value))
        away = (tf.cast(mask, scores_type) - 1)[:, None, None, :] * tf.cast(MASKED, scores_type)
        weights = tf.nn.softmax(tf.cast(tf.matmul(query, key, transpose_b=True), scores_type) + away)
        seen = tf.cast(tf.matmul(tf.cast(weights, inner.dtype), value), form.dtype)
        return x, tf.reshape(tf.transpose(seen, [0, 2, 1, 3]), [-1, form.width])

    def parts(self, joined, count, rows, length):
        shaped = tf.reshape(joined, [rows, length, count, self.any.heads, self.any.head])
        return tf.unstack(tf.transpose(shaped, [2, 0, 3, 1, 4]))


class Session:
    """All mixes of one model."""

    def __init__(self, folder):
        self.threads = len(os.sched_getaffinity(0))
        weights = np.load(os.path.join(folder, "weights.npz"))
        forms = {dtype: Form(weights, dtype) for dtype in (tf.bfloat16, tf.float32)}
        with tf.Graph().as_default() as graph:
            ids = tf.compat.v1.placeholder(tf.int32, [None, None], "ids")
            mask = tf.compat.v1.placeholder(tf.int32, [None, None], "mask")
            self.mixes = mixes(forms[tf.float32].layers)
            scores = [Encoder(forms, mix).score(ids, mask) for mix in self.mixes]
        # As the server's sessions: the graph as it is, each op in the thread that asks for the run.
        config = config_pb2.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=-1)
        config.graph_options.rewrite_options.disable_meta_optimizer = True
        config.graph_options.optimizer_options.opt_level = config_pb2.OptimizerOptions.L0
        session = tf.compat.v1.Session(graph=graph, config=config)
        self.calls = {mix.name: session.make_callable([score], [ids, mask]) for mix, score in zip(self.mixes, scores)}

    def answers(self, name, ids):
        found = [None] * len(ids)

        def work(tile):
            tile.scatter(self.calls[name](tile.feeds["input_word_ids"], tile.feeds["input_mask"]), found)

        with concurrent.futures.ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(work, rounds.tiles(ids, TILE_TOKENS)))
        return np.array(found)

    def rows_per_second(self, name, tile):
        call, rows = self.calls[name], len(tile.places)

        def work(_):
            done, start = 0, time.perf_counter()
            while time.perf_counter() - start < SECONDS:
                call(tile.feeds["input_word_ids"], tile.feeds["input_mask"])
                done += rows
            return done / (time.perf_counter() - start)

        with concurrent.futures.ThreadPoolExecutor(self.threads) as pool:
            return sum(pool.map(work, range(self.threads)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("folder")
    parser.add_argument("--goldens")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", default=os.path.join(machine.HERE, "results"))
    options = parser.parse_args()
    texts = {"reviews": rounds.Workload(options.folder, "reviews").ids[:REVIEWS]}
    if options.goldens:
        texts["goldens"] = golden_ids(options.model, options.goldens)
    session = Session(options.folder)
    full = rounds.Workload(options.folder, "full").ids
    tile = rounds.tiles(full[:max(1, TILE_TOKENS // len(full[0]))], TILE_TOKENS)[0]
    names = [mix.name for mix in session.mixes]
    # Full tiles first: fused ops pack their weights as their first tile needs them.
    rates = collections.defaultdict(list)
    for number in range(options.rounds + 1):
        for name in names[number % len(names):] + names[:number % len(names)]:
            rate = session.rows_per_second(name, tile)
            if number > 0:
                rates[name].append(rate)
    exact = {kind: session.answers(names[-1], ids) for kind, ids in texts.items()}
    result = {"machine": machine.facts(), "model": os.path.basename(os.path.normpath(options.model)), "mixes": []}
    for name in names:
        one = {"name": name, "rows_per_second": round(statistics.median(rates[name]), 1),
               "to_all_bf16": [round(mine / theirs, 3) for mine, theirs in zip(rates[name], rates[names[0]])]}
        for kind, ids in texts.items():
            moved = np.abs(session.answers(name, ids) - exact[kind]).max(axis=1)
            one[kind] = {"rows": len(ids), "largest": float(moved.max()), "mean": float(moved.mean())}
        result["mixes"].append(one)
    os.makedirs(options.out, exist_ok=True)
    for name, text in (("json", json.dumps(result, indent=1)), ("md", markdown(result)), ("svg", svg(result))):
        cut_model.write(os.path.join(options.out, "curve." + name), text + "\n")
    print(markdown(result))


def golden_ids(model, path):
    import tensorflow_text  # registers the ops that the SavedModel calls
    with (lzma.open if path.endswith(".xz") else open)(path, "rt", encoding="utf-8") as lines:
        rows = [next(iter(json.loads(line)["inputs"].values())) for line in lines]
    return cut_model.Original(tf, model).ids(rows)


def markdown(result):
    kinds = [kind for kind in ("reviews", "goldens") if kind in result["mixes"][0]]
    heads = [f"{kind} ({result['mixes'][0][kind]['rows']}): mean, largest move" for kind in kinds]
    lines = [f"| in fp32 | rows/s | to all bf16, same round | {' | '.join(heads)} |", "|---" * (3 + len(kinds)) + "|"]
    for one in result["mixes"]:
        ratios = one["to_all_bf16"]
        moves = " | ".join(f"{one[kind]['mean']:.4f}, {one[kind]['largest']:.4f}" for kind in kinds)
        lines.append(f"| {one['name']} | {one['rows_per_second']} | {statistics.median(ratios):.2f} "
                     f"({min(ratios):.2f} to {max(ratios):.2f}) | {moves} |")
    return "\n".join(lines)


def svg(result):
    """Speed to the right, the mean move downwards to nothing: the best mixes lie below to the right."""
    width, height, left, top, right, bottom = 780, 330, 52, 28, 270, 40
    shown = [(one, statistics.median(one["to_all_bf16"]), one["reviews"]["mean"]) for one in result["mixes"]]
    least, most = min(speed for _, speed, _ in shown) - 0.05, max(moved for _, _, moved in shown) * 1.1

    def x(speed):
        return left + (width - left - right) * (speed - least) / (1.05 - least)

    def y(moved):
        return height - bottom - (height - top - bottom) * moved / most

    parts = [report.text(left, 16, f"{result['model']}: mean move of answers, by speed and by what is in fp32", "title"),
             report.text(x(1.05), height - 6, "speed, all bf16 = 1", "end")]
    for tick in range(int(least * 10) + 1, 11):
        parts += [f'<path d="M{x(tick / 10):.1f} {top}V{height - bottom}" stroke="#ddd"/>',
                  report.text(x(tick / 10) + 8, height - bottom + 15, f"{tick / 10:g}", "end")]
    step = 10 ** math.floor(math.log10(most / 2))
    for tick in (step * count for count in range(int(most / step) + 1)):
        parts += [f'<path d="M{left} {y(tick):.1f}H{x(1.05):.1f}" stroke="#ddd"/>',
                  report.text(left - 6, y(tick) + 4, f"{tick:.3g}", "end")]
    line = top - 10
    for one, speed, moved in sorted(shown, key=lambda each: -each[2]):
        parts.append(f'<circle cx="{x(speed):.1f}" cy="{y(moved):.1f}" r="4" '
                     f'fill="{"#1a6" if one["name"] == SERVED else "#579"}"/>')
        words = one["name"] + (" (the server's)" if one["name"] == SERVED else "")
        if speed < 0.8:
            parts.append(report.text(x(speed) + 8, y(moved) - 6, words, ""))
            continue
        line = max(line + 14, y(moved))
        parts += [f'<path d="M{x(speed) + 4:.1f} {y(moved):.1f}L{x(1.05) + 10:.1f} {line:.1f}" stroke="#999" stroke-width="0.6"/>',
                  report.text(x(1.05) + 14, line + 4, words, "")]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>', *parts, "</svg>"])


if __name__ == "__main__":
    main()
