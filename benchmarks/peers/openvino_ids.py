"""A peer: the encoder alone in OpenVINO, ids in; int8 is what NNCF made of it (to_nncf.py).

    .venv-runtimes/bin/python openvino_ids.py int8|bf16|fp32 FOLDER [FORM]

FORM is encoder-nncf.xml in int8 and encoder-fused.onnx otherwise if it is left out. From encoder.pb, the graph as
TensorFlow wrote it, OpenVINO 2026.4 is slower, and in bf16 wrong: softmax in all layers but the first gives every token
the same weight. In int8 OpenVINO chooses itself what the rest is computed in: bf16 where the machine has it.
"""
import json
import os
import sys

import openvino

import onnxruntime_ids
import rounds

HINTS = {"int8": {}, "bf16": {"INFERENCE_PRECISION_HINT": "bf16"}, "fp32": {"INFERENCE_PRECISION_HINT": "f32"}}


def main():
    precision, folder, *form = sys.argv[1:]
    path = os.path.join(folder, *form) if form else quantised(folder) if precision == "int8" else onnxruntime_ids.fused(folder)
    core = openvino.Core()
    model = core.read_model(path)
    names = [port.get_any_name().split(":")[0] for port in model.inputs]
    outputs = sorted((port.get_any_name(), place) for place, port in enumerate(model.outputs))
    about = {"openvino": openvino.__version__, "precision": precision, "form": os.path.basename(path)}
    if precision == "int8" and not form:
        with open(path.replace(".xml", ".json"), encoding="utf-8") as file:
            about |= json.load(file)

    def open_streams(streams, threads):
        compiled = core.compile_model(model, "CPU", HINTS[precision] | {
            "PERFORMANCE_HINT": "LATENCY" if streams == 1 else "THROUGHPUT",
            "NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": streams * threads})
        about["inference_precision"] = compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
        requests = [compiled.create_infer_request() for _ in range(streams)]

        def infer(stream, feeds):
            found = requests[stream].infer([feeds[name] for name in names], share_inputs=True)
            return [found[place] for _, place in outputs]

        return infer

    rounds.serve_ids(about, folder, open_streams)


def quantised(folder):
    path = os.path.join(folder, "encoder-nncf.xml")
    if not os.path.exists(path):
        sys.exit("NNCF could not quantise the encoder, see what to_nncf.py said")
    return path


if __name__ == "__main__":
    main()
