"""Runs the scripts that deploy, whole, without a cloud: python .ci/deploy.py

They run against .ci/google_cloud.py, which takes only what Google's APIs allow: deploy.py through Google's clients,
the shell scripts through Google's command line where it is installed. Each must ask for what it says, and clean-up
must leave nothing. Prints one line per script; exits with 1 if one fails.
"""

import concurrent.futures
import contextlib
import copy
import functools
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import google_cloud
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from google.cloud.aiplatform_v1 import AcceleratorType

ROOT = Path(__file__).parent.parent
VERTEX = ROOT / "docker" / "vertex"
TUNED = {"GPU": "1", "MODEL_URI": "gs://my-bucket/my-model", "MAX_REPLICAS": "3", "SERVE_ARGS": "serve --output-form scalar"}


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def python_script(variables):
    cloud, url = google_cloud.start()
    script = load(VERTEX / "deploy.py")
    fake = {"credentials": AnonymousCredentials(), "client_options": {"api_endpoint": url}}
    script.Cloud.client = functools.cache(lambda self, client: client(transport="rest", **fake))
    script.Cloud.bigquery = functools.cache(lambda self: bigquery.Client("my-project", location="US", **fake))
    os.environ.update({"PROJECT": "my-project", **variables})
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            # Twice, since a step may be repeated
            script.main(["all", "upload", "deploy", "bigquery"])
            used = copy.deepcopy(cloud.resources)
            script.main(["clean-up"])
    finally:
        for name in ("PROJECT", *variables):
            del os.environ[name]
        if cloud.refused:
            raise SystemExit("\n".join(cloud.refused))
    expect(not cloud.resources, f"clean-up leaves {sorted(cloud.resources)}")
    expect("'score': 0.9964383" in output.getvalue(), output.getvalue())
    model = used["projects/my-project/locations/us-central1/models/bertserve"]
    endpoint = used["projects/my-project/locations/us-central1/endpoints/1001"]
    return model, endpoint["deployedModels"][0], cloud.calls


def check_python_script():
    model, deployed, calls = python_script({})
    expect(calls.count("aiplatform.projects.locations.endpoints.deployModel") == 1, calls)
    tuned_model, tuned, _ = python_script(TUNED)
    machine = tuned["dedicatedResources"]["machineSpec"]
    machine["acceleratorType"] = AcceleratorType(machine["acceleratorType"]).name
    expect(machine["acceleratorType"] == "NVIDIA_TESLA_T4" and machine["acceleratorCount"] == 1, machine)
    expect(tuned["dedicatedResources"]["maxReplicaCount"] == 3, tuned)
    expect(tuned_model["artifactUri"] == "gs://my-bucket/my-model", tuned_model)
    return model, deployed, tuned_model, tuned


# No engine is needed: it does nothing but write the schemas, as "inspect" does.
DOCKER = """#!/bin/sh
for argument; do
  case $argument in
    *:/schemas) touch "${argument%:/schemas}/instance.yaml" "${argument%:/schemas}/prediction.yaml" ;;
  esac
done
"""


def shell_script(script, variables, *calls):
    """Runs the script with each of the calls, and returns the cloud's resources before the last and after it."""
    cloud, url = google_cloud.start()
    with tempfile.TemporaryDirectory() as home:
        environment = {"PROJECT": "my-project", **variables, **command_line(Path(home), url)}
        try:
            for call in calls:
                before = copy.deepcopy(cloud.resources)
                run([script, *call.split()], environment)
        finally:
            if cloud.refused:
                raise SystemExit("\n".join(cloud.refused))
    return before, cloud.resources


def command_line(home, url):
    """Variables that make the Google Cloud CLI call url, with settings of its own in home."""
    (home / "bin").mkdir()
    (home / "bin" / "docker").write_text(DOCKER)
    (home / "bin" / "docker").chmod(0o755)
    (home / "token").write_text("token")
    (home / "bigqueryrc").write_text(f"api = {url}\n")
    (home / "bin" / "mvn").symlink_to("docker")
    apis = ("AIPLATFORM", "ARTIFACTREGISTRY", "CLOUDRESOURCEMANAGER", "DATAFLOW", "SERVICEUSAGE")
    return {
        **{f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}": f"{url}/" for api in apis},
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": f"{url}/storage/v1/",
        # Its name is put behind that of the region, hence a proxy
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN": "http://run/",
        "http_proxy": url,
        "no_proxy": "127.0.0.1",
        "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(home / "token"),
        "CLOUDSDK_CONFIG": str(home),
        "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
        "BIGQUERYRC": str(home / "bigqueryrc"),
        "VERTEX": f"{url}/v1",
        "HOME": str(home),
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
    }


def run(command, environment):
    command = [str(word) for word in command]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=900)
    expect(done.returncode == 0, f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def check_vertex_script(model, deployed):
    made, left = shell_script(VERTEX / "deploy.sh", {}, "all", "clean-up")
    expect(not left, f"clean-up leaves {sorted(left)}")
    same_as_python(made, model, deployed)


def check_tuned_vertex_script(model, deployed):
    _, made = shell_script(VERTEX / "deploy.sh", TUNED, "upload deploy")
    same_as_python(made, model, deployed)


def same_as_python(made, model, deployed):
    region = "projects/my-project/locations/us-central1"
    got = made[f"{region}/models/bertserve"], made[f"{region}/endpoints/1001"]["deployedModels"][0]
    got, (model, deployed) = without_false(got), without_false((model, deployed))
    expect(got == (model, deployed), f"deploy.sh asks for {got}, deploy.py for {(model, deployed)}")


def without_false(value):
    """The value without fields that are false, which gcloud sends and the clients for Python leave out."""
    if isinstance(value, dict):
        return {name: without_false(item) for name, item in value.items() if item is not False}
    return type(value)(map(without_false, value)) if isinstance(value, (list, tuple)) else value


def check_cloud_run_script():
    _, left = shell_script(ROOT / "docker" / "cloudrun" / "deploy.sh", {}, "all", "clean-up")
    expect(not left, f"clean-up leaves {sorted(left)}")


def check_dataflow_script():
    made, left = shell_script(ROOT / "docker" / "dataflow" / "deploy.sh", {"OPTIONS": "texts=review;keys=id,lang"}, "all", "clean-up")
    expect(set(left) == {"job"}, f"clean-up leaves {sorted(left)}")
    form = json.loads((ROOT / "docker" / "dataflow" / "metadata.json").read_text())["parameters"]
    given = made["job"]["parameters"]
    expect({"model", "input", "output", "texts", "keys"} == set(given), given)
    for parameter in form:
        value = given.get(parameter["name"], "")
        expect(value or parameter["isOptional"], f"{parameter['name']}: not given")
        for regex in parameter.get("regexes", []):
            expect(not value or re.fullmatch(regex, value), f"{parameter['name']}: {value} (expected: {regex})")


def expect(condition, message):
    if not condition:
        raise SystemExit(str(message))


def main():
    model, deployed, tuned_model, tuned = check_python_script()
    print("vertex/deploy.py: ok", flush=True)
    if shutil.which("gcloud") and shutil.which("bq"):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            checks = {
                "vertex/deploy.sh": pool.submit(check_vertex_script, model, deployed),
                "vertex/deploy.sh with a T4 and a model in a bucket": pool.submit(check_tuned_vertex_script, tuned_model, tuned),
                "cloudrun/deploy.sh": pool.submit(check_cloud_run_script),
                "dataflow/deploy.sh": pool.submit(check_dataflow_script),
            }
            for name, check in checks.items():
                check.result()
                print(f"{name}: ok", flush=True)
    else:
        print("no Google Cloud CLI: the shell scripts are skipped", file=sys.stderr)


if __name__ == "__main__":
    main()
