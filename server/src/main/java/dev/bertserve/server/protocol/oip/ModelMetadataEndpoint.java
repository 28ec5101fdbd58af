package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.protocol.rows.ModelPath;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelSignature;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Name, inputs and outputs of a model. */
final class ModelMetadataEndpoint implements Endpoint {

  private final OipModels models;

  ModelMetadataEndpoint(OipModels models) {
    this.models = models;
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    ModelPath path = OipModels.path(request);
    try (ModelLease lease = models.find(path).lease()) {
      String name = lease.version().name();
      List<String> versions = models.versions(path);
      ModelSignature signature = lease.model().signature();
      return CompletableFuture.completedFuture(
          Response.json(Payload.whole(sink -> write(sink, name, versions, signature))));
    }
  }

  private static void write(
      OutputStream sink, String name, List<String> versions, ModelSignature signature)
      throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      json.member("name", name);
      json.beginArray("versions");
      for (String version : versions) {
        json.value(version);
      }
      json.endArray();
      json.member("platform", OipPages.PLATFORM);
      writeTensors(json, "inputs", TensorSpec.inputs(signature));
      writeTensors(json, "outputs", TensorSpec.outputs(signature));
      json.endObject();
    }
  }

  private static void writeTensors(JsonWriter json, String key, List<TensorSpec> tensors)
      throws IOException {
    json.beginArray(key);
    for (TensorSpec tensor : tensors) {
      json.beginObject();
      json.member("name", tensor.name());
      json.member("datatype", Datatype.of(tensor.type()));
      json.member("shape", tensor.shape());
      json.endObject();
    }
    json.endArray();
  }
}
