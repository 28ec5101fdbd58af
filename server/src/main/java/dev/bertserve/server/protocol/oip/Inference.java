package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.protocol.rows.ModelPath;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.PredictionService;
import java.util.concurrent.CompletionStage;

/** Scores inference requests, in whatever form they came, and counts them. Any thread. */
final class Inference {

  private final OipModels models;
  private final InferStats stats;

  Inference(OipModels models, InferStats stats) {
    this.models = models;
    this.stats = stats;
  }

  /** Reads a request for a model. Throws INVALID or TOO_LARGE. */
  interface Reader {
    InferRequest read(ModelSignature signature, int maxRows);
  }

  /** The stage's response owns its prediction. */
  CompletionStage<InferResponse> infer(ModelPath path, Caller caller, Reader reader) {
    try (ModelLease lease = models.find(path).lease()) {
      ModelVersion model = lease.version();
      InferStats.Timing timing = stats.start(model);
      try {
        PredictionService service = lease.model();
        service.requireRoom(caller);
        InferRequest asked = reader.read(service.signature(), service.maxRows());
        InferResponse.requireKnown(asked, service.signature().outputs());
        return service
            .predict(
                asked.rows().request(asked.timeout().map(caller::within).orElse(caller)),
                prediction -> InferResponse.of(model, asked, prediction))
            .whenComplete(
                (response, failure) -> {
                  if (failure == null) {
                    timing.succeeded(response.prediction().rows());
                  } else {
                    timing.failed();
                  }
                });
      } catch (RuntimeException | Error e) {
        timing.failed();
        throw e;
      }
    }
  }
}
