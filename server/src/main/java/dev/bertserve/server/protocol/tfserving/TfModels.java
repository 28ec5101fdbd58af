package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.HttpFailure;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.rows.ModelPath;
import dev.bertserve.server.serving.ModelCatalog;
import dev.bertserve.server.serving.ModelSource;
import dev.bertserve.server.serving.ModelState;
import dev.bertserve.server.serving.VersionLabels;
import java.util.List;
import java.util.OptionalLong;

/** Finds the model that a request names. Any thread. */
final class TfModels {

  private static final String LABEL = "label";

  private static final int BAD_REQUEST = 400;

  private final ModelCatalog catalog;
  private final VersionLabels labels;

  TfModels(ModelCatalog catalog, VersionLabels labels) {
    this.catalog = catalog;
    this.labels = labels;
  }

  /** The model of the path; throws NOT_FOUND if there is none, INVALID for an empty name. */
  ModelSource find(ModelPath path) {
    return catalog.find(path.name(), path.version()).orElseThrow(() -> unknown(path));
  }

  /** The versions of the path's model, or the one that it names; throws NOT_FOUND without any. */
  List<ModelState> states(ModelPath path) {
    List<ModelState> states = catalog.models(path.name(), path.version());
    if (states.isEmpty()) {
      String asked =
          path.version().isPresent() ? "version " + path.version().getAsLong() : "any versions";
      throw new ServingException(
          FailureKind.NOT_FOUND, "Could not find " + asked + " of model " + path.shownName());
    }
    return states;
  }

  /** Names of all models. */
  List<String> names() {
    return catalog.models().stream().map(state -> state.version().name()).distinct().toList();
  }

  static HttpFailure malformed(Request request) {
    return new HttpFailure(
        BAD_REQUEST, "Malformed request: " + request.method() + " " + Shown.of(request.path()));
  }

  /**
   * The model that the path of {@code request} names. Throws INVALID for an unknown label or for a
   * version with too many digits, and 400 for one that is no number.
   */
  ModelPath path(Request request) {
    ModelPath path = ModelPath.of(request).orElseThrow(() -> noVersion(request));
    String label = request.pathValues().get(LABEL);
    return label == null ? path : labelled(path.name(), label);
  }

  private static RuntimeException noVersion(Request request) {
    String version = request.pathValues().getOrDefault("version", "");
    return version.chars().allMatch(c -> c >= '0' && c <= '9')
        ? TfBody.invalid("Failed to convert version: " + Shown.of(version) + " to numeric.")
        : malformed(request);
  }

  /** The version of model {@code name} that has {@code label}; throws INVALID if there is none. */
  ModelPath labelled(String name, String label) {
    OptionalLong version = labels.version(name, label);
    if (version.isEmpty()) {
      throw TfBody.invalid("Unrecognized servable version label: " + Shown.of(label));
    }
    return new ModelPath(name, version);
  }

  private static ServingException unknown(ModelPath path) {
    if (path.name().isEmpty()) {
      return TfBody.invalid("ModelSpec has no name specified.");
    }
    String asked =
        path.version().isPresent()
            ? "Specific(" + path.shownName() + ", " + path.version().getAsLong() + ")"
            : "Latest(" + path.shownName() + ")";
    return new ServingException(FailureKind.NOT_FOUND, "Servable not found for request: " + asked);
  }
}
