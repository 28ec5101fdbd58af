package dev.bertserve.server.protocol.operations;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.protocol.json.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The description of all routes, as OpenAPI 3.1. */
public final class ApiEndpoint implements Endpoint {

  /** Name of the security scheme. */
  private static final String TOKEN = "token";

  private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");

  private final Map<String, Map<String, Route>> methodsByPath = new LinkedHashMap<>();

  private final boolean tokens;

  /**
   * Describes those of {@code routes} that have a summary.
   *
   * @param tokens whether the server has tokens
   */
  public ApiEndpoint(List<Route> routes, boolean tokens) {
    this.tokens = tokens;
    for (Route route : routes) {
      if (!route.doc().summary().isEmpty()) {
        methodsByPath
            .computeIfAbsent(route.path(), path -> new LinkedHashMap<>())
            .putIfAbsent(route.method(), route);
      }
    }
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    return CompletableFuture.completedFuture(Response.json(Payload.whole(this::write)));
  }

  private void write(OutputStream sink) throws IOException {
    String version = ApiEndpoint.class.getPackage().getImplementationVersion();
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      json.member("openapi", "3.1.0");
      json.beginObject("info");
      json.member("title", "Bertserve");
      json.member("version", version == null ? "development" : version);
      json.endObject();
      json.beginObject("paths");
      for (Map.Entry<String, Map<String, Route>> path : methodsByPath.entrySet()) {
        json.beginObject(path.getKey());
        for (Route route : path.getValue().values()) {
          writeRoute(json, route);
        }
        json.endObject();
      }
      json.endObject();
      if (tokens) {
        writeSecurityScheme(json);
      }
      json.endObject();
    }
  }

  private static void writeSecurityScheme(JsonWriter json) throws IOException {
    json.beginObject("components");
    json.beginObject("securitySchemes");
    json.beginObject(TOKEN);
    json.member("type", "http");
    json.member("scheme", "bearer");
    json.endObject();
    json.endObject();
    json.endObject();
  }

  private void writeRoute(JsonWriter json, Route route) throws IOException {
    json.beginObject(route.method().equals("GET") ? "get" : "post");
    json.member("summary", route.doc().summary());
    json.member("operationId", route.method() + " " + route.path());
    writeParameters(json, route.path());
    if (!route.doc().bodyExample().isEmpty()) {
      json.beginObject("requestBody");
      json.member("required", true);
      json.beginObject("content");
      json.beginObject("application/json");
      json.name("schema");
      writeType(json, "object");
      json.name("example");
      json.raw(route.doc().bodyExample());
      json.endObject();
      json.endObject();
      json.endObject();
    }
    boolean secured = tokens && route.needsToken();
    if (secured) {
      json.beginArray("security");
      json.beginObject();
      json.beginArray(TOKEN);
      json.endArray();
      json.endObject();
      json.endArray();
    }
    json.beginObject("responses");
    writeResponse(json, "200", "success");
    if (secured) {
      writeResponse(json, "401", "no valid token");
    }
    writeResponse(json, "default", "failure, with one line that says why");
    json.endObject();
    json.endObject();
  }

  private static void writeParameters(JsonWriter json, String path) throws IOException {
    Matcher variables = VARIABLE.matcher(path);
    json.beginArray("parameters");
    while (variables.find()) {
      json.beginObject();
      json.member("name", variables.group(1));
      json.member("in", "path");
      json.member("required", true);
      json.name("schema");
      writeType(json, variables.group(1).equals("version") ? "integer" : "string");
      json.endObject();
    }
    json.endArray();
  }

  private static void writeType(JsonWriter json, String type) throws IOException {
    json.beginObject();
    json.member("type", type);
    json.endObject();
  }

  private static void writeResponse(JsonWriter json, String status, String description)
      throws IOException {
    json.beginObject(status);
    json.member("description", description);
    json.endObject();
  }
}
