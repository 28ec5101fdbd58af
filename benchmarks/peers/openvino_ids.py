"""A peer: the encoder alone in OpenVINO, ids in.

    .venv-runtimes/bin/python openvino_ids.py bf16|fp32 FOLDER [FORM]

FORM is encoder-fused.onnx if it is left out. From encoder.pb, the graph as TensorFlow wrote it, OpenVINO 2026.4 is
slower, and in bf16 wrong: softmax in all layers but the first gives every token the same weight.
"""
import os
import sys

import openvino

import onnxruntime_ids
import rounds


def main():
    precision, folder, *form = sys.argv[1:]
    core = openvino.Core()
    model = core.read_model(os.path.join(folder, *form) if form else onnxruntime_ids.fused(folder))
    names = [port.get_any_name().split(":")[0] for port in model.inputs]
    outputs = sorted((port.get_any_name(), place) for place, port in enumerate(model.outputs))

    def open_streams(streams, threads):
        compiled = core.compile_model(model, "CPU", {
            "INFERENCE_PRECISION_HINT": {"bf16": "bf16", "fp32": "f32"}[precision],
            "PERFORMANCE_HINT": "LATENCY" if streams == 1 else "THROUGHPUT",
            "NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": streams * threads})
        requests = [compiled.create_infer_request() for _ in range(streams)]

        def infer(stream, feeds):
            found = requests[stream].infer([feeds[name] for name in names], share_inputs=True)
            return [found[place] for _, place in outputs]

        return infer

    rounds.serve_ids({"openvino": openvino.__version__, "precision": precision, "form": form[0] if form else "encoder-fused.onnx"}, folder, open_streams)


if __name__ == "__main__":
    main()
