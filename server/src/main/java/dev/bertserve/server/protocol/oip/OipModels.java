package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.rows.ModelPath;
import dev.bertserve.server.serving.ModelCatalog;
import dev.bertserve.server.serving.ModelSource;
import dev.bertserve.server.serving.ModelState;
import dev.bertserve.server.serving.VersionState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the model that a request names. Any thread. */
final class OipModels {

  private final ModelCatalog catalog;

  OipModels(ModelCatalog catalog) {
    this.catalog = catalog;
  }

  /** The model of the path; throws NOT_FOUND if there is none. */
  ModelSource find(ModelPath path) {
    return catalog.find(path.name(), path.version()).orElseThrow(() -> unknown(path));
  }

  /** The versions of the path's model, or the one that it names; throws NOT_FOUND without any. */
  List<ModelState> states(ModelPath path) {
    List<ModelState> states = catalog.models(path.name(), path.version());
    if (states.isEmpty()) {
      throw unknown(path);
    }
    return states;
  }

  /** The versions that requests may name; the one of the path if it names one. */
  List<String> versions(ModelPath path) {
    return states(path).stream()
        .filter(ModelState::ready)
        .map(state -> Long.toString(state.version().number()))
        .toList();
  }

  /** All versions of all models. */
  List<ModelState> all() {
    return catalog.models();
  }

  /** All versions of all models, or only those that are ready. */
  List<ModelState> all(boolean readyOnly) {
    return all().stream().filter(state -> state.ready() || !readyOnly).toList();
  }

  /** The model that the path of {@code request} names. */
  static ModelPath path(Request request) {
    return ModelPath.of(request).orElseThrow(OipModels::unknownVersion);
  }

  /** The model of that name; {@code version} may be empty. */
  static ModelPath path(String name, String version) {
    return ModelPath.of(name, version).orElseThrow(OipModels::unknownVersion);
  }

  /** Whether a server with these models is ready. */
  static boolean allReady(List<ModelState> states) {
    Map<String, Boolean> readyByName = new HashMap<>();
    for (ModelState state : states) {
      // A model that was unloaded on request makes no server unready.
      if (state.state() != VersionState.END || !state.error().isEmpty()) {
        readyByName.merge(state.version().name(), state.ready(), Boolean::logicalOr);
      }
    }
    return !readyByName.containsValue(false);
  }

  /** Whether a model with these versions is ready. */
  static boolean anyReady(List<ModelState> states) {
    return states.stream().anyMatch(ModelState::ready);
  }

  private static ServingException unknownVersion() {
    return new ServingException(
        FailureKind.NOT_FOUND, "version: unknown (expected: a whole number)");
  }

  private static ServingException unknown(ModelPath path) {
    String version = path.version().isPresent() ? " version " + path.version().getAsLong() : "";
    return new ServingException(
        FailureKind.NOT_FOUND,
        "Request for unknown model: '" + path.shownName() + "'" + version + " is not found");
  }
}
