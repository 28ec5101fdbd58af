package dev.bertserve.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.fixture.CountingModel;
import dev.bertserve.server.protocol.bigquery.BigQueryEndpoint;
import dev.bertserve.server.protocol.oip.InferStats;
import dev.bertserve.server.protocol.oip.OipRoutes;
import dev.bertserve.server.protocol.tfserving.TfServingRoutes;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.VersionLabels;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VertexRoutesTest {

  private static final Endpoint NOTHING = request -> new CompletableFuture<>();

  @ParameterizedTest
  @CsvSource({
    "/health, /predict, health, predict",
    "/v1/endpoints/1/deployedModels/2, /v1/endpoints/1/deployedModels/2:predict, health, predict",
    "/one, /one, health, predict",
    "/predict, /health, health, predict",
    "/, /, health, predict",
    "/v1/models/bert, /v1/models/bert:predict, tfserving_status, tfserving_predict",
    "/v1/models/other, /v1/models/other:predict, health, predict",
    "/v2/health/ready, /v1/models/bert, oip_ready, predict",
    "/metrics2, /metrics, health, predict"
  })
  void chosenRoute_onAnyPath_servesItsPurpose(
      String healthPath, String predictPath, String health, String predict) {
    Router router = router(healthPath, predictPath);

    assertThat(label(router, "GET", healthPath)).isEqualTo(health);
    assertThat(label(router, "POST", predictPath)).isEqualTo(predict);
    assertThat(label(router, "GET", "/health")).isEqualTo("health");
    assertThat(label(router, "POST", "/predict")).isEqualTo("predict");
    assertThat(label(router, "GET", "/metrics")).isEqualTo("metrics");
    assertThat(label(router, "GET", "/v1/models/bert")).isEqualTo("tfserving_status");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/metrics", "/v2/health/live", "/v2", "/v1/models/bert/metadata"})
  void healthRoute_onThePathOfAnotherPage_isRejected(String path) {
    assertThatThrownBy(() -> router(path, "/predict"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("health-route: " + path + " (expected: a path that serves nothing else)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/bigquery", "/v2/models/bert/infer", "/v1/models/bert:classify"})
  void predictRoute_onThePathOfAnotherDialect_isRejected(String path) {
    assertThatThrownBy(() -> router("/health", path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("predict-route: " + path + " (expected: a path that serves nothing else)");
  }

  private static String label(Router router, String method, String path) {
    return router.find(method, path).orElseThrow().route().name();
  }

  private static Router router(String healthPath, String predictPath) {
    CountingModel model =
        new CountingModel(
            ModelSignature.ofTexts(List.of("text"), List.of(new OutputSpec("score", List.of(1)))));
    List<Route> others = new ArrayList<>();
    others.add(new Route("GET", "/health", "health", NOTHING));
    others.add(new Route("POST", "/predict", "predict", NOTHING));
    others.add(new Route("GET", "/metrics", "metrics", NOTHING));
    others.addAll(TfServingRoutes.of(model, VersionLabels.parse(List.of())));
    others.addAll(OipRoutes.of(model, new InferStats(() -> 0)));
    others.addAll(BigQueryEndpoint.routes(model, "bert"));
    return new Router(
        new VertexRoutes(others, Set.of("bert"))
            .with(
                new Route("GET", healthPath, "health", NOTHING),
                new Route("POST", predictPath, "predict", NOTHING)));
  }
}
