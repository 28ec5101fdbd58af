"""Quantises the encoder's fused ONNX form to int8 with NNCF for OpenVINO, as NNCF's users do for transformers.

    .venv-runtimes/bin/python to_nncf.py FOLDER

Post-training quantisation with model_type=TRANSFORMER (SmoothQuant, asymmetric activations, symmetric weights, fast
bias correction), ranges from the calibration texts, one row at a time without padding. Writes encoder-nncf.xml, .bin
and .json (version, texts and seconds); does nothing if encoder-nncf.xml is there.
"""
import json
import logging
import os
import sys
import time

import nncf
import numpy as np
import openvino

import onnxruntime_ids
import rounds


def main():
    folder = sys.argv[1]
    path = os.path.join(folder, "encoder-nncf")
    if os.path.exists(path + ".xml"):
        return
    nncf.set_log_level(logging.ERROR)
    model = openvino.Core().read_model(onnxruntime_ids.fused(folder))
    names = [port.get_any_name() for port in model.inputs]
    ids = rounds.calibration_ids(folder)
    start = time.perf_counter()
    quantised = nncf.quantize(model, nncf.Dataset(ids, lambda row: feeds(names, row)), subset_size=len(ids),
                              model_type=nncf.ModelType.TRANSFORMER)
    seconds = round(time.perf_counter() - start, 1)
    openvino.save_model(quantised, path + ".part.xml", compress_to_fp16=False)
    with open(path + ".json", "w", encoding="utf-8") as file:
        json.dump({"nncf": nncf.__version__, "calibration_texts": len(ids), "quantising_seconds": seconds}, file)
    for ending in (".bin", ".xml"):
        os.replace(path + ".part" + ending, path + ending)


def feeds(names, row):
    values = {"input_word_ids": row, "input_mask": [1] * len(row), "input_type_ids": [0] * len(row)}
    return {name: np.array([values[name.split(":")[0]]], np.int32) for name in names}


if __name__ == "__main__":
    main()
