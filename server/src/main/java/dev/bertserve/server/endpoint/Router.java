package dev.bertserve.server.endpoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The fixed table of methods and paths, built at start. Any thread. */
public final class Router {

  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int SHOWN_PATH = 200;

  private final Map<String, Map<String, Route>> methodsByPath = new HashMap<>();

  /** Routes may repeat; throws if one path and method has two endpoints. */
  public Router(List<Route> routes) {
    for (Route route : routes) {
      Map<String, Route> methods =
          methodsByPath.computeIfAbsent(route.path(), path -> new HashMap<>());
      Route other = methods.putIfAbsent(route.method(), route);
      if (other != null && other.endpoint() != route.endpoint()) {
        throw new IllegalArgumentException(
            "route: " + route.method() + " " + route.path() + " (expected: one endpoint, not two)");
      }
    }
  }

  /** The route of a request; HEAD uses GET's. Empty if there is none. */
  public Optional<Route> find(String method, String path) {
    Map<String, Route> methods = methodsByPath.getOrDefault(path, Map.of());
    return Optional.ofNullable(methods.get(method.equals("HEAD") ? "GET" : method));
  }

  /** Why {@link #find} returned nothing: 404, or 405 with the methods that the path has. */
  public HttpFailure noRoute(String method, String path) {
    Map<String, Route> methods = methodsByPath.get(path);
    if (methods == null) {
      return new HttpFailure(
          NOT_FOUND, "path: " + shown(path) + " (expected: a route of this server)");
    }
    TreeSet<String> names = new TreeSet<>(methods.keySet());
    if (names.contains("GET")) {
      names.add("HEAD");
    }
    String allowed = String.join(", ", names);
    return new HttpFailure(
        METHOD_NOT_ALLOWED,
        "method: " + shown(method) + " on " + shown(path) + " (expected: " + allowed + ")",
        Map.of("Allow", allowed));
  }

  private static String shown(String text) {
    return text.length() <= SHOWN_PATH ? text : text.substring(0, SHOWN_PATH) + "...";
  }
}
