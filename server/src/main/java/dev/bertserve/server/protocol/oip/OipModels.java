package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.endpoint.HttpFailure;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.protocol.rows.ModelPath;
import dev.bertserve.server.serving.ModelCatalog;
import dev.bertserve.server.serving.ModelSource;
import dev.bertserve.server.serving.ModelState;
import java.util.List;

/** Finds the model that a path names. Any thread. */
final class OipModels {

  private static final int NOT_FOUND = 404;

  private final ModelCatalog catalog;

  OipModels(ModelCatalog catalog) {
    this.catalog = catalog;
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
      throw unknown(path);
    }
    return states;
  }

  /** All versions of all models. */
  List<ModelState> all() {
    return catalog.models();
  }

  private static ModelPath path(Request request) {
    return ModelPath.of(request)
        .orElseThrow(
            () -> new HttpFailure(NOT_FOUND, "version: unknown (expected: a whole number)"));
  }

  private static HttpFailure unknown(ModelPath path) {
    String version = path.version().isPresent() ? " version " + path.version().getAsLong() : "";
    return new HttpFailure(
        NOT_FOUND,
        "Request for unknown model: '" + path.shownName() + "'" + version + " is not found");
  }
}
