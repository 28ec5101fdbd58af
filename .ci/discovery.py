"""What the discovery documents of Google's APIs say of their methods."""

import json
import re
from pathlib import Path

import googleapiclient

DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"


class Refused(Exception):
    """A request that gets this status and message."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Method:
    """One method of an API: its path, and what its requests and responses may hold."""

    def __init__(self, document, description, prefix):
        self.document = document
        self.id = description["id"]
        self.verb = description["httpMethod"]
        self.description = description
        self.parameters = {**document.get("parameters", {}), **description.get("parameters", {})}
        path = prefix + description.get("flatPath", description["path"])
        # A parameter of one segment, or {+name} of several
        self.path = re.compile("/" + re.sub(r"\\{(\\\+)?\w+\\}", lambda m: "(.+)" if m[1] else "([^/:]+)", re.escape(path)))

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


def methods(apis):
    """All methods of the APIs, each named as in google-api-python-client's folder of documents."""
    found = []
    for api in apis:
        document = json.loads((DOCUMENTS / f"{api}.json").read_text())
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
