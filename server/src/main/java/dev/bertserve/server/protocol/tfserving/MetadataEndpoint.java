package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.PredictionService;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The signature of a model, as TensorFlow Serving prints it. */
final class MetadataEndpoint implements Endpoint {

  static final String SIGNATURE_DEF = "signature_def";
  static final String METHOD = "tensorflow/serving/predict";

  private final TfModels models;

  MetadataEndpoint(TfModels models) {
    this.models = models;
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    try (ModelLease lease = models.find(models.path(request)).lease()) {
      ModelVersion version = lease.version();
      List<? extends PredictionService> signatures = lease.signatures();
      return CompletableFuture.completedFuture(
          Response.json(Payload.whole(sink -> write(sink, version, signatures))));
    }
  }

  private static void write(
      OutputStream sink, ModelVersion version, List<? extends PredictionService> signatures)
      throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      json.name("model_spec");
      json.beginObject();
      json.name("name");
      json.value(version.name());
      json.name("signature_name");
      json.value("");
      json.name("version");
      json.value(Long.toString(version.number()));
      json.endObject();
      json.name("metadata");
      json.beginObject();
      json.name(SIGNATURE_DEF);
      json.beginObject();
      json.name(SIGNATURE_DEF);
      json.beginObject();
      for (PredictionService service : signatures) {
        json.name(service.signatureName());
        writeSignature(json, service.signature());
      }
      json.endObject();
      json.endObject();
      json.endObject();
      json.endObject();
    }
  }

  private static void writeSignature(JsonWriter json, ModelSignature signature) throws IOException {
    json.beginObject();
    json.name("inputs");
    json.beginObject();
    for (InputSpec input : signature.inputs()) {
      json.name(input.name());
      writeTensor(json, input.name(), input.type().label(), input.rowShape());
    }
    json.endObject();
    json.name("outputs");
    json.beginObject();
    for (OutputSpec output : signature.outputs()) {
      json.name(output.name());
      writeTensor(json, output.name(), output.type().label(), output.rowShape());
    }
    json.endObject();
    json.name("method_name");
    json.value(METHOD);
    json.endObject();
  }

  private static void writeTensor(JsonWriter json, String name, String type, List<Integer> rowShape)
      throws IOException {
    json.beginObject();
    json.name("dtype");
    json.value(type);
    json.name("tensor_shape");
    json.beginObject();
    json.name("dim");
    json.beginArray();
    writeDimension(json, -1);
    for (int size : rowShape) {
      writeDimension(json, size);
    }
    json.endArray();
    json.name("unknown_rank");
    json.value(false);
    json.endObject();
    json.name("name");
    json.value(name + ":0");
    json.endObject();
  }

  private static void writeDimension(JsonWriter json, int size) throws IOException {
    json.beginObject();
    json.name("size");
    json.value(Integer.toString(size));
    json.name("name");
    json.value("");
    json.endObject();
  }
}
