package dev.bertserve.server.protocol.tfserving;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import dev.bertserve.proto.tfserving.ClassificationRequest;
import dev.bertserve.proto.tfserving.ClassificationResponse;
import dev.bertserve.proto.tfserving.GetModelMetadataRequest;
import dev.bertserve.proto.tfserving.GetModelMetadataResponse;
import dev.bertserve.proto.tfserving.GetModelStatusRequest;
import dev.bertserve.proto.tfserving.GetModelStatusResponse;
import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.proto.tfserving.PredictRequest;
import dev.bertserve.proto.tfserving.PredictResponse;
import dev.bertserve.proto.tfserving.RegressionRequest;
import dev.bertserve.proto.tfserving.RegressionResponse;
import dev.bertserve.proto.tfserving.TensorflowServing;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.rows.ModelPath;
import dev.bertserve.server.rpc.RpcCall;
import dev.bertserve.server.rpc.RpcMethod;
import dev.bertserve.server.rpc.RpcReply;
import dev.bertserve.server.rpc.RpcService;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.ModelCatalog;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.PredictionService;
import dev.bertserve.server.serving.VersionLabels;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;

/** TensorFlow Serving's gRPC services. Any thread. */
public final class TfServingServices {

  private final TfModels models;

  private TfServingServices(TfModels models) {
    this.models = models;
  }

  public static List<RpcService> of(ModelCatalog catalog, VersionLabels labels) {
    TfServingServices services = new TfServingServices(new TfModels(catalog, labels));
    FileDescriptor file = TensorflowServing.getDescriptor();
    return List.of(
        new RpcService(
            file.findServiceByName("PredictionService"),
            List.of(
                RpcMethod.scoring(
                    "Predict",
                    PredictRequest.getDefaultInstance(),
                    PredictResponse.getDefaultInstance(),
                    (request, call) ->
                        services.score(
                            request.getModelSpec(),
                            (signature, maxRows) ->
                                PredictMessages.read(request, signature, maxRows),
                            TfFaults::noSignatureKey,
                            call)),
                RpcMethod.scoring(
                    "Classify",
                    ClassificationRequest.getDefaultInstance(),
                    ClassificationResponse.getDefaultInstance(),
                    (request, call) ->
                        services.score(
                            request.getModelSpec(),
                            (signature, maxRows) ->
                                ClassifyMessages.read(request, signature, maxRows),
                            TfFaults::noSignature,
                            call)),
                RpcMethod.scoring(
                    "Regress",
                    RegressionRequest.getDefaultInstance(),
                    RegressionResponse.getDefaultInstance(),
                    (request, call) ->
                        services.score(
                            request.getModelSpec(),
                            (signature, maxRows) ->
                                RegressMessages.read(request, signature, maxRows),
                            TfFaults::noSignature,
                            call)),
                RpcMethod.page(
                    "GetModelMetadata",
                    GetModelMetadataRequest.getDefaultInstance(),
                    GetModelMetadataResponse.getDefaultInstance(),
                    services::metadata))),
        new RpcService(
            file.findServiceByName("ModelService"),
            List.of(
                RpcMethod.page(
                        "GetModelStatus",
                        GetModelStatusRequest.getDefaultInstance(),
                        GetModelStatusResponse.getDefaultInstance(),
                        services::status)
                    .forProbes())));
  }

  private <A extends Message> CompletionStage<RpcReply<A>> score(
      ModelSpec spec,
      ScoreMessages.Reader<A> reader,
      Function<String, ServingException> unknownSignature,
      RpcCall call) {
    try (ModelLease lease = models.find(ModelSpecs.path(spec, models)).lease()) {
      PredictionService service = ModelSpecs.service(spec, lease, unknownSignature);
      Caller caller = new Caller(call.arrivedNanos(), call.timeout(), call.abandoned());
      service.requireRoom(caller);
      ModelSpec served = ModelSpecs.of(lease.version(), service.signatureName());
      ScoreMessages<A> messages = reader.read(service.signature(), service.maxRows());
      BiFunction<Prediction, ModelSpec, A> response = messages.response();
      return service.predict(
          messages.rows().request(caller),
          prediction ->
              new RpcReply<>(() -> response.apply(prediction, served), prediction::close));
    }
  }

  private GetModelMetadataResponse metadata(GetModelMetadataRequest request) {
    ModelPath path = ModelSpecs.path(request.getModelSpec(), models);
    try (ModelLease lease = models.find(path).lease()) {
      return TfMessages.metadata(
          request.getMetadataFieldList(), lease.version(), lease.signatures());
    }
  }

  private GetModelStatusResponse status(GetModelStatusRequest request) {
    return TfMessages.status(models.states(ModelSpecs.path(request.getModelSpec(), models)));
  }
}
