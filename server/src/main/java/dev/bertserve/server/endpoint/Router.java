package dev.bertserve.server.endpoint;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The fixed table of methods and paths, built at start. Any thread. */
public final class Router {

  private static final int SHOWN_PATH = 200;

  private final Map<String, Map<String, Route>> methodsByPath = new HashMap<>();

  /** The same route may be listed twice; one path and method with two endpoints is refused. */
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

  /** The route of a request, HEAD taking GET's; throws NOT_FOUND or METHOD_NOT_ALLOWED. */
  public Route find(String method, String path) {
    Map<String, Route> methods = methodsByPath.get(path);
    if (methods == null) {
      throw new ServingException(
          FailureKind.NOT_FOUND, "path: " + shown(path) + " (expected: a route of this server)");
    }
    Route route = methods.get(method.equals("HEAD") ? "GET" : method);
    if (route == null) {
      throw new ServingException(
          FailureKind.METHOD_NOT_ALLOWED,
          "method: " + shown(method) + " on " + shown(path) + " (expected: " + allow(path) + ")");
    }
    return route;
  }

  /** Methods that {@code path} takes, as the Allow header lists them; empty for unknown paths. */
  public String allow(String path) {
    TreeSet<String> names = new TreeSet<>(methodsByPath.getOrDefault(path, Map.of()).keySet());
    if (names.contains("GET")) {
      names.add("HEAD");
    }
    return String.join(", ", names);
  }

  private static String shown(String text) {
    return text.length() <= SHOWN_PATH ? text : text.substring(0, SHOWN_PATH) + "...";
  }
}
