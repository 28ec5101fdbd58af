"""The steps of deploy.sh after build, with Google's clients for Python, for a pipeline or a notebook:

    pip install -r docker/vertex/requirements.txt
    PROJECT=my-project python docker/vertex/deploy.py --dry-run all     prints every request and sends none
    PROJECT=my-project python docker/vertex/deploy.py all               upload, deploy, bigquery, query
    PROJECT=my-project python docker/vertex/deploy.py clean-up          deletes what these steps made

The image must have been pushed, and the schemas must lie in the bucket: deploy.sh build and upload do both. Credentials
are Google's application default ones. The variables are those of deploy.sh, with the same defaults.
"""

import functools
import os
import string
import sys
from pathlib import Path

from google.api_core import exceptions
from google.cloud import aiplatform_v1 as vertex
from google.cloud import bigquery as bq
from google.cloud import bigquery_connection_v1 as connections
from google.cloud import resourcemanager_v3 as projects
from google.iam.v1 import iam_policy_pb2, options_pb2, policy_pb2
from google.protobuf import json_format

HERE = Path(__file__).parent
DEFAULTS = {
    "PROJECT": "",
    "REGION": "us-central1",
    "LOCATION": "US",
    "GPU": "0",
    "MACHINE_TYPE": "n1-standard-4",
    "MIN_REPLICAS": "1",
    "MAX_REPLICAS": "1",
    "MODEL_URI": "",
    "SERVE_ARGS": "serve --null-text null",
    "REPOSITORY": "bertserve",
    "TAG": "latest",
    "BUCKET": "",
    "MODEL_ID": "bertserve",
    "ENDPOINT_ID": "1001",
    "DEPLOYED_MODEL_ID": "1",
    "CONNECTION": "bertserve",
    "DATASET": "bertserve",
}
STEPS = ("upload", "deploy", "bigquery", "query")
ROLE = "roles/aiplatform.user"


class Deployment:
    """The requests of each step, for a Cloud to send."""

    def __init__(self, settings, cloud):
        self.settings = settings
        self.send = cloud.send
        self.run_sql = cloud.run_sql
        self.delete_from_bigquery = cloud.delete_from_bigquery
        self.location = f"projects/{settings['PROJECT']}/locations/{settings['REGION']}"
        self.model = f"{self.location}/models/{settings['MODEL_ID']}"
        self.endpoint = f"{self.location}/endpoints/{settings['ENDPOINT_ID']}"
        self.connections = f"projects/{settings['PROJECT']}/locations/{settings['LOCATION']}"
        self.connection = f"{self.connections}/connections/{settings['CONNECTION']}"

    def upload(self):
        schemas = f"gs://{self.settings['BUCKET']}/schemas"
        model = vertex.Model(
            display_name=self.settings["MODEL_ID"],
            artifact_uri=self.settings["MODEL_URI"],
            predict_schemata=vertex.PredictSchemata(
                instance_schema_uri=f"{schemas}/instance.yaml", prediction_schema_uri=f"{schemas}/prediction.yaml"
            ),
            container_spec=self.container(),
        )
        # A further upload is a new version of the model
        known = self.send(vertex.ModelServiceClient, "get_model", vertex.GetModelRequest(name=self.model))
        version = {"parent_model": self.model} if known else {"model_id": self.settings["MODEL_ID"]}
        request = vertex.UploadModelRequest(parent=self.location, model=model, **version)
        self.send(vertex.ModelServiceClient, "upload_model", request)

    def container(self):
        repository = f"{self.settings['REGION']}-docker.pkg.dev/{self.settings['PROJECT']}/{self.settings['REPOSITORY']}"
        image = "bertserve-gpu" if self.settings["GPU"] == "1" else "bertserve"
        health = vertex.Probe.HttpGetAction(path="/health", port=8080)
        return vertex.ModelContainerSpec(
            image_uri=f"{repository}/{image}:{self.settings['TAG']}",
            args=self.settings["SERVE_ARGS"].split(),
            ports=[vertex.Port(container_port=8080)],
            startup_probe=vertex.Probe(http_get=health, period_seconds=10, timeout_seconds=10, failure_threshold=90),
            health_probe=vertex.Probe(http_get=health, period_seconds=10, timeout_seconds=10, failure_threshold=3),
            liveness_probe=vertex.Probe(
                tcp_socket=vertex.Probe.TcpSocketAction(port=8080),
                period_seconds=10,
                timeout_seconds=10,
                failure_threshold=3,
            ),
        )

    def deploy(self):
        request = vertex.CreateEndpointRequest(
            parent=self.location,
            endpoint_id=self.settings["ENDPOINT_ID"],
            endpoint=vertex.Endpoint(display_name="bertserve"),
        )
        self.send(vertex.EndpointServiceClient, "create_endpoint", request)
        machine = vertex.MachineSpec(machine_type=self.settings["MACHINE_TYPE"])
        if self.settings["GPU"] == "1":
            machine.accelerator_type = vertex.AcceleratorType.NVIDIA_TESLA_T4
            machine.accelerator_count = 1
        deployed = vertex.DeployedModel(
            id=self.settings["DEPLOYED_MODEL_ID"],
            model=self.model,
            display_name="bertserve",
            dedicated_resources=vertex.DedicatedResources(
                machine_spec=machine,
                min_replica_count=int(self.settings["MIN_REPLICAS"]),
                max_replica_count=int(self.settings["MAX_REPLICAS"]),
            ),
        )
        request = vertex.GetEndpointRequest(name=self.endpoint)
        endpoint = self.send(vertex.EndpointServiceClient, "get_endpoint", request) or vertex.Endpoint()
        if deployed.id not in [model.id for model in endpoint.deployed_models]:
            # "0" is the model that is being deployed
            request = vertex.DeployModelRequest(endpoint=self.endpoint, deployed_model=deployed, traffic_split={"0": 100})
            self.send(vertex.EndpointServiceClient, "deploy_model", request)
        request = vertex.PredictRequest(endpoint=self.endpoint)
        json_format.Parse((HERE / "request.json").read_text(), vertex.PredictRequest.pb(request))
        self.send(vertex.PredictionServiceClient, "predict", request)

    def bigquery(self):
        request = connections.CreateConnectionRequest(
            parent=self.connections,
            connection_id=self.settings["CONNECTION"],
            connection=connections.Connection(cloud_resource=connections.CloudResourceProperties()),
        )
        self.send(connections.ConnectionServiceClient, "create_connection", request)
        member = self.member()
        self.change_policy(lambda bindings: [*bindings, policy_pb2.Binding(role=ROLE, members=[member])])
        self.run_sql(self.sql("remote_model.sql"))

    def query(self):
        self.run_sql(self.sql("query.sql"))

    def clean_up(self):
        self.send(
            vertex.EndpointServiceClient,
            "undeploy_model",
            vertex.UndeployModelRequest(
                endpoint=self.endpoint, deployed_model_id=self.settings["DEPLOYED_MODEL_ID"]
            ),
        )
        self.send(vertex.EndpointServiceClient, "delete_endpoint", vertex.DeleteEndpointRequest(name=self.endpoint))
        self.send(vertex.ModelServiceClient, "delete_model", vertex.DeleteModelRequest(name=self.model))
        dataset = f"{self.settings['PROJECT']}.{self.settings['DATASET']}"
        self.delete_from_bigquery("delete_model", f"{dataset}.sentiment")
        self.delete_from_bigquery("delete_dataset", dataset)
        member = self.member()
        self.change_policy(lambda bindings: without(bindings, member))
        self.send(
            connections.ConnectionServiceClient,
            "delete_connection",
            connections.DeleteConnectionRequest(name=self.connection),
        )

    def member(self):
        request = connections.GetConnectionRequest(name=self.connection)
        connection = self.send(connections.ConnectionServiceClient, "get_connection", request)
        account = connection.cloud_resource.service_account_id if connection else "SERVICE_ACCOUNT_OF_THE_CONNECTION"
        return f"serviceAccount:{account}"

    def change_policy(self, change):
        resource = f"projects/{self.settings['PROJECT']}"
        # Version 3 is that of policies with conditions
        options = options_pb2.GetPolicyOptions(requested_policy_version=3)
        request = iam_policy_pb2.GetIamPolicyRequest(resource=resource, options=options)
        policy = self.send(projects.ProjectsClient, "get_iam_policy", request) or policy_pb2.Policy()
        bindings = change(policy.bindings)
        changed = policy_pb2.Policy(version=policy.version, bindings=bindings, etag=policy.etag)
        request = iam_policy_pb2.SetIamPolicyRequest(resource=resource, policy=changed)
        self.send(projects.ProjectsClient, "set_iam_policy", request)

    def sql(self, name):
        lines = (HERE / name).read_text().splitlines()
        return string.Template("\n".join(line for line in lines if not line.startswith("--"))).substitute(self.settings)


def without(bindings, member):
    kept = [
        policy_pb2.Binding(role=b.role, members=[m for m in b.members if m != member or b.role != ROLE], condition=b.condition)
        for b in bindings
    ]
    return [binding for binding in kept if binding.members]


class Cloud:
    """Sends requests, and prints each before; a dry run only prints."""

    def __init__(self, settings, dry_run):
        self.settings = settings
        self.dry_run = dry_run

    def send(self, client, method, request):
        message = type(request).pb(request) if hasattr(type(request), "pb") else request
        print(f"{client.__name__}.{method} {json_format.MessageToJson(message)}")
        if self.dry_run:
            return None
        repeated = method.startswith(("create_", "get_", "delete_", "undeploy_"))
        try:
            response = getattr(self.client(client), method)(request=request)
            # An operation takes minutes
            return response.result(timeout=3600) if hasattr(response, "result") else response
        except (exceptions.Conflict, exceptions.NotFound) as failure:
            if not repeated:
                raise
            print(f"  {failure.message}")
            return None

    def run_sql(self, sql):
        print(sql)
        if not self.dry_run:
            for row in self.bigquery().query_and_wait(sql):
                print(" ", dict(row))

    def delete_from_bigquery(self, method, name):
        print(f"bigquery.Client.{method} {name}")
        if not self.dry_run:
            getattr(self.bigquery(), method)(name, not_found_ok=True)

    @functools.cache
    def client(self, client):
        if client.__module__.startswith("google.cloud.aiplatform"):
            return client(client_options={"api_endpoint": f"{self.settings['REGION']}-aiplatform.googleapis.com"})
        return client()

    @functools.cache
    def bigquery(self):
        return bq.Client(self.settings["PROJECT"], location=self.settings["LOCATION"])


def main(arguments):
    settings = {name: os.environ.get(name, default) for name, default in DEFAULTS.items()}
    settings["BUCKET"] = settings["BUCKET"] or f"{settings['PROJECT']}-bertserve"
    if not settings["PROJECT"]:
        sys.exit("deploy.py: PROJECT is not set (expected: the id of a Google Cloud project)")
    dry_run = arguments[:1] == ["--dry-run"]
    arguments = arguments[dry_run:]
    cloud = Cloud(settings, dry_run)
    deployment = Deployment(settings, cloud)
    for step in arguments:
        if step not in (*STEPS, "all", "clean-up"):
            sys.exit(f"deploy.py: {step}: no such step (expected: all, clean-up, or some of {' '.join(STEPS)})")
    for step in (step for name in arguments for step in (STEPS if name == "all" else [name])):
        print(f"# {step}")
        getattr(deployment, step.replace("-", "_"))()


if __name__ == "__main__":
    main(sys.argv[1:])
