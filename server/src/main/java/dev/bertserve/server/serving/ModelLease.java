package dev.bertserve.server.serving;

import java.util.List;
import java.util.Optional;

/**
 * Keeps a model from being closed while a request is parsed and queued. Not needed any more once
 * {@link PredictionService#predict} has returned.
 *
 * @param version which model it is
 * @param signatures one service for each signature that callers may name; all take the same inputs,
 *     perhaps under other names
 * @param release called once
 */
public record ModelLease(
    ModelVersion version, List<? extends PredictionService> signatures, Runnable release)
    implements AutoCloseable {

  /** The service for callers that name no signature. */
  public PredictionService model() {
    return signatures.get(0);
  }

  /** Whether a row can be read without knowing the signature that its caller names. */
  public boolean hasOneSetOfInputs() {
    List<InputSpec> usual = model().signature().inputs();
    return signatures.stream().allMatch(service -> service.signature().inputs().equals(usual));
  }

  /**
   * The service of the signature that a caller names, if any; empty if there is no such signature.
   */
  public Optional<PredictionService> model(Optional<String> signature) {
    if (signature.isEmpty()) {
      return Optional.of(model());
    }
    for (PredictionService service : signatures) {
      if (service.signatureName().equals(signature.get())) {
        return Optional.of(service);
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    release.run();
  }
}
