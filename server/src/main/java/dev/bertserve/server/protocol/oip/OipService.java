package dev.bertserve.server.protocol.oip;

import dev.bertserve.proto.oip.ModelConfigRequest;
import dev.bertserve.proto.oip.ModelConfigResponse;
import dev.bertserve.proto.oip.ModelInferRequest;
import dev.bertserve.proto.oip.ModelInferResponse;
import dev.bertserve.proto.oip.ModelMetadataRequest;
import dev.bertserve.proto.oip.ModelMetadataResponse;
import dev.bertserve.proto.oip.ModelReadyRequest;
import dev.bertserve.proto.oip.ModelReadyResponse;
import dev.bertserve.proto.oip.ModelStatisticsRequest;
import dev.bertserve.proto.oip.ModelStatisticsResponse;
import dev.bertserve.proto.oip.OpenInference;
import dev.bertserve.proto.oip.RepositoryIndexRequest;
import dev.bertserve.proto.oip.RepositoryIndexResponse;
import dev.bertserve.proto.oip.ServerLiveRequest;
import dev.bertserve.proto.oip.ServerLiveResponse;
import dev.bertserve.proto.oip.ServerMetadataRequest;
import dev.bertserve.proto.oip.ServerMetadataResponse;
import dev.bertserve.proto.oip.ServerReadyRequest;
import dev.bertserve.proto.oip.ServerReadyResponse;
import dev.bertserve.server.protocol.rows.ModelPath;
import dev.bertserve.server.rpc.RpcCall;
import dev.bertserve.server.rpc.RpcMethod;
import dev.bertserve.server.rpc.RpcReply;
import dev.bertserve.server.rpc.RpcService;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.ModelCatalog;
import dev.bertserve.server.serving.ModelLease;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The gRPC service of the Open Inference Protocol. Any thread. */
public final class OipService {

  private final OipModels models;
  private final InferStats stats;
  private final Inference inference;

  private OipService(OipModels models, InferStats stats) {
    this.models = models;
    this.stats = stats;
    this.inference = new Inference(models, stats);
  }

  /** {@code stats} counts the requests, as those of the routes. */
  public static RpcService of(ModelCatalog catalog, InferStats stats) {
    OipService service = new OipService(new OipModels(catalog), stats);
    return new RpcService(
        OpenInference.getDescriptor().findServiceByName("GRPCInferenceService"),
        List.of(
            RpcMethod.page(
                    "ServerLive",
                    ServerLiveRequest.getDefaultInstance(),
                    ServerLiveResponse.getDefaultInstance(),
                    request -> ServerLiveResponse.newBuilder().setLive(true).build())
                .forProbes(),
            RpcMethod.page(
                    "ServerReady",
                    ServerReadyRequest.getDefaultInstance(),
                    ServerReadyResponse.getDefaultInstance(),
                    request -> service.ready())
                .forProbes(),
            RpcMethod.page(
                    "ModelReady",
                    ModelReadyRequest.getDefaultInstance(),
                    ModelReadyResponse.getDefaultInstance(),
                    service::ready)
                .forProbes(),
            RpcMethod.page(
                "ServerMetadata",
                ServerMetadataRequest.getDefaultInstance(),
                ServerMetadataResponse.getDefaultInstance(),
                request -> OipMessages.server()),
            RpcMethod.page(
                "ModelMetadata",
                ModelMetadataRequest.getDefaultInstance(),
                ModelMetadataResponse.getDefaultInstance(),
                service::metadata),
            RpcMethod.page(
                "ModelConfig",
                ModelConfigRequest.getDefaultInstance(),
                ModelConfigResponse.getDefaultInstance(),
                service::config),
            RpcMethod.page(
                "ModelStatistics",
                ModelStatisticsRequest.getDefaultInstance(),
                ModelStatisticsResponse.getDefaultInstance(),
                service::statistics),
            RpcMethod.page(
                "RepositoryIndex",
                RepositoryIndexRequest.getDefaultInstance(),
                RepositoryIndexResponse.getDefaultInstance(),
                request -> OipMessages.index(service.models.all(request.getReady()))),
            RpcMethod.scoring(
                "ModelInfer",
                ModelInferRequest.getDefaultInstance(),
                ModelInferResponse.getDefaultInstance(),
                service::infer)));
  }

  private CompletionStage<RpcReply<ModelInferResponse>> infer(
      ModelInferRequest request, RpcCall call) {
    return inference
        .infer(
            OipModels.path(request.getModelName(), request.getModelVersion()),
            new Caller(call.arrivedNanos(), call.timeout(), call.abandoned()),
            (signature, maxRows) -> InferMessageReader.read(request, signature, maxRows))
        .thenApply(
            response ->
                new RpcReply<>(
                    () -> InferMessageWriter.message(response), response.prediction()::close));
  }

  private ServerReadyResponse ready() {
    return ServerReadyResponse.newBuilder().setReady(OipModels.allReady(models.all())).build();
  }

  private ModelReadyResponse ready(ModelReadyRequest request) {
    boolean ready =
        OipModels.anyReady(models.states(OipModels.path(request.getName(), request.getVersion())));
    return ModelReadyResponse.newBuilder().setReady(ready).build();
  }

  private ModelMetadataResponse metadata(ModelMetadataRequest request) {
    ModelPath path = OipModels.path(request.getName(), request.getVersion());
    try (ModelLease lease = models.find(path).lease()) {
      return OipMessages.model(
          lease.version().name(), models.versions(path), lease.model().signature());
    }
  }

  private ModelConfigResponse config(ModelConfigRequest request) {
    ModelPath path = OipModels.path(request.getName(), request.getVersion());
    try (ModelLease lease = models.find(path).lease()) {
      return OipMessages.config(lease);
    }
  }

  private ModelStatisticsResponse statistics(ModelStatisticsRequest request) {
    return OipMessages.statistics(
        request.getName().isEmpty()
            ? models.all()
            : models.states(OipModels.path(request.getName(), request.getVersion())),
        stats);
  }
}
