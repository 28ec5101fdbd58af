package dev.bertserve.server.wiring;

import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.protocol.oip.OipRoutes;
import dev.bertserve.server.protocol.tfserving.TfServingRoutes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The routes that Vertex AI, or the user, chose for health and predictions. */
final class VertexRoutes {

  /** Routes, by their labels, that serve the same purpose as a chosen route on their path. */
  private static final Set<String> SAME_PURPOSE =
      Set.of(
          "health",
          "predict",
          TfServingRoutes.PREDICT,
          TfServingRoutes.STATUS,
          OipRoutes.READY,
          OipRoutes.MODEL_READY);

  private final List<Route> others;
  private final Router table;
  private final Set<String> models;

  /**
   * Chosen routes beside {@code others}.
   *
   * @param models names of the models, in paths
   */
  VertexRoutes(List<Route> others, Set<String> models) {
    this.others = others;
    this.table = new Router(others);
    this.models = Set.copyOf(models);
  }

  /**
   * All routes. A chosen route whose path serves the same purpose already is left out; throws if
   * its path serves another one.
   */
  List<Route> with(Route health, Route predict) {
    List<Route> all = new ArrayList<>();
    addTo(all, health, "health-route");
    addTo(all, predict, "predict-route");
    for (Route other : others) {
      if (all.stream().noneMatch(chosen -> isSame(chosen, other))) {
        all.add(other);
      }
    }
    return all;
  }

  private void addTo(List<Route> all, Route chosen, String setting) {
    Router.Match other = table.find(chosen.method(), chosen.path()).orElse(null);
    if (other == null || givesWay(other)) {
      all.add(chosen);
    } else if (!SAME_PURPOSE.contains(other.route().name())) {
      throw new IllegalArgumentException(
          setting + ": " + chosen.path() + " (expected: a path that serves nothing else)");
    }
  }

  /**
   * Whether the route has nothing to lose: it says that the process lives, which health says too,
   * or rejects all requests of this path.
   */
  private boolean givesWay(Router.Match other) {
    return other.route().name().equals(TfServingRoutes.ALIVE)
        || other.route().name().equals(TfServingRoutes.MALFORMED)
        || (other.values().containsKey("model") && !models.contains(other.values().get("model")));
  }

  private static boolean isSame(Route one, Route other) {
    return one.method().equals(other.method()) && one.path().equals(other.path());
  }
}
