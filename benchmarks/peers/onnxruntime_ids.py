"""A peer: the encoder alone in ONNX Runtime, ids in; int8 is its dynamic quantisation.

    .venv-runtimes/bin/python onnxruntime_ids.py int8|fp32 FOLDER
"""
import os
import sys

import onnx
import onnxruntime

import rounds


def main():
    precision, folder = sys.argv[1:]
    path = fused(folder)
    if precision == "int8":
        path = made(path.replace(".onnx", "-int8.onnx"), lambda result, path=path: quantise(path, result))

    def open_streams(streams, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
        inputs = {one.name: one.name.split(":")[0] for one in session.get_inputs()}
        outputs = sorted(one.name for one in session.get_outputs())
        return lambda stream, feeds: session.run(outputs, {name: feeds[own] for name, own in inputs.items()})

    rounds.serve_ids({"onnxruntime": onnxruntime.__version__, "precision": precision}, folder, open_streams)


def fused(folder):
    """The encoder in the fused nodes that both ONNX Runtime and OpenVINO know."""
    path = os.path.join(folder, "encoder.onnx")
    if not os.path.exists(path):
        if not os.path.exists(path + ".failed"):
            sys.exit("tf2onnx ended without a result, as it does where memory runs out")
        with open(path + ".failed", encoding="utf-8") as reason:
            sys.exit(f"tf2onnx could not convert the encoder: {reason.read()}")
    return made(path.replace(".onnx", "-fused.onnx"), lambda result: fuse(path, result))


def made(path, make):
    if not os.path.exists(path):
        make(path + ".part")
        os.replace(path + ".part", path)
    return path


def fuse(path, result):
    """Constants folded, then LayerNorm and GELU as one node each, which the session's own optimizer leaves apart."""
    from onnxruntime.transformers import optimizer
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = result + ".folded"
    onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
    fused = optimizer.optimize_model(result + ".folded", model_type="bert", opt_level=0)
    os.remove(result + ".folded")
    for node in fused.model.graph.node:
        if node.op_type == "Gemm" and len(node.input) == 2:
            for attribute in node.attribute:
                if attribute.name == "beta":
                    attribute.f = 1.0  # of nothing: the quantisation leaves other values out
    fused.save_model_to_file(result)


def quantise(path, result):
    from onnxruntime.quantization import QuantType, quantize_dynamic
    quantize_dynamic(path, result, weight_type=QuantType.QInt8, per_channel=True,
                     extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})  # after the fused nodes


if __name__ == "__main__":
    main()
