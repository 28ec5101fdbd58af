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
      json.beginObject("model_spec");
      json.member("name", version.name());
      json.member("signature_name", "");
      json.member("version", Long.toString(version.number()));
      json.endObject();
      json.beginObject("metadata");
      json.beginObject(SIGNATURE_DEF);
      json.beginObject(SIGNATURE_DEF);
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
    json.beginObject("inputs");
    for (InputSpec input : signature.inputs()) {
      json.name(input.name());
      writeTensor(json, input.name(), input.type().label(), input.rowShape());
    }
    json.endObject();
    json.beginObject("outputs");
    for (OutputSpec output : signature.outputs()) {
      json.name(output.name());
      writeTensor(json, output.name(), output.type().label(), output.rowShape());
    }
    json.endObject();
    json.member("method_name", METHOD);
    json.endObject();
  }

  private static void writeTensor(JsonWriter json, String name, String type, List<Integer> rowShape)
      throws IOException {
    json.beginObject();
    json.member("dtype", type);
    json.beginObject("tensor_shape");
    json.beginArray("dim");
    writeDimension(json, -1);
    for (int size : rowShape) {
      writeDimension(json, size);
    }
    json.endArray();
    json.member("unknown_rank", false);
    json.endObject();
    json.member("name", name + ":0");
    json.endObject();
  }

  private static void writeDimension(JsonWriter json, int size) throws IOException {
    json.beginObject();
    json.member("size", Integer.toString(size));
    json.member("name", "");
    json.endObject();
  }
}
