package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelSignature;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A model's inputs, outputs and rows per request, as Triton's configuration has them. */
final class ModelConfigEndpoint implements Endpoint {

  private final OipModels models;

  ModelConfigEndpoint(OipModels models) {
    this.models = models;
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    try (ModelLease lease = models.find(OipModels.path(request)).lease()) {
      String name = lease.version().name();
      int maxRows = lease.model().maxRows();
      ModelSignature signature = lease.model().signature();
      return CompletableFuture.completedFuture(
          Response.json(Payload.whole(sink -> write(sink, name, maxRows, signature))));
    }
  }

  private static void write(OutputStream sink, String name, int maxRows, ModelSignature signature)
      throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      json.member("name", name);
      json.member("platform", OipPages.PLATFORM);
      json.member("backend", OipPages.BACKEND);
      json.member("max_batch_size", maxRows);
      writeTensors(json, "input", TensorSpec.inputs(signature));
      writeTensors(json, "output", TensorSpec.outputs(signature));
      json.endObject();
    }
  }

  private static void writeTensors(JsonWriter json, String key, List<TensorSpec> tensors)
      throws IOException {
    json.beginArray(key);
    for (TensorSpec tensor : tensors) {
      json.beginObject();
      json.member("name", tensor.name());
      json.member("data_type", Datatype.inConfig(tensor.type()));
      json.member("dims", tensor.dims());
      if (tensor.isOptional()) {
        json.member("optional", true);
      }
      json.endObject();
    }
    json.endArray();
  }
}
