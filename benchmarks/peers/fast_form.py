"""A peer: the mathematics of a BERT encoder written by hand in stock TensorFlow's fused ops, ids in.

    .venv-tensorflow-2.18/bin/python fast_form.py bf16|fp32 FOLDER              the whole encoder
    .venv-tensorflow-2.18/bin/python fast_form.py bf16|fp32 FOLDER --matmuls    its matrix products alone

What a rewriter of graphs can reach in this runtime, on the model's own weights: fused query, key and value,
oneDNN's fused MatMul and LayerNorm, the last layer for the first token only. The products alone are the
ceiling of the machine; their answers mean nothing. For BERT as TensorFlow Hub exports it, one text,
tanh GELU, one sigmoid output.
"""
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import config_pb2

import rounds

Attr = tf.compat.v1.AttrValue
LAYER_NORM_EPSILON = 1e-12


def main():
    precision, folder = sys.argv[1:3]
    form = Form(np.load(os.path.join(folder, "weights.npz")), {"bf16": tf.bfloat16, "fp32": tf.float32}[precision])
    matmuls = sys.argv[3:] == ["--matmuls"]
    graph = FormGraph(lambda ids, mask: [form.matmuls(ids) if matmuls else form.score(ids, mask)])
    del form.weights
    about = {"tensorflow": tf.__version__, "precision": precision}
    if matmuls:
        full = rounds.Workload(folder, "full")
        about["gflop_per_row"] = form.flops(len(full.ids[0])) / 1e9
    rounds.serve_ids(about, folder, graph.open_streams, ["full"] if matmuls else list(rounds.CALIBRATION_ROWS))


class FormGraph:
    """The graph of fetches(ids, mask). Every node has its final form, so TensorFlow's graph optimizers are off."""

    def __init__(self, fetches):
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.inputs = [tf.compat.v1.placeholder(tf.int32, [None, None], name) for name in ("ids", "mask")]
            self.fetches = fetches(*self.inputs)

    def open_streams(self, streams, threads):
        """As rounds.serve_ids wants it; one session is enough for all streams."""
        config = config_pb2.ConfigProto(intra_op_parallelism_threads=threads, inter_op_parallelism_threads=-1,
                                        use_per_session_threads=True)
        config.graph_options.rewrite_options.disable_meta_optimizer = True
        config.graph_options.optimizer_options.opt_level = config_pb2.OptimizerOptions.L0
        call = tf.compat.v1.Session(graph=self.graph, config=config).make_callable(self.fetches, self.inputs)
        return lambda stream, feeds: call(feeds["input_word_ids"], feeds["input_mask"])


class Form:
    """Builds graphs of the weights of one model, in one precision."""

    def __init__(self, weights, dtype):
        self.weights, self.dtype = weights, dtype
        self.width, self.heads, self.head = self.weight("transformer/layer_0/self_attention/query/kernel").shape
        self.inner = self.weight("transformer/layer_0/intermediate/kernel").shape[1]
        self.layers = 1 + max(int(name.split("/")[1].split("_")[1])
                              for name in weights.files if name.startswith("transformer/layer_"))

    def weight(self, name):
        return self.weights[name + ":0"]

    def constant(self, values):
        return tf.constant(values, dtype=self.dtype)

    def flops(self, length):
        """Of the six matrix products of every layer, for one row."""
        dense = 2 * length * (4 * self.width * self.width + 2 * self.width * self.inner)
        return self.layers * (dense + 4 * length * length * self.width)

    def layer_norm(self, x, name):
        """One oneDNN node instead of nine ops."""
        attrs = {"T": Attr(type=self.dtype.as_datatype_enum), "epsilon": Attr(f=LAYER_NORM_EPSILON)}
        inputs = [x, self.constant(self.weight(name + "/gamma")), self.constant(self.weight(name + "/beta"))]
        graph = tf.compat.v1.get_default_graph()
        return graph.create_op("_MklLayerNorm", inputs, [self.dtype], attrs=attrs,
                               name=graph.unique_name("layer_norm")).outputs[0]

    def dense(self, x, kernel, bias, then=(), *more):
        """One oneDNN node: MatMul and BiasAdd, then a GELU, or Add of a residual given in more."""
        attrs = {"T": Attr(type=self.dtype.as_datatype_enum), "transpose_a": Attr(b=False),
                 "transpose_b": Attr(b=False), "num_args": Attr(i=1 + len(more)),
                 "fused_ops": Attr(list=Attr.ListValue(s=[b"BiasAdd", *then])),
                 "epsilon": Attr(f=1e-4), "leakyrelu_alpha": Attr(f=0.2)}
        graph = tf.compat.v1.get_default_graph()
        return graph.create_op("_FusedMatMul", [x, self.constant(kernel), self.constant(bias), *more], [self.dtype],
                               attrs=attrs, name=graph.unique_name("dense")).outputs[0]

    def dense_at(self, layer, place, x, kernel, bias, then=(), *more):
        """The dense product of a layer that reads x. Only forms that differ by place use the place."""
        return self.dense(x, kernel, bias, then, *more)

    def projections(self, layer, *names):
        """Kernel and bias of attention's projections side by side, the query's with 1/sqrt(head) in it."""
        kernels, biases = [], []
        for name in names:
            scale = self.head ** -0.5 if name == "query" else 1.0
            path = f"transformer/layer_{layer}/self_attention/{name}"
            kernels.append(self.weight(path + "/kernel").reshape(self.width, -1) * scale)
            biases.append(self.weight(path + "/bias").reshape(-1) * scale)
        return np.concatenate(kernels, axis=1), np.concatenate(biases)

    def output_projection(self, layer):
        path = f"transformer/layer_{layer}/self_attention/attention_output"
        return self.weight(path + "/kernel").reshape(-1, self.width), self.weight(path + "/bias")

    def feed_forward(self, layer, name):
        path = f"transformer/layer_{layer}/{name}"
        return self.weight(path + "/kernel"), self.weight(path + "/bias")

    def feed_forward_at(self, layer, x):
        inner = self.dense_at(layer, "mid", x, *self.feed_forward(layer, "intermediate"), [b"GeluApproximate"])
        return self.dense_at(layer, "inner", inner, *self.feed_forward(layer, "output"), [b"Add"], x)

    def by_head(self, x, rows, length):
        return tf.transpose(tf.reshape(x, [rows, length, self.heads, self.head]), [0, 2, 1, 3])

    def score(self, ids, mask):
        rows, length = tf.shape(ids)[0], tf.shape(ids)[1]
        away = (tf.cast(mask, self.dtype) - 1)[:, None, None, :] * tf.cast(1e4, self.dtype)  # once for all layers
        positions = self.weight("position_embedding/embeddings") + self.weight("type_embeddings/embeddings")[0]
        x = (tf.gather(self.constant(self.weight("word_embeddings/embeddings")), ids)
             + tf.gather(self.constant(positions), tf.range(length))[None])
        x = tf.reshape(self.layer_norm(x, "embeddings/layer_norm"), [-1, self.width])
        for layer in range(self.layers):
            if layer < self.layers - 1:
                together = self.dense_at(layer, "in", x, *self.projections(layer, "query", "key", "value"))
                query, key, value = (self.by_head(t, rows, length) for t in tf.split(together, 3, -1))
            else:  # the head reads the first token alone: one query a row
                together = self.dense_at(layer, "in", x, *self.projections(layer, "key", "value"))
                key, value = (self.by_head(t, rows, length) for t in tf.split(together, 2, -1))
                x = tf.reshape(x, [rows, length, self.width])[:, 0]
                query = self.by_head(self.dense_at(layer, "first", x, *self.projections(layer, "query")), rows, 1)
            seen = tf.matmul(tf.nn.softmax(tf.matmul(query, key, transpose_b=True) + away), value)
            seen = tf.reshape(tf.transpose(seen, [0, 2, 1, 3]), [-1, self.width])
            path = f"transformer/layer_{layer}"
            x = self.layer_norm(self.dense_at(layer, "seen", seen, *self.output_projection(layer), [b"Add"], x),
                                path + "/self_attention_layer_norm")
            x = self.layer_norm(self.feed_forward_at(layer, x), path + "/output_layer_norm")
        pooled = tf.tanh(self.dense(x, self.weight("pooler_transform/kernel"), self.weight("pooler_transform/bias")))
        head = tf.matmul(tf.cast(pooled, tf.float32), self.weight("classifier/kernel"))
        return tf.sigmoid(head + self.weight("classifier/bias"))

    def matmuls(self, ids):
        """The six products of every layer, none waiting for another's values, and an answer of zeros."""
        rows, length = tf.shape(ids)[0], tf.shape(ids)[1]
        narrow = tf.fill([rows * length, self.width], tf.cast(0.5, self.dtype))
        wide = tf.fill([rows * length, self.inner], tf.cast(0.5, self.dtype))
        heads = self.by_head(narrow, rows, length)
        probabilities = tf.fill([rows, self.heads, length, length], tf.cast(0.5, self.dtype))
        products = []
        for layer in range(self.layers):
            products += [
                tf.matmul(narrow, self.constant(self.projections(layer, "query", "key", "value")[0])),
                tf.matmul(heads, heads, transpose_b=True),
                tf.matmul(probabilities, heads),
                tf.matmul(narrow, self.constant(self.output_projection(layer)[0])),
                tf.matmul(narrow, self.constant(self.feed_forward(layer, "intermediate")[0])),
                tf.matmul(wide, self.constant(self.feed_forward(layer, "output")[0])),
            ]
        with tf.control_dependencies([product.op for product in products]):
            return tf.zeros([rows, 1])


if __name__ == "__main__":
    main()
