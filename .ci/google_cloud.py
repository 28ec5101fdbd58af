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
from pathlib import Path

import googleapiclient
import sqlglot
from sqlglot import exp

APIS = [
    "aiplatform.v1",
    "artifactregistry.v1",
    "bigquery.v2",
    "bigqueryconnection.v1",
    "cloudresourcemanager.v1",
    "cloudresourcemanager.v3",
    "run.v1",
    "run.v2",
    "serviceusage.v1",
    "storage.v1",
]
DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
ACCOUNT = "bqcx-1-abcd@gcp-sa-bigquery-condel.iam.gserviceaccount.com"


KINDS = {"SCHEMA": "datasets", "MODEL": "models", "FUNCTION": "routines"}


class Refused(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Method:
    def __init__(self, document, description, prefix):
        self.document = document
        self.id = description["id"]
        self.verb = description["httpMethod"]
        self.description = description
        self.parameters = {**document.get("parameters", {}), **description.get("parameters", {})}
        path = prefix + description.get("flatPath", description["path"])
        # A parameter of one segment, or {+name} of several
        self.path = re.compile("/" + re.sub(r"\\{(\\\+)?\w+\\}", lambda m: "(.+)" if m[1] else "([^/]+)", re.escape(path)))

    def check_query(self, query):
        for name in query:
            camel = re.sub(r"_([a-z])", lambda m: m[1].upper(), name)
            if name.startswith("$") or camel in self.parameters:
                continue
            field = name.split(".")[0]
            if not any(known.split(".")[0] == field for known in self.parameters):
                raise Refused(400, f"{self.id}: no parameter {name}")
        for name, parameter in self.parameters.items():
            if parameter.get("required") and parameter["location"] == "query" and name not in query:
                raise Refused(400, f"{self.id}: parameter {name} is missing")

    def check_body(self, kind, body):
        reference = self.description.get(kind, {}).get("$ref")
        if reference is None:
            if body:
                raise Refused(400, f"{self.id}: takes no {kind}")
            return
        self.check({"$ref": reference}, body, f"{self.id} {kind}", kind == "request")

    def check(self, schema, value, where, required):
        if "$ref" in schema:
            # Of a template within a service, fields of its metadata are not required
            required = required and schema["$ref"] != "ObjectMeta"
            schema = self.document["schemas"][schema["$ref"]]
        kind = schema.get("type", "any")
        if kind == "any":
            return
        python = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}
        if "enum" in schema and type(value) is int:
            # What the clients for Python send, by $alt=json;enum-encoding=int
            return
        text = schema.get("format") in ("int64", "uint64")
        if kind == "string" and text and isinstance(value, int):
            return
        if not isinstance(value, python[kind]) or isinstance(value, bool) != (kind == "boolean"):
            raise Refused(400, f"{where}: {value!r} (expected: {kind})")
        if text and kind == "string" and not re.fullmatch(r"-?\d+", value):
            raise Refused(400, f"{where}: {value!r} (expected: a number in a string)")
        if "enum" in schema and value not in schema["enum"]:
            raise Refused(400, f"{where}: {value!r} (expected: one of {schema['enum']})")
        if kind == "array":
            for index, item in enumerate(value):
                self.check(schema["items"], item, f"{where}[{index}]", required)
        if kind == "object":
            self.check_fields(schema, value, where, required)

    def check_fields(self, schema, value, where, required):
        fields = schema.get("properties", {})
        for name, item in value.items():
            if name in fields:
                self.check(fields[name], item, f"{where}.{name}", required)
            elif "additionalProperties" in schema:
                self.check(schema["additionalProperties"], item, f"{where}.{name}", required)
            else:
                raise Refused(400, f"{where}.{name}: no such field (expected: one of {sorted(fields)})")
        for name, field in fields.items():
            if required and field.get("description", "").startswith("Required.") and name not in value:
                raise Refused(400, f"{where}.{name}: missing")


def methods():
    found = []
    for api in APIS:
        document = json.loads((DOCUMENTS / f"{api}.json").read_text())
        # Some give a method in paths of several lengths
        collect(document, document, found)
    return found


def collect(document, resource, found):
    for description in resource.get("methods", {}).values():
        found.append(Method(document, description, document["servicePath"]))
        if "mediaUpload" in description:
            upload = description["mediaUpload"]["protocols"]["simple"]["path"].lstrip("/")
            found.append(Method(document, {**description, "path": upload, "flatPath": upload}, ""))
    for child in resource.get("resources", {}).values():
        collect(document, child, found)


class Cloud:
    """The resources by name, and what each method does with them."""

    def __init__(self):
        self.methods = methods()
        self.resources = {}
        self.calls = []
        self.refused = []
        self.lock = threading.Lock()

    def call(self, verb, path, query, body):
        for method in self.methods:
            if method.verb == verb and method.path.fullmatch(path):
                break
        else:
            raise Refused(404, f"no method of an API: {verb} {path}")
        method.check_query(query)
        method.check_body("request", body)
        self.calls.append(method.id)
        name = re.sub(r"^/(upload/)?(compute/|bigquery/|storage/|apis/serving.knative.dev/)?v\d/", "", urllib.parse.unquote(path))
        response = self.respond(method.id, name, query, body)
        method.check_body("response", response)
        return response

    def respond(self, method, name, query, body):
        api, *path, verb = method.split(".")
        collection = path[-1]
        if collection == "models" and verb == "upload":
            model = body.get("parentModel") or f"{name.removesuffix(':upload')}/{body['modelId']}"
            self.resources[model] = {**body["model"], "name": model, "supportedDeploymentResourcesTypes": ["DEDICATED_RESOURCES"]}
            return operation("UploadModelResponse", model=model, modelVersionId="1")
        if collection == "endpoints" and verb == "create":
            endpoint = f"{name}/{query['endpointId'] if 'endpointId' in query else query['endpoint_id']}"
            self.resources[endpoint] = {**body, "name": endpoint, "deployedModels": []}
            return operation("Endpoint", **self.resources[endpoint])
        if verb == "deployModel":
            deployed = body["deployedModel"]
            self.existing(name.removesuffix(":deployModel"))["deployedModels"].append(deployed)
            self.existing(deployed["model"])
            return operation("DeployModelResponse", deployedModel=deployed)
        if verb == "undeployModel":
            deployed = self.existing(name.removesuffix(":undeployModel"))["deployedModels"]
            deployed[:] = [model for model in deployed if model["id"] != body["deployedModelId"]]
            return operation("UndeployModelResponse")
        if verb == "predict":
            if not self.existing(name.removesuffix(":predict"))["deployedModels"]:
                raise Refused(400, f"{name}: no model is deployed")
            return {"predictions": [[0.9964383]] * len(body["instances"]), "deployedModelId": "1"}
        if verb in ("getIamPolicy", "setIamPolicy"):
            policy = f"policy of {name.split(':')[0]}"
            if verb == "setIamPolicy":
                self.resources[policy] = {**body["policy"], "etag": "BwX="}
                if not body["policy"].get("bindings"):
                    del self.resources[policy]
            return self.resources.get(policy, {"version": 1, "etag": "BwX="})
        if api == "bigquery" and collection == "jobs":
            return self.job(verb, name, body)
        return self.plain(api, collection, verb, name, query, body)

    def job(self, verb, name, body):
        if verb == "list":
            # The statements of a script
            return {"jobs": []}
        reference = {"projectId": name.split("/")[1], "jobId": "job", "location": "US"}
        if verb == "insert":
            self.selected = self.run_sql(body["configuration"]["query"]["query"])
            reference.update(body.get("jobReference", {}))
            return {
                "id": f"{reference['projectId']}:US.{reference['jobId']}",
                "jobReference": reference,
                "configuration": body["configuration"],
                "status": {"state": "DONE"},
                "statistics": {"query": {"statementType": "SELECT" if self.selected else "SCRIPT"}},
            }
        if verb == "query":
            self.selected = self.run_sql(body["query"])
        done = {"jobReference": reference, "jobComplete": True, "totalRows": "1" if self.selected else "0"}
        if not self.selected:
            return done
        fields = [("text", "STRING"), ("score", "FLOAT"), ("remote_model_status", "STRING")]
        return {
            **done,
            "schema": {"fields": [{"name": field, "type": kind} for field, kind in fields]},
            "rows": [{"f": [{"v": "a gripping, beautifully acted film"}, {"v": "0.9964383"}, {"v": None}]}],
        }

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

    def plain(self, api, collection, verb, name, query, body):
        if (verb, collection) == ("batchEnable", "services") or (verb, collection) == ("enable", "services"):
            return {"name": "operations/1", "done": True}
        if (verb, collection) == ("create", "connections"):
            name = f"{name}/{query['connectionId']}"
            self.resources[name] = {**body, "name": name, "cloudResource": {"serviceAccountId": ACCOUNT}}
            return self.resources[name]
        if (verb, collection) == ("create", "repositories"):
            name = f"{name}/{query['repositoryId']}"
            self.resources[name] = {**body, "name": name}
            return {"name": f"{name.rsplit('/', 2)[0]}/operations/1", "done": True, "response": {"@type": "x", "name": name}}
        if (verb, collection) == ("insert", "buckets"):
            self.resources[f"b/{body['name']}"] = {**body, "id": body["name"]}
            return self.resources[f"b/{body['name']}"]
        if (verb, collection) == ("insert", "objects"):
            bucket = name.split("/")[1]
            self.existing(f"b/{bucket}")
            self.resources[f"b/{bucket}/o/{body['name']}"] = {**body, "bucket": bucket, "generation": "1"}
            return self.resources[f"b/{bucket}/o/{body['name']}"]
        if (verb, collection) == ("list", "objects"):
            prefix = name + "/" + query.get("prefix", "")
            return {"items": [self.resources[key] for key in self.resources if key.startswith(prefix)]}
        if (verb, collection) == ("delete", "buckets") or (verb, collection) == ("delete", "datasets"):
            self.existing(name)
            inside = [key for key in self.resources if key.startswith(name + "/")]
            if inside:
                raise Refused(400, f"{name}: not empty: {inside}")
        if verb in ("replaceService", "create") and collection == "services":
            key = "services/" + body["metadata"]["name"]
            self.resources[key] = {
                **body,
                "status": {
                    "url": "https://bertserve-1.us-central1.run.app",
                    "address": {"url": "https://bertserve-1.us-central1.run.app"},
                    "observedGeneration": 1,
                    "latestReadyRevisionName": "r",
                    "latestCreatedRevisionName": "r",
                    "conditions": [{"type": kind, "status": "True"} for kind in ("Ready", "ConfigurationsReady", "RoutesReady")],
                },
            }
            self.resources[key]["metadata"] = {**body["metadata"], "generation": 1, "resourceVersion": "1"}
            return self.resources[key]
        if api == "run" and verb != "list":
            name = "services/" + name.split("/")[-1]
        if verb == "get":
            return self.existing(name)
        if verb == "delete":
            if self.existing(name).get("deployedModels"):
                raise Refused(400, f"{name}: a model is deployed")
            del self.resources[name]
            if api == "aiplatform" or api == "artifactregistry":
                return {"name": "projects/p/locations/l/operations/1", "done": True, "response": {"@type": "type.googleapis.com/google.protobuf.Empty"}}
            return {"kind": "Status", "status": "Success"} if api == "run" else {}
        raise Refused(400, f"{api} {collection} {verb}: not made up")

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


def operation(kind, **response):
    return {
        "name": "projects/p/locations/us-central1/operations/1",
        "done": True,
        "metadata": {"@type": "type.googleapis.com/google.cloud.aiplatform.v1.UploadModelOperationMetadata"},
        "response": {"@type": f"type.googleapis.com/google.cloud.aiplatform.v1.{kind}", **response},
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
            if status != 404 or "not found" not in str(failure):
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
