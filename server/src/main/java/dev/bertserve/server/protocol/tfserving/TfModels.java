package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.HttpFailure;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.protocol.rows.ModelPath;
import dev.bertserve.server.serving.ModelCatalog;
import dev.bertserve.server.serving.ModelSource;
import dev.bertserve.server.serving.ModelState;
import dev.bertserve.server.serving.VersionLabels;
import java.util.List;
import java.util.OptionalLong;

/** Finds the model that a path names. Any thread. */
final class TfModels {

  private static final String LABEL = "label";

  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int SHOWN = 200;

  private final ModelCatalog catalog;
  private final VersionLabels labels;

  TfModels(ModelCatalog catalog, VersionLabels labels) {
    this.catalog = catalog;
    this.labels = labels;
  }

  /** The model of the path; throws 404 if there is none. */
  ModelSource find(Request request) {
    ModelPath path = path(request);
    return catalog.find(path.name(), path.version()).orElseThrow(() -> unknown(path));
  }

  /** The versions of the path's model, or the one that it names; throws 404 if there are none. */
  List<ModelState> states(Request request) {
    ModelPath path = path(request);
    List<ModelState> states = catalog.models(path.name(), path.version());
    if (states.isEmpty()) {
      throw new HttpFailure(NOT_FOUND, "Could not find any versions of model " + path.shownName());
    }
    return states;
  }

  /** Names of all models. */
  List<String> names() {
    return catalog.models().stream().map(state -> state.version().name()).distinct().toList();
  }

  static HttpFailure malformed(Request request) {
    return new HttpFailure(
        BAD_REQUEST, "Malformed request: " + request.method() + " " + shown(request.path()));
  }

  private ModelPath path(Request request) {
    ModelPath path = ModelPath.of(request).orElseThrow(() -> malformed(request));
    String label = request.pathValues().get(LABEL);
    if (label == null) {
      return path;
    }
    OptionalLong version = labels.version(path.name(), label);
    if (version.isEmpty()) {
      throw new HttpFailure(BAD_REQUEST, "Unrecognized servable version label: " + shown(label));
    }
    return new ModelPath(path.name(), version);
  }

  private static HttpFailure unknown(ModelPath path) {
    String asked =
        path.version().isPresent()
            ? "Specific(" + path.shownName() + ", " + path.version().getAsLong() + ")"
            : "Latest(" + path.shownName() + ")";
    return new HttpFailure(NOT_FOUND, "Servable not found for request: " + asked);
  }

  private static String shown(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
