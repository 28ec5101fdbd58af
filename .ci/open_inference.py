"""The server against the published OpenAPI file of the Open Inference Protocol: python .ci/open_inference.py PORT

The file is that of KServe's source in the folder KSERVE. Each of its operations is called for the model bert, in the
form that its schema states. Responses must match their schemas and have no other members. Prints one line per
operation; exits with 1 at the first response that is wrong.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

import jsonschema
from manifests import documents, expect, strict

API = documents(Path(os.environ["KSERVE"]) / "docs" / "predict-api" / "v2" / "rest_predict_v2.yaml")[0]
strict(API["components"])
TEXTS = {"name": "text", "shape": [2, 1], "datatype": "BYTES", "data": ["a fine film", "dull"]}
# Each with the status that it is to have
REQUESTS = {
    "get": [(None, 200)],
    "post": [
        ({"inputs": [TEXTS]}, 200),
        ({"id": "42", "parameters": {}, "inputs": [TEXTS], "outputs": []}, 200),
        ({"inputs": [{**TEXTS, "shape": [3]}]}, 400),
        ({"inputs": []}, 400),
    ],
}


def validate(content, value):
    schema = content["application/json"]["schema"]
    jsonschema.Draft4Validator({**schema, "components": API["components"]}).validate(value)


def call(path, body):
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}{path}", data, timeout=30) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


for template, operations in API["paths"].items():
    path = template.replace("${MODEL_NAME}", "bert").replace("${MODEL_VERSION}", "1")
    for method, requests in REQUESTS.items():
        operation = operations.get(method)
        for body, wanted in requests if operation else ():
            if body is not None:
                validate(operation["requestBody"]["content"], body)
            status, response = call(path, body)
            expect(status == wanted, f"{path}: {status} {response} (expected: {wanted})")
            if "content" in operation["responses"][str(status)]:
                validate(operation["responses"][str(status)]["content"], json.loads(response))
        if operation:
            print(f"{method} {template}: as published", flush=True)
