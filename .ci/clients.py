"""Official clients of the dialects against the built server: python .ci/clients.py PORT GRPC_PORT.

Runs in a virtual environment with what .ci/clients.txt lists. Prints one line per client; exits
with 1 at the first response that is wrong.
"""

import asyncio
import gzip
import json
import os
import subprocess
import sys

import kserve
import numpy as np
import requests
import tritonclient.http as triton

TEXTS = ["a gripping , heartfelt film .", "dull"]
PORT, GRPC_PORT = int(sys.argv[1]), int(sys.argv[2])
BASE = f"http://127.0.0.1:{PORT}"


def flat(value):
    return [x for y in value for x in flat(y)] if isinstance(value, list) else [value]


def near(name, got, want):
    got = [float(x) for x in got]
    if len(got) != len(want) or any(abs(a - b) > 1e-6 for a, b in zip(got, want)):
        sys.exit(f"{name}: {got} (expected: {want})")


def vertex():
    # As LocalEndpoint sends bodies: without a Content-Type.
    body = json.dumps({"instances": TEXTS}).encode()
    reply = requests.post(f"{BASE}/predict", data=body, timeout=30)
    assert "Content-Type" not in reply.request.headers, reply.request.headers
    scores = flat(reply.json()["predictions"])
    packed = requests.post(
        f"{BASE}/predict", data=gzip.compress(body), headers={"Content-Encoding": "gzip"}, timeout=30
    )
    near("vertex, gzip", flat(packed.json()["predictions"]), scores)
    return scores


def tensorflow_serving(want):
    url = f"{BASE}/v1/models/bert:predict"
    near("tfserving", flat(requests.post(url, json={"inputs": TEXTS}, timeout=30).json()["outputs"]), want)
    state = requests.get(f"{BASE}/v1/models/bert", timeout=30).json()
    assert state["model_version_status"][0]["state"] == "AVAILABLE", state


def bigquery(want):
    body = {"requestId": "1", "caller": "c", "sessionUser": "u", "calls": [[TEXTS[0]], [None], [TEXTS[1]]]}
    replies = requests.post(f"{BASE}/bigquery", json=body, timeout=30).json()["replies"]
    assert replies[1] is None, replies
    near("bigquery", flat([replies[0], replies[2]]), want)


def tritonclient_http(want):
    client = triton.InferenceServerClient(f"127.0.0.1:{PORT}")
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("bert")
    server = client.get_server_metadata()
    assert server["name"] == "bertserve", server
    metadata = client.get_model_metadata("bert")
    name = metadata["outputs"][0]["name"]
    config = client.get_model_config("bert")
    assert config["max_batch_size"] > 0 and config["input"][0]["data_type"] == "TYPE_STRING", config
    for ours, theirs in (("inputs", "input"), ("outputs", "output")):
        assert [t["shape"][1:] for t in metadata[ours]] == [t["dims"] for t in config[theirs]], config
    assert client.get_model_repository_index()[0]["state"] == "READY"
    for binary in (True, False):
        texts = triton.InferInput("text", [2, 1], "BYTES")
        texts.set_data_from_numpy(np.array([[t.encode()] for t in TEXTS], dtype=object), binary_data=binary)
        near("triton", client.infer("bert", [texts]).as_numpy(name).flatten(), want)
        plain = triton.InferRequestedOutput(name, binary_data=False)
        reply = client.infer("bert", [texts], outputs=[plain], request_id="q")
        near("triton, JSON out", reply.as_numpy(name).flatten(), want)
        assert reply.get_response()["id"] == "q"
        best = triton.InferRequestedOutput(name, class_count=1)
        value, index = client.infer("bert", [texts], outputs=[best]).as_numpy(name).flatten()[0].split(b":")
        near("triton, classification", [value], want[:1])
        for algorithm in ("gzip", "deflate"):
            reply = client.infer(
                "bert",
                [texts],
                request_compression_algorithm=algorithm,
                response_compression_algorithm=algorithm,
            )
            near(f"triton, {algorithm}", reply.as_numpy(name).flatten(), want)
    assert client.get_inference_statistics("bert")["model_stats"][0]["inference_stats"]["success"]["count"] > 0
    try:
        client.infer("nope", [texts])
        sys.exit("triton: an unknown model was served")
    except triton.InferenceServerException as e:
        assert "nope" in str(e) and e.status() == "404", e


def tritonclient_repository(want):
    client = triton.InferenceServerClient(f"127.0.0.1:{PORT}")
    client.unload_model("bert")
    assert not client.is_model_ready("bert")
    assert client.get_model_repository_index()[0]["state"] == "UNAVAILABLE"
    client.load_model("bert")
    assert client.is_model_ready("bert")
    try:
        client.load_model("nope")
        sys.exit("triton: an unknown model was loaded")
    except triton.InferenceServerException as e:
        assert e.status() == "404", e


async def kserve_rest(want):
    two = kserve.InferenceRESTClient(kserve.RESTConfig(protocol="v2", timeout=30))
    assert await two.is_server_live(BASE) and await two.is_server_ready(BASE)
    assert await two.is_model_ready(BASE, "bert")
    for binary in (True, False):
        texts = kserve.InferInput("text", [2, 1], "BYTES")
        texts.set_data_from_numpy(np.array([[t] for t in TEXTS], dtype=object), binary_data=binary)
        request = kserve.InferRequest(model_name="bert", infer_inputs=[texts])
        reply = await two.infer(BASE, request, model_name="bert")
        near("kserve v2", reply.outputs[0].as_numpy().flatten(), want)
    one = kserve.InferenceRESTClient(kserve.RESTConfig(protocol="v1", timeout=30))
    assert await one.is_server_live(BASE) and await one.is_model_ready(BASE, "bert")
    reply = await one.infer(BASE, {"instances": TEXTS}, model_name="bert")
    near("kserve v1", flat(reply["predictions"]), want)
    for client in (one, two):
        try:
            await client.infer(BASE, {"instances": TEXTS}, model_name="nope")
            sys.exit("kserve: an unknown model was served")
        except Exception as e:
            assert "nope" in str(e) and "404" in str(e), e


want = vertex()
for check in (tensorflow_serving, bigquery, tritonclient_http, tritonclient_repository):
    check(want)
    print(check.__name__, "agrees")
asyncio.run(kserve_rest(want))
print("kserve_rest agrees")
grpc_clients = os.path.join(os.path.dirname(__file__), "grpc_clients.py")
for client in ("tritonclient", "kserve", "tensorflow_serving"):
    scores = [repr(score) for score in want]
    if subprocess.run([sys.executable, grpc_clients, client, str(GRPC_PORT), *scores]).returncode:
        sys.exit(f"{client}: gRPC failed")
