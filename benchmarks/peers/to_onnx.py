"""Converts the encoder that cut_model.py cut out, by tf2onnx.

    .venv-tensorflow-2.18/bin/python to_onnx.py FOLDER

Writes encoder.onnx, or encoder.onnx.failed with the reason; does nothing if one of them is there.
"""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

OPSET = 18


def main():
    folder = sys.argv[1]
    path = os.path.join(folder, "encoder.onnx")
    if os.path.exists(path) or os.path.exists(path + ".failed"):
        return
    import tensorflow as tf
    import tf2onnx

    with open(os.path.join(folder, "facts.json"), encoding="utf-8") as file:
        facts = json.load(file)
    graph_def = tf.compat.v1.GraphDef()
    with open(os.path.join(folder, "encoder.pb"), "rb") as file:
        graph_def.ParseFromString(file.read())
    try:
        tf2onnx.convert.from_graph_def(
            graph_def, input_names=[name + ":0" for name in facts["inputs"]],
            output_names=[name + ":0" for name in facts["output_tensors"]], opset=OPSET, output_path=path + ".part")
        os.replace(path + ".part", path)
    except Exception as failure:  # the report says what it was
        with open(path + ".failed", "w", encoding="utf-8") as file:
            file.write(f"{type(failure).__name__}: {failure}")


if __name__ == "__main__":
    main()
