"""Checks manifests, dashboards, alerts and pages of deployments: python .ci/manifests.py PORT [--write]

Manifests are checked by the published schemas: of Kubernetes, of KServe's source in the folder KSERVE, of Compose.
Metrics must be on the page of the server at PORT. docs/deploy.md must have the output of each dry run that it names;
--write puts it there. Prints one line per check; exits with 1 if one fails.
"""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import check_jsonschema
import jsonschema
import kubernetes_validate
import release
import yaml

ROOT = Path(__file__).parent.parent
DOCKER = ROOT / "docker"
KUBERNETES = DOCKER / "kubernetes"
COMPOSE = DOCKER / "compose"
PAGE = ROOT / "docs" / "deploy.md"
KUBERNETES_VERSION = "1.36"


def documents(path):
    return [document for document in yaml.load_all(path.read_text(), yaml.CSafeLoader) if document]


def check_kubernetes():
    listed = documents(KUBERNETES / "kustomization.yaml")[0]["resources"]
    labels = {"app.kubernetes.io/name": "bertserve"}
    for name in listed:
        for document in documents(KUBERNETES / name):
            kubernetes_validate.validate(document, KUBERNETES_VERSION, strict=True)
            for selector in selectors(document):
                expect(selector in (labels, {}), f"{name}: selector {selector} (expected: {labels})")
    files = {path.name for path in KUBERNETES.glob("*.yaml")} - {"kustomization.yaml", "prometheus-adapter.yaml"}
    expect(files == set(listed), f"kustomization.yaml lists {listed} (expected: {sorted(files)})")


def selectors(value):
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("podSelector", "selector", "labelSelector") and isinstance(item, dict):
                yield item.get("matchLabels", item)
            yield from selectors(item)
    elif isinstance(value, list):
        for item in value:
            yield from selectors(item)


def check_kserve():
    crds = Path(os.environ["KSERVE"]) / "config" / "crd" / "full"
    for path in sorted((KUBERNETES / "kserve").glob("*.yaml")):
        for document in documents(path):
            plural = document["kind"].lower() + "s"
            versions = documents(crds / f"serving.kserve.io_{plural}.yaml")[0]["spec"]["versions"]
            schema = next(v["schema"]["openAPIV3Schema"] for v in versions if f"serving.kserve.io/{v['name']}" == document["apiVersion"])
            jsonschema.Draft4Validator(strict(schema)).validate(document)


def strict(schema):
    """The schema with unknown fields rejected, as Kubernetes warns of them."""
    if isinstance(schema, dict):
        if schema.get("x-kubernetes-int-or-string"):
            schema.pop("type", None)
        if "properties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
            schema.setdefault("additionalProperties", False)
            # Any resource's
            schema["properties"].get("metadata", {}).pop("additionalProperties", None)
    for item in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        strict(item)
    return schema


def check_compose():
    schema = Path(check_jsonschema.__file__).parent / "builtin_schemas" / "vendor" / "compose-spec.json"
    compose = documents(COMPOSE / "compose.yaml")[0]
    jsonschema.validate(compose, json.loads(schema.read_text()))
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            expect(not source.startswith(".") or (COMPOSE / source).exists(), f"compose.yaml: no {source}")


def check_metrics(port):
    page = metrics(port)
    known = {re.split(r"[{ ]", line)[0] for line in page.splitlines() if not line.startswith("#")} | {"up"}
    labels = set(re.findall(r'[{,](\w+)="', page)) | {"instance", "job", "namespace", "pod"}
    for source, expression in expressions():
        used = set(re.findall(r"\b(?:bertserve|jvm|process|system|http)_\w+|\bup\b", expression))
        expect(used, f"{source}: no metric in {expression}")
        expect(used <= known, f"{source}: {sorted(used - known)} not in /metrics")
        named = set(re.findall(r"(\w+)\s*(?:=~|!=|!~|=)\s*\"", expression))
        for grouping in re.findall(r"by \((.*?)\)", expression):
            named |= {label.strip() for label in grouping.split(",") if label.strip().isidentifier()}
        expect(named <= labels, f"{source}: labels {sorted(named - labels)} not in /metrics")


def metrics(port):
    # One request that cannot finish in time is rejected, since a counter of rejections exists from the first on
    for rows, milliseconds in ((2, 30000), (4000, 1)):
        body = json.dumps({"instances": [f"good {row}" for row in range(rows)]}).encode()
        headers = {"X-Request-Timeout-Ms": str(milliseconds)}
        try:
            urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/predict", body, headers), timeout=60).read()
        except urllib.error.HTTPError as refused:
            expect(milliseconds == 1, refused)
    return urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60).read().decode()


def expressions():
    for panel in json.loads((COMPOSE / "grafana" / "bertserve.json").read_text())["panels"]:
        for target in panel["targets"]:
            yield f"dashboard, {panel['title']}", target["expr"]
    for group in documents(COMPOSE / "prometheus" / "alerts.yml")[0]["groups"]:
        for rule in group["rules"]:
            yield f"alert {rule['alert']}", rule["expr"]
    for metric in documents(KUBERNETES / "autoscaler.yaml")[0]["spec"]["metrics"]:
        yield "autoscaler.yaml", metric["pods"]["metric"]["name"]
    for rule in documents(KUBERNETES / "prometheus-adapter.yaml")[0]["rules"]["custom"]:
        yield "prometheus-adapter.yaml", rule["seriesQuery"]


def check_page(write):
    """Each "dry run: SCRIPT STEP" of the page is followed by its output."""
    page = PAGE.read_text()
    block = re.compile(r"(<!-- dry run: (\S+) (\S+) -->\n```\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
    expect(block.search(page), f"{PAGE}: no dry runs")
    wanted = block.sub(lambda match: match[1] + dry_run(match[2], match[3]), page)
    if write:
        PAGE.write_text(wanted)
    expect(page == wanted or write, f"{PAGE.name}: not the output of the dry runs (python .ci/manifests.py PORT --write)")


def dry_run(script, step):
    command = [sys.executable, ROOT / script] if script.endswith(".py") else [ROOT / script]
    environment = {"PATH": os.environ["PATH"], "HOME": "/home/me", "PROJECT": "my-project"}
    done = subprocess.run([*command, "--dry-run", step], env=environment, capture_output=True, text=True, timeout=60)
    expect(done.returncode == 0, f"{script} --dry-run {step}: {done.stderr}")
    # Where and by whom it ran
    return re.sub(r"--user \d+:\d+", "--user 1000:1000", done.stdout.replace(str(ROOT), "/home/me/bertserve"))


def check_release():
    changelog = (ROOT / "CHANGELOG.md").read_text()
    cut, notes = release.cut(changelog, "99.0.0", "2026-01-01")
    expect(release.cut(cut, "99.0.0", "2027-01-01") == (cut, notes), "a second cut changes CHANGELOG.md")
    expect(sorted(cut.split()) == sorted([*changelog.split(), "##", "99.0.0", "(2026-01-01)"]), "a cut loses lines")
    expect(notes.strip() in changelog, "notes that are not in CHANGELOG.md")
    for pom in (ROOT / "pom.xml", *ROOT.glob("*/pom.xml")):
        old = re.search(r"<artifactId>bertserve</artifactId>\s*<version>(.*?)</version>", pom.read_text())[1]
        expect(old not in release.set_version(pom.read_text(), old, "99.0.0"), f"{pom}: still has {old}")


def expect(condition, message):
    if not condition:
        raise SystemExit(str(message))


def main(port, *options):
    checks = {
        "Kubernetes": check_kubernetes,
        "KServe": check_kserve,
        "Compose": check_compose,
        "metrics of dashboard, alerts and autoscaler": lambda: check_metrics(port),
        "release": check_release,
        "docs/deploy.md": lambda: check_page("--write" in options),
    }
    for name, check in checks.items():
        check()
        print(f"{name}: ok", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
