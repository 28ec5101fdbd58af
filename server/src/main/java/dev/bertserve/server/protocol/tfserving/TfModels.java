package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.HttpFailure;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.serving.ModelCatalog;
import dev.bertserve.server.serving.ModelSource;
import dev.bertserve.server.serving.ModelState;
import java.util.List;
import java.util.OptionalLong;

/** Finds the model that a path names. Any thread. */
final class TfModels {

  static final String MODEL = "model";
  static final String VERSION = "version";
  static final String LABEL = "label";

  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int MAX_DIGITS = 18;
  private static final int SHOWN = 200;

  private final ModelCatalog catalog;

  TfModels(ModelCatalog catalog) {
    this.catalog = catalog;
  }

  /** The model of the path; throws 404 if there is none. */
  ModelSource find(Request request) {
    String name = name(request);
    OptionalLong version = version(request);
    return catalog.find(name, version).orElseThrow(() -> unknown(name, version));
  }

  /** The versions of the path's model, or the one that it names; throws 404 if there are none. */
  List<ModelState> states(Request request) {
    String name = name(request);
    OptionalLong version = version(request);
    List<ModelState> states =
        catalog.models().stream()
            .filter(state -> state.version().name().equals(name))
            .filter(state -> version.isEmpty() || version.getAsLong() == state.version().number())
            .toList();
    if (states.isEmpty()) {
      throw new HttpFailure(NOT_FOUND, "Could not find any versions of model " + shown(name));
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

  private static String name(Request request) {
    return request.pathValues().getOrDefault(MODEL, "");
  }

  private static OptionalLong version(Request request) {
    String label = request.pathValues().get(LABEL);
    if (label != null) {
      throw new HttpFailure(BAD_REQUEST, "Unrecognized servable version label: " + shown(label));
    }
    String digits = request.pathValues().get(VERSION);
    if (digits == null) {
      return OptionalLong.empty();
    }
    if (digits.length() > MAX_DIGITS || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw malformed(request);
    }
    return OptionalLong.of(Long.parseLong(digits));
  }

  private static HttpFailure unknown(String name, OptionalLong version) {
    String asked =
        version.isPresent()
            ? "Specific(" + shown(name) + ", " + version.getAsLong() + ")"
            : "Latest(" + shown(name) + ")";
    return new HttpFailure(NOT_FOUND, "Servable not found for request: " + asked);
  }

  private static String shown(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
