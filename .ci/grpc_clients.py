"""One official gRPC client against the built server: python .ci/grpc_clients.py CLIENT PORT SCORE...

CLIENT is tritonclient, kserve or tensorflow_serving; each needs a process of its own, since all of
them register the same message names. The scores are those of TEXTS. Exits with 1 at the first
response that is wrong.
"""

import asyncio
import importlib.abc
import importlib.machinery
import sys

import grpc
import numpy as np
from google.protobuf import descriptor_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

TEXTS = ["a gripping , heartfelt film .", "dull"]
TARGET = f"127.0.0.1:{sys.argv[2]}"
WANT = [float(score) for score in sys.argv[3:]]
SERVICE = "inference.GRPCInferenceService"
METHODS = {"ServerLive", "ServerReady", "ModelReady", "ServerMetadata", "ModelMetadata", "ModelInfer"}


def near(name, got):
    got = [float(x) for x in got]
    if len(got) != len(WANT) or any(abs(a - b) > 1e-6 for a, b in zip(got, WANT)):
        sys.exit(f"{name}: {got} (expected: {WANT})")


def refused(name, code, call):
    try:
        call()
    except Exception as e:
        assert "nope" in str(e) and code in str(e), e
        return
    sys.exit(f"{name}: an unknown model was served")


def as_published(stubs, symbol=SERVICE, required=METHODS):
    """Compares the server's file of definitions that has the symbol with the published one that the stubs were made of;
    both have the required members. Returns those that only the server's has."""
    published = descriptor_pb2.FileDescriptorProto()
    stubs.DESCRIPTOR.CopyToProto(published)
    server = ProtoReflectionDescriptorDatabase(grpc.insecure_channel(TARGET))
    ours = members(server.FindFileContainingSymbol(symbol))
    theirs = members(published)
    for member in ours.keys() & theirs.keys():
        assert ours[member] == theirs[member], (member, ours[member], theirs[member])
    assert required <= ours.keys() & theirs.keys(), required - ours.keys()
    return ours.keys() - theirs.keys()


def members(file):
    """The methods of a file of definitions by their names, the fields by message and number, and the values of enums."""
    found = {m.name: (m.input_type, m.output_type, m.server_streaming) for s in file.service for m in s.method}
    found.update({(e.name, v.number): v.name for e in file.enum_type for v in e.value})

    def add(messages, outer):
        for message in messages:
            name = outer + message.name
            for f in message.field:
                found[name, f.number] = (f.name, f.label, f.type, f.type_name)
            add(message.nested_type, name + ".")

    add(file.message_type, "")
    return found


def tritonclient():
    import tritonclient.grpc as triton

    client = triton.InferenceServerClient(TARGET)
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("bert")
    assert client.get_server_metadata().name == "bertserve"
    output = client.get_model_metadata("bert").outputs[0].name
    config = client.get_model_config("bert").config
    assert config.max_batch_size > 0 and config.input[0].dims == [1] and config.output[0].name == output, config
    assert client.get_model_repository_index().models[0].state == "READY"
    texts = triton.InferInput("text", [2, 1], "BYTES")
    texts.set_data_from_numpy(np.array([[t.encode()] for t in TEXTS], dtype=object))
    reply = client.infer("bert", [texts], request_id="q", timeout=30_000_000)
    assert reply.get_response().id == "q"
    near("triton", reply.as_numpy(output).flatten())
    best = triton.InferRequestedOutput(output, class_count=1)
    classes = client.infer("bert", [texts], outputs=[best]).as_numpy(output).flatten()
    near("triton, classification", [c.split(b":")[0] for c in classes])
    for algorithm in ("gzip", "deflate"):
        packed = client.infer("bert", [texts], compression_algorithm=algorithm)
        near(f"triton, {algorithm}", packed.as_numpy(output).flatten())
    assert client.get_inference_statistics("bert").model_stats[0].inference_stats.success.count > 0
    refused("triton", "NOT_FOUND", lambda: client.infer("nope", [texts]))
    assert not as_published(triton.service_pb2)
    assert not as_published(triton.model_config_pb2, "inference.ModelConfig", {("ModelConfig", 4), ("DataType", 13)})


def kserve():
    from kserve import InferenceGRPCClient, InferInput, InferRequest
    from kserve.protocol.grpc import grpc_predict_v2_pb2

    async def run():
        client = InferenceGRPCClient(TARGET, retries=0)
        assert await client.is_server_live() and await client.is_server_ready()
        assert await client.is_model_ready("bert")
        for raw in (True, False):
            texts = InferInput("text", [2, 1], "BYTES")
            texts.set_data_from_numpy(np.array([[t] for t in TEXTS], dtype=object), binary_data=raw)
            reply = await client.infer(InferRequest(model_name="bert", infer_inputs=[texts]))
            near("kserve", reply.outputs[0].as_numpy().flatten())
        try:
            await client.infer(InferRequest(model_name="nope", infer_inputs=[texts]))
            sys.exit("kserve: an unknown model was served")
        except grpc.RpcError as e:
            assert "nope" in e.details() and e.code() == grpc.StatusCode.NOT_FOUND, e
        await client.close()

    asyncio.run(run())
    as_published(grpc_predict_v2_pb2)


class FromServer(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands for tensorflow's modules of messages, of half a gigabyte: the server's reflection
    has their definitions, which the official stubs of TensorFlow Serving find in the pool."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "tensorflow":
            return importlib.machinery.ModuleSpec(name, self, is_package=not name.endswith("_pb2"))

    def exec_module(self, module):
        if module.__name__.endswith("_pb2"):
            # A stub takes what its imports import; it does not use it.
            module.__getattr__ = lambda name: None


def tensorflow_serving():
    from google.protobuf import any_pb2, descriptor_pool, wrappers_pb2  # noqa: F401, into the pool

    channel = grpc.insecure_channel(TARGET)
    server = ProtoReflectionDescriptorDatabase(channel)
    assert "tensorflow.serving.PredictionService" in server.get_services()
    pool = descriptor_pool.Default()

    added = set()

    def add(file):
        if file.startswith(("tensorflow/", "tsl/")) and file not in added:
            added.add(file)
            definition = server.FindFileByName(file)
            for needed in definition.dependency:
                add(needed)
            pool.Add(definition)

    for file in ("framework/tensor", "example/example", "protobuf/meta_graph", "protobuf/error_codes"):
        add(f"tensorflow/core/{file}.proto")
    sys.meta_path.insert(0, FromServer())
    from tensorflow_serving.apis import (
        classification_pb2,
        get_model_metadata_pb2,
        get_model_status_pb2,
        model_pb2,
        model_service_pb2_grpc,
        predict_pb2,
        prediction_service_pb2_grpc,
        regression_pb2,
    )

    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    bert = model_pb2.ModelSpec(name="bert")
    predict = predict_pb2.PredictRequest(model_spec=bert)
    tensor = predict.inputs["text"]
    tensor.dtype = pool.FindEnumTypeByName("tensorflow.DataType").values_by_name["DT_STRING"].number
    tensor.tensor_shape.dim.add(size=len(TEXTS))
    tensor.string_val.extend(t.encode() for t in TEXTS)
    reply = stub.Predict(predict, timeout=30)
    assert reply.model_spec.version.value == 1, reply
    near("tensorflow serving, predict", [x for t in reply.outputs.values() for x in t.float_val])

    classify = classification_pb2.ClassificationRequest(model_spec=bert)
    for text in TEXTS:
        features = classify.input.example_list.examples.add().features
        features.feature["text"].bytes_list.value.append(text.encode())
    rows = stub.Classify(classify, timeout=30).result.classifications
    near("tensorflow serving, classify", [row.classes[0].score for row in rows])
    regress = regression_pb2.RegressionRequest(model_spec=bert, input=classify.input)
    rows = stub.Regress(regress, timeout=30).result.regressions
    near("tensorflow serving, regress", [row.value for row in rows])

    asked = get_model_metadata_pb2.GetModelMetadataRequest(
        model_spec=bert, metadata_field=["signature_def"]
    )
    signatures = get_model_metadata_pb2.SignatureDefMap()
    assert stub.GetModelMetadata(asked, timeout=30).metadata["signature_def"].Unpack(signatures)
    assert "text" in signatures.signature_def["serving_default"].inputs, signatures
    models = model_service_pb2_grpc.ModelServiceStub(channel)
    state = models.GetModelStatus(get_model_status_pb2.GetModelStatusRequest(model_spec=bert), timeout=30)
    assert state.model_version_status[0].state == 30, state
    predict.model_spec.name = "nope"
    refused("tensorflow serving", "NOT_FOUND", lambda: stub.Predict(predict, timeout=30))


{f.__name__: f for f in (tritonclient, kserve, tensorflow_serving)}[sys.argv[1]]()
print(sys.argv[1], "gRPC agrees")
