package dev.bertserve.server.endpoint;

import dev.bertserve.server.failure.Shown;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The fixed table of methods and paths, built at start. Any thread.
 *
 * <p>For each method of a path, a route without variables is found first, then the first template
 * that matches, in any case of letters, and last one that takes any rest of a path. A slash at the
 * end is ignored.
 */
public final class Router {

  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;

  private final Map<String, Map<String, Route>> methodsByPath = new HashMap<>();
  private final List<Templated> templates = new ArrayList<>();
  private final List<Templated> openTemplates = new ArrayList<>();

  /**
   * A route, and the values of its path's variables.
   *
   * @param values by name; immutable
   */
  public record Match(Route route, Map<String, String> values) {
    public Match {
      values = Map.copyOf(values);
    }
  }

  private record Templated(Route route, PathTemplate template) {}

  /** Routes may repeat; throws if one path and method has two endpoints. */
  public Router(List<Route> routes) {
    Map<String, Map<String, Route>> all = new HashMap<>();
    for (Route route : routes) {
      Route other = put(all, route.path(), route);
      if (other == null) {
        add(route);
      } else if (other.endpoint() != route.endpoint()) {
        throw new IllegalArgumentException(
            "route: " + route.method() + " " + route.path() + " (expected: one endpoint, not two)");
      }
    }
  }

  private void add(Route route) {
    if (!PathTemplate.hasVariables(route.path())) {
      put(methodsByPath, route.path(), route);
      return;
    }
    PathTemplate template = new PathTemplate(route.path());
    (template.isOpen() ? openTemplates : templates).add(new Templated(route, template));
  }

  private static @Nullable Route put(
      Map<String, Map<String, Route>> table, String path, Route route) {
    return table.computeIfAbsent(path, any -> new HashMap<>()).putIfAbsent(route.method(), route);
  }

  /** The route of a request; HEAD uses GET's. Empty if there is none. */
  public Optional<Match> find(String method, String path) {
    String served = method.equals("HEAD") ? "GET" : method;
    Route exact = methodsByPath.getOrDefault(path, Map.of()).get(served);
    return exact == null
        ? Optional.ofNullable(matches(path).get(served))
        : Optional.of(new Match(exact, Map.of()));
  }

  /** Why {@link #find} returned nothing: 404, or 405 with the methods that the path has. */
  public HttpFailure noRoute(String method, String path) {
    TreeSet<String> names = new TreeSet<>(matches(path).keySet());
    if (names.isEmpty()) {
      return new HttpFailure(
          NOT_FOUND, "path: " + Shown.of(path) + " (expected: a route of this server)");
    }
    if (names.contains("GET")) {
      names.add("HEAD");
    }
    String allowed = String.join(", ", names);
    return new HttpFailure(
        METHOD_NOT_ALLOWED,
        "method: " + Shown.of(method) + " on " + Shown.of(path) + " (expected: " + allowed + ")",
        Map.of("Allow", allowed));
  }

  /** The routes of {@code path} by method. */
  private Map<String, Match> matches(String path) {
    String plain =
        path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    Map<String, Match> found = new HashMap<>();
    addLiterals(found, methodsByPath.getOrDefault(path, Map.of()));
    addLiterals(found, methodsByPath.getOrDefault(plain, Map.of()));
    addTemplates(found, templates, plain);
    if (found.isEmpty()) {
      addTemplates(found, openTemplates, path);
    }
    return found;
  }

  private static void addLiterals(Map<String, Match> found, Map<String, Route> methods) {
    methods.forEach((method, route) -> found.putIfAbsent(method, new Match(route, Map.of())));
  }

  private static void addTemplates(
      Map<String, Match> found, List<Templated> candidates, String path) {
    for (Templated one : candidates) {
      if (!found.containsKey(one.route().method())) {
        one.template()
            .match(path)
            .ifPresent(values -> found.put(one.route().method(), new Match(one.route(), values)));
      }
    }
  }
}
