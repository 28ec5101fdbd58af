"""A peer: the encoder alone in OpenVINO, ids in.

    .venv-runtimes/bin/python openvino_ids.py bf16|fp32 FOLDER
"""
import os
import sys

import openvino

import rounds


def main():
    precision, folder = sys.argv[1:]
    core = openvino.Core()
    model = core.read_model(os.path.join(folder, "encoder.pb"))
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

    rounds.serve_ids({"openvino": openvino.__version__, "precision": precision}, folder, open_streams)


if __name__ == "__main__":
    main()
