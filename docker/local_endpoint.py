"""Vertex AI's LocalModel against an image: python docker/local_endpoint.py IMAGE MODEL

Needs google-cloud-aiplatform[prediction], and Docker's socket or Podman's in DOCKER_HOST. MODEL is a
folder of this machine, which LocalEndpoint mounts as it does. Exits with 1 at the first wrong response.
"""

import json
import sys
import tempfile

from google.cloud.aiplatform.prediction import LocalModel

TEXTS = ["a moving and funny film", "dull"]
image, model = sys.argv[1:]

with LocalModel(serving_container_image_uri=image).deploy_to_local_endpoint(
    artifact_uri=model, container_ready_timeout=240
) as endpoint:
    assert endpoint.run_health_check().status_code == 200
    body = json.dumps({"instances": TEXTS})
    reply = endpoint.predict(request=body)
    assert reply.status_code == 200 and len(reply.json()["predictions"]) == len(TEXTS), reply.text
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(body)
        file.flush()
        assert endpoint.predict(request_file=file.name).json() == reply.json()
    refused = endpoint.predict(request="{")
    assert refused.status_code == 400 and "error" in refused.json(), refused.text
    # Docker's own limit: Podman 4's API kills a container at once that was created without one.
    endpoint.container.stop(timeout=10)
    status = endpoint.container.wait()["StatusCode"]
    assert status == 0, status
print("LocalEndpoint agrees:", reply.text)
