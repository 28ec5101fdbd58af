"""A peer: the hand-written graph of fast_form.py with its dense layers in 8 bits, ids in.

    .venv-tensorflow-2.18/bin/python int8_form.py FOLDER

Every dense product of a layer is one `_QuantizedMatMul`: unsigned 8-bit activations times signed 8-bit weights, then
scale, bias and GELU or residual, all in one oneDNN primitive. Needs VNNI; without it sums saturate in 16 bits and
answers are wrong. Weights have a scale per output channel, activations one constant range per place, from the
calibration texts, with SmoothQuant and bias correction. Attention, softmax, layer norms, residual sums, pooler and
head are fp32.
"""
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

import fast_form
import rounds

Attr = tf.compat.v1.AttrValue
SMOOTHED = ("in", "first", "mid")  # layer norms' outputs, where trained models have channels far larger than the others
LEVELS = 255.0
TILE_TOKENS = 1024
SAMPLES = 256  # tokens of a tile that are kept to search ranges with
SEARCHED_VALUES = 200_000


def main():
    folder = sys.argv[1]
    weights = np.load(os.path.join(folder, "weights.npz"))
    ids = rounds.calibration_ids(folder)
    start = time.perf_counter()
    calibration = Calibration(weights, ids)
    about = {"tensorflow": tf.__version__, "precision": "int8", "calibration_texts": len(ids),
             "calibration_seconds": round(time.perf_counter() - start, 1)}
    form = Int8Form(weights, calibration)
    graph = fast_form.FormGraph(lambda ids, mask: [form.score(ids, mask)])
    del weights, form
    rounds.serve_ids(about, folder, graph.open_streams)


class Int8Form(fast_form.Form):
    """The places: `in` of query, key and value, `first` of the last layer's query, `seen` of attention's output
    projection, `mid` of feed-forward in, and `inner`, which is GELU's output."""

    def __init__(self, weights, calibration):
        super().__init__(weights, tf.float32)
        self.calibration = calibration

    def dense_at(self, layer, place, x, kernel, bias, then=(), *more):
        return self.multiply(layer, place, self.quantize(layer, place, x), kernel, bias, then, more)

    def feed_forward_at(self, layer, x):
        """GELU's output goes from product to product in 8 bits."""
        first, second = self.feed_forward(layer, "intermediate"), self.feed_forward(layer, "output")
        inner = self.multiply(layer, "mid", self.quantize(layer, "mid", x), *first, [b"GeluApproximate"],
                              out_range=self.calibration.ranges[layer, "inner"])
        return self.multiply(layer, "inner", inner, *second, [b"Add"], [x])

    def quantize(self, layer, place, x):
        if place in SMOOTHED:
            x = x * tf.constant(1 / self.calibration.smooth[layer, place])
        low, high = self.calibration.ranges[layer, place]
        return tf.raw_ops.QuantizeV2(input=x, min_range=scalar(low), max_range=scalar(high), T=tf.quint8,
                                     mode="MIN_FIRST", round_mode="HALF_AWAY_FROM_ZERO").output

    def multiply(self, layer, place, q, kernel, bias, then=(), addend=(), out_range=None):
        """The product of a place, smoothing undone and the mean error of the rounded weights taken off the bias."""
        kernel = kernel * self.calibration.smooth[layer, place][:, None]
        whole, peak = whole_numbers(kernel)
        bias = bias + self.calibration.means[layer, place] @ (kernel - whole * (peak / 127))
        return quantized_matmul(q, self.calibration.ranges[layer, place], whole, peak, bias, then, addend, out_range)


def quantized_matmul(q, x_range, whole, peak, bias, then, addend, out_range):
    """Gives fp32, or 8 bits in out_range. Peaks are a number an output channel; ranges must be constants."""
    last, outputs = b"Dequantize", [tf.float32]
    inputs = [q, tf.constant(whole, tf.qint8), tf.constant(bias, tf.float32), *addend,
              *map(scalar, x_range), tf.constant(-peak), tf.constant(peak)]
    if out_range is not None:  # the two more outputs are not read
        last, outputs = b"Requantize", [tf.quint8, tf.float32, tf.float32]
        inputs += map(scalar, out_range)
    attrs = {
        "Tdevice_inputs": types(), "Thost_inputs": types(*(each.dtype for each in inputs)),
        "Tdevice_outputs": types(), "Thost_outputs": types(*outputs),
        "T1": Attr(type=tf.quint8.as_datatype_enum), "T2": Attr(type=tf.qint8.as_datatype_enum),
        "Tbias": Attr(type=tf.float32.as_datatype_enum), "U": Attr(type=tf.float32.as_datatype_enum),
        "Tout": Attr(type=outputs[0].as_datatype_enum), "transpose_a": Attr(b=False), "transpose_b": Attr(b=False),
        "is_weight_const": Attr(b=True), "is_bias_const": Attr(b=True),
        "fused_ops": Attr(list=Attr.ListValue(s=[b"BiasAdd", *then, last])),
        "input_quant_mode": Attr(s=b"MIN_FIRST"), "output_quant_mode": Attr(s=b"MIN_FIRST"),
    }
    graph = tf.compat.v1.get_default_graph()
    return graph.create_op("_QuantizedMatMul", inputs, outputs, attrs=attrs,
                           name=graph.unique_name("quantized_dense")).outputs[0]


def scalar(value):
    return tf.constant(value, tf.float32, shape=[])


def types(*dtypes):
    return Attr(list=Attr.ListValue(type=[dtype.as_datatype_enum for dtype in dtypes]))


def whole_numbers(kernel):
    """Weights as int8, and the largest magnitude of each output channel, which 127 stands for."""
    peak = np.maximum(np.abs(kernel).max(axis=0), 1e-12).astype(np.float32)
    return np.rint(kernel / peak * 127).astype(np.int8), peak


class ProbedForm(fast_form.Form):
    """In fp32, keeping what every place reads and multiplies it with."""

    def __init__(self, weights):
        super().__init__(weights, tf.float32)
        self.probes, self.kernels = {}, {}

    def dense_at(self, layer, place, x, kernel, bias, then=(), *more):
        self.probes[layer, place], self.kernels[layer, place] = x, kernel
        return super().dense_at(layer, place, x, kernel, bias, then, *more)


class Calibration:
    """What rows of ids tell of the inputs of dense products: ranges, smoothing and means, by layer and place."""

    def __init__(self, weights, ids):
        form = ProbedForm(weights)
        graph = fast_form.FormGraph(lambda ids, mask: [form.score(ids, mask), list(form.probes.values())])
        infer = graph.open_streams(1, len(os.sched_getaffinity(0)))
        peaks, sums, counts, samples = {}, {}, {}, {}
        for tile in rounds.tiles(ids, TILE_TOKENS):
            real = tile.feeds["input_mask"].reshape(-1) == 1  # what padding computes does not count
            for key, values in zip(form.probes, infer(0, tile.feeds)[1]):
                values = values[real] if len(values) == len(real) else values
                peaks[key] = np.maximum(peaks.get(key, 1e-3), np.abs(values).max(axis=0))
                sums[key] = sums.get(key, 0) + values.sum(axis=0, dtype=np.float64)
                counts[key] = counts.get(key, 0) + len(values)
                samples.setdefault(key, []).append(values[::max(1, len(values) // SAMPLES)])
        self.smooth = {key: smoothing(peaks[key], form.kernels[key]) if key[1] in SMOOTHED else np.ones_like(peaks[key])
                       for key in samples}
        self.ranges = {key: best_range(np.concatenate(some) / self.smooth[key]) for key, some in samples.items()}
        self.means = {key: (sums[key] / counts[key] / self.smooth[key]).astype(np.float32) for key in samples}


def smoothing(peaks, kernel):
    """SmoothQuant with a strength of 0.5."""
    smooth = np.sqrt(peaks / np.maximum(np.abs(kernel).max(axis=1), 1e-6))
    return (smooth / np.exp(np.log(smooth).mean())).astype(np.float32)


def best_range(values):
    """The part of the whole range that rounds with the least square error."""
    values = values.reshape(-1)
    low, high = min(values.min(), -1e-3), max(values.max(), 1e-3)
    values = np.append(values[::max(1, len(values) // SEARCHED_VALUES)], [low, high])
    best = None
    for part in np.linspace(0.4, 1, 25):
        at_low = low if low > -0.2 else low * part  # GELU's lowest value stays
        step = (high * part - at_low) / LEVELS
        back = np.clip(np.rint((values - at_low) / step), 0, LEVELS) * step + at_low
        error = np.square(back - values).mean()
        if best is None or error < best[0]:
            best = error, (float(at_low), float(high * part))
    return best[1]


if __name__ == "__main__":
    main()
