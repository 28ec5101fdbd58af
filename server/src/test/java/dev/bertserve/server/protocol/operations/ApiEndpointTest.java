package dev.bertserve.server.protocol.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.fixture.Requests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ApiEndpointTest {

  private static final Endpoint NOTHING = request -> new CompletableFuture<>();

  @Test
  void page_describesTheRoutesThatHaveASummary() throws IOException {
    JsonNode page =
        page(
            false,
            new Route("GET", "/health", "health", NOTHING).describedAs("Whether it is ready"),
            new Route("POST", "/m/{model}/versions/{version}:predict", "predict", NOTHING)
                .describedAs("Scores", "{\"instances\":[\"a\"]}"),
            new Route("POST", "/m/{rest...}", "malformed", NOTHING));

    assertThat(page.path("openapi").asText()).isEqualTo("3.1.0");
    assertThat(page.path("paths")).hasSize(2);
    assertThat(page.at("/paths/~1health/get/summary").asText()).isEqualTo("Whether it is ready");
    assertThat(page.at("/paths/~1health/get").has("requestBody")).isFalse();
    JsonNode predict =
        page.path("paths").path("/m/{model}/versions/{version}:predict").path("post");
    assertThat(predict.at("/parameters/0/name").asText()).isEqualTo("model");
    assertThat(predict.at("/parameters/1/schema/type").asText()).isEqualTo("integer");
    assertThat(predict.at("/requestBody/content/application~1json/example/instances/0").asText())
        .isEqualTo("a");
    assertThat(predict.path("responses").has("200")).isTrue();
    assertThat(page.has("components")).isFalse();
  }

  @Test
  void page_ofAServerWithTokens_saysWhichRoutesNeedOne() throws IOException {
    JsonNode page =
        page(
            true,
            new Route("GET", "/health", "health", NOTHING).describedAs("Ready").forProbes(),
            new Route("POST", "/predict", "predict", NOTHING).describedAs("Scores", "{}"));

    assertThat(page.at("/components/securitySchemes/token/scheme").asText()).isEqualTo("bearer");
    JsonNode predict = page.at("/paths/~1predict/post");
    assertThat(predict.at("/security/0").has("token")).isTrue();
    assertThat(predict.path("responses").has("401")).isTrue();
    JsonNode health = page.at("/paths/~1health/get");
    assertThat(health.has("security")).isFalse();
    assertThat(health.path("responses").has("401")).isFalse();
  }

  private static JsonNode page(boolean tokens, Route... routes) throws IOException {
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    Request request = Requests.of("GET", "/openapi.json", name -> "", new byte[0]);
    new ApiEndpoint(List.of(routes), tokens)
        .handle(request)
        .toCompletableFuture()
        .join()
        .payload()
        .writeTo(sink);
    return new ObjectMapper().readTree(sink.toByteArray());
  }
}
