"""A stand-in for Google's APIs that takes nothing that their discovery documents do not allow.

Each request must be a method of an API, with its parameters, and a body of the method's own schema: no unknown
field, no missing "Required." one, right types and enum values. SQL must parse as BigQuery's. Resources are kept
by name, so that a call that names one that was never made gets 404. Responses are checked by the same schemas.
"""

import base64
import hashlib
import http.server
import json
import re
import threading
import urllib.parse

import sqlglot
from discovery import DOCUMENTS, Refused, methods
from sqlglot import exp

APIS = [
    "aiplatform.v1",
    "artifactregistry.v1",
    "bigquery.v2",
    "bigqueryconnection.v1",
    "cloudresourcemanager.v1",
    "cloudresourcemanager.v3",
    "dataflow.v1b3",
    "run.v1",
    "serviceusage.v1",
    "storage.v1",
]
# What SQL makes, as the API calls it
KINDS = {"SCHEMA": "datasets", "MODEL": "models", "FUNCTION": "routines"}
ACCOUNT = "bqcx-1-abcd@gcp-sa-bigquery-condel.iam.gserviceaccount.com"
URL = "https://bertserve-1.us-central1.run.app"


class Cloud:
    """The resources by name, and what each method does with them: COLLECTION_METHOD, or any_METHOD."""

    def __init__(self):
        self.methods = methods(APIS)
        self.resources = {}
        self.calls = []
        self.refused = []
        self.lock = threading.Lock()

    def call(self, verb, path, query, body):
        for method in self.methods:
            if method.verb == verb and method.path.fullmatch(path):
                break
        else:
            raise Refused(400, f"no method of an API: {verb} {path}")
        method.check_query(query)
        method.check_body("request", body)
        self.calls.append(method.id)
        api, *_, collection, action = method.id.split(".")
        handler = getattr(self, f"{collection}_{action}", None) or getattr(self, f"any_{action}", None)
        if handler is None:
            raise Refused(400, f"{method.id}: not made up")
        name = re.sub(r"^/(upload/)?(bigquery/|storage/|apis/serving.knative.dev/)?v\d/", "", urllib.parse.unquote(path))
        response = handler(api, name.removesuffix(f":{action}"), query, body)
        method.check_body("response", response)
        return response

    def models_upload(self, api, name, query, body):
        model = body.get("parentModel") or f"{name}/{body['modelId']}"
        self.resources[model] = {**body["model"], "name": model, "supportedDeploymentResourcesTypes": ["DEDICATED_RESOURCES"]}
        return done("UploadModelResponse", model=model, modelVersionId="1")

    def endpoints_create(self, api, name, query, body):
        # Clients for Python write it with an underscore
        endpoint = f"{name}/{query.get('endpointId') or query['endpoint_id']}"
        return done("Endpoint", **self.make(endpoint, {**body, "deployedModels": []}))

    def endpoints_deployModel(self, api, name, query, body):
        self.existing(body["deployedModel"]["model"])
        deployed = self.existing(name)["deployedModels"]
        if body["deployedModel"].get("id") in [model["id"] for model in deployed]:
            raise Refused(400, f"{name}: {body['deployedModel']['id']} is deployed already")
        deployed.append(body["deployedModel"])
        return done("DeployModelResponse", deployedModel=body["deployedModel"])

    def endpoints_undeployModel(self, api, name, query, body):
        deployed = self.existing(name)["deployedModels"]
        deployed[:] = [model for model in deployed if model["id"] != body["deployedModelId"]]
        return done("UndeployModelResponse")

    def endpoints_predict(self, api, name, query, body):
        if not self.existing(name)["deployedModels"]:
            raise Refused(400, f"{name}: no model is deployed")
        return {"predictions": [[0.9964383]] * len(body["instances"]), "deployedModelId": "1"}

    def any_getIamPolicy(self, api, name, query, body):
        return self.resources.get(f"policy of {name}", {"version": 1, "etag": "BwX="})

    def any_setIamPolicy(self, api, name, query, body):
        self.resources.pop(f"policy of {name}", None)
        if body["policy"].get("bindings"):
            self.resources[f"policy of {name}"] = {**body["policy"], "etag": "BwX="}
        return body["policy"]

    def services_batchEnable(self, api, name, query, body):
        return {"name": "operations/1", "done": True}

    def connections_create(self, api, name, query, body):
        return self.make(f"{name}/{query['connectionId']}", {**body, "cloudResource": {"serviceAccountId": ACCOUNT}})

    def repositories_create(self, api, name, query, body):
        return done("Repository", **self.make(f"{name}/{query['repositoryId']}", body))

    def make(self, name, body):
        if name in self.resources:
            raise Refused(409, f"{name}: exists")
        self.resources[name] = {**body, "name": name}
        return self.resources[name]

    def buckets_insert(self, api, name, query, body):
        return self.resources.setdefault(f"b/{body['name']}", body)

    def objects_insert(self, api, name, query, body):
        bucket = name.split("/")[1]
        self.existing(f"b/{bucket}")
        item = body.get("name") or query["name"]
        self.resources[f"b/{bucket}/o/{item}"] = {**body, "name": item, "bucket": bucket, "generation": "1"}
        return self.resources[f"b/{bucket}/o/{item}"]

    def objects_list(self, api, name, query, body):
        prefix = f"{name}/{query.get('prefix', '')}"
        return {"items": [self.resources[key] for key in self.resources if key.startswith(prefix)]}

    def flexTemplates_launch(self, api, name, query, body):
        template = re.fullmatch("gs://([^/]+)/(.+)", body["launchParameter"]["containerSpecGcsPath"])
        self.existing(f"b/{template[1]}/o/{template[2]}")
        self.resources["job"] = body["launchParameter"]
        return {"job": {"id": "1", "name": body["launchParameter"]["jobName"], "createTime": "2026-01-01T00:00:00Z"}}

    def services_create(self, api, name, query, body):
        service = f"{name}/{body['metadata']['name']}"
        self.resources[service] = {
            **body,
            "metadata": {**body["metadata"], "generation": 1, "resourceVersion": "1"},
            "status": {
                "url": URL,
                "observedGeneration": 1,
                "latestReadyRevisionName": "r",
                "latestCreatedRevisionName": "r",
                "conditions": [{"type": kind, "status": "True"} for kind in ("Ready", "ConfigurationsReady", "RoutesReady")],
            },
        }
        return self.resources[service]

    def any_get(self, api, name, query, body):
        return self.existing(name)

    def any_delete(self, api, name, query, body):
        if self.existing(name).get("deployedModels"):
            raise Refused(400, f"{name}: a model is deployed")
        inside = [key for key in self.resources if key.startswith(f"{name}/")]
        if inside and "/repositories/" not in name:
            raise Refused(400, f"{name}: not empty: {inside}")
        del self.resources[name]
        if api == "run":
            service = name.split("/")[-1]
            for policy in [key for key in self.resources if re.fullmatch(f"policy of .*/services/{service}", key)]:
                del self.resources[policy]
        return done("Empty") if api in ("aiplatform", "artifactregistry") else {}

    def jobs_insert(self, api, name, query, body):
        self.selects = self.run_sql(body["configuration"]["query"]["query"])
        return {
            "jobReference": {"projectId": name.split("/")[1], "jobId": "job", "location": "US", **body.get("jobReference", {})},
            "configuration": body["configuration"],
            "status": {"state": "DONE"},
            "statistics": {"query": {"statementType": "SELECT" if self.selects else "SCRIPT"}},
        }

    def jobs_query(self, api, name, query, body):
        self.selects = self.run_sql(body["query"])
        return self.jobs_getQueryResults(api, name, query, body)

    def jobs_getQueryResults(self, api, name, query, body):
        reference = {"projectId": name.split("/")[1], "jobId": "job", "location": "US"}
        if not self.selects:
            return {"jobReference": reference, "jobComplete": True, "totalRows": "0"}
        fields = [("text", "STRING"), ("score", "FLOAT"), ("remote_model_status", "STRING")]
        return {
            "jobReference": reference,
            "jobComplete": True,
            "totalRows": "1",
            "schema": {"fields": [{"name": field, "type": kind} for field, kind in fields]},
            "rows": [{"f": [{"v": "a gripping, beautifully acted film"}, {"v": "0.9964383"}, {"v": None}]}],
        }

    def jobs_list(self, api, name, query, body):
        """The statements of a script."""
        return {"jobs": []}

    def run_sql(self, sql):
        """Makes what the statements make; returns whether the last one selects rows."""
        selects = False
        for statement in filter(None, sqlglot.parse(sql, dialect="bigquery")):
            selects = isinstance(statement, exp.Select)
            if isinstance(statement, exp.Create):
                self.create(KINDS[statement.kind], statement)
            elif selects:
                self.check_names(statement)
            else:
                raise Refused(400, f"not understood as SQL of BigQuery: {statement.sql()[:80]}")
        return selects

    def check_names(self, statement):
        text = statement.sql(dialect="bigquery")
        for model in re.findall(r"MODEL `(.*?)`", text):
            self.existing(resource("models", model))
        for function in re.findall(r"`([^`]*)`\(", text):
            self.existing(resource("routines", function))

    def create(self, kind, statement):
        name = resource(kind, statement.this.this if kind == "routines" else statement.this)
        text = statement.sql(dialect="bigquery")
        if kind != "datasets":
            self.existing(name.split(f"/{kind}/")[0])
            project, location, connection = re.search(r"REMOTE WITH CONNECTION `(.*?)`", text)[1].split(".")
            self.existing(f"projects/{project}/locations/{location}/connections/{connection}")
        for endpoint in re.findall(r"aiplatform.googleapis.com/v1/(projects/[^'\"]*)", text):
            self.existing(endpoint)
        self.resources[name] = {}

    def existing(self, name):
        if name in self.resources:
            return self.resources[name]
        raise Refused(404, f"{name}: not found (there are: {sorted(self.resources)})")


def resource(kind, name):
    """The name in the API of what SQL calls project.dataset.name."""
    if not isinstance(name, str):
        name = name.sql(dialect="bigquery")
    project, dataset, *rest = name.replace("`", "").split(".")
    return "/".join([f"projects/{project}/datasets/{dataset}", *(f"{kind}/{part}" for part in rest)])


def done(kind, **response):
    """An operation that is done, with its response."""
    kind = "google.protobuf.Empty" if kind == "Empty" else f"google.cloud.aiplatform.v1.{kind}"
    return {
        "name": "projects/p/locations/us-central1/operations/1",
        "done": True,
        "response": {"@type": f"type.googleapis.com/{kind}", **response},
    }


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        cloud = self.server.cloud
        try:
            if url.path == "/$discovery/rest" or url.path.startswith("/discovery/"):
                api = "bigqueryconnection.v1" if "version=v1" in url.query else "bigquery.v2"
                response = (DOCUMENTS / f"{api}.json").read_bytes()
            else:
                with cloud.lock:
                    response = cloud.call(self.command, url.path, dict(urllib.parse.parse_qsl(url.query)), self.json(data))
                response = json.dumps(response).encode()
            status = 200
        except Exception as failure:
            # Never one that clients repeat
            status = failure.status if isinstance(failure, Refused) else 400
            # What exists and what does not is the caller's question
            if status not in (404, 409):
                cloud.refused.append(f"{self.command} {url.path}: {failure}")
            response = json.dumps({"error": {"code": status, "message": str(failure), "status": "INVALID_ARGUMENT"}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(response)))
        self.end_headers()
        self.wfile.write(response)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def json(self, data):
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("multipart/"):
            # Of an upload: the object, then its bytes
            parts = re.split(rb"\r?\n\r?\n", data, maxsplit=2)
            content = re.split(rb"\r?\n--=", parts[2])[0]
            digest = base64.b64encode(hashlib.md5(content).digest()).decode()
            return {**json.loads(re.split(rb"\r?\n--", parts[1])[0]), "size": str(len(content)), "md5Hash": digest}
        return json.loads(data) if data.strip() else {}

    def log_message(self, *arguments):
        pass


def start():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.cloud = Cloud()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.cloud, f"http://127.0.0.1:{server.server_port}"
