package dev.bertserve.server.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTest {

  private static final Endpoint NOTHING = request -> new CompletableFuture<>();

  private final Route health = new Route("GET", "/v1/a:b", "health", NOTHING);
  private final Route predict = new Route("POST", "/v1/a:b", "predict", NOTHING);
  private final Router router = new Router(List.of(health, predict, health));

  private final Router templated =
      new Router(
          List.of(
              new Route("POST", "/v1/{rest...}", "rest", NOTHING),
              new Route("POST", "/v1/models/{model}:predict", "predict", NOTHING),
              new Route("POST", "/v1/models/{model}/versions/{version}:predict", "v", NOTHING)));

  private Route found(String method, String path) {
    return router.find(method, path).orElseThrow().route();
  }

  @Test
  void find_sharedPath_goesByMethod() {
    assertThat(found("GET", "/v1/a:b")).isSameAs(health);
    assertThat(found("HEAD", "/v1/a:b")).isSameAs(health);
    assertThat(found("POST", "/v1/a:b")).isSameAs(predict);
  }

  @Test
  void noRoute_unknownPath_is404NamingIt() {
    assertThat(router.find("GET", "/v1/a")).isEmpty();
    HttpFailure failure = router.noRoute("GET", "/v1/a");
    assertThat(failure.status()).isEqualTo(404);
    assertThat(failure).hasMessage("path: /v1/a (expected: a route of this server)");
  }

  @Test
  void noRoute_wrongMethod_is405WithAllow() {
    assertThat(router.find("PUT", "/v1/a:b")).isEmpty();
    HttpFailure failure = router.noRoute("PUT", "/v1/a:b");
    assertThat(failure.status()).isEqualTo(405);
    assertThat(failure).hasMessage("method: PUT on /v1/a:b (expected: GET, HEAD, POST)");
    assertThat(failure.headers()).containsEntry("Allow", "GET, HEAD, POST");
  }

  @Test
  void find_slashAtTheEnd_isTheSamePath() {
    assertThat(router.find("GET", "/V1/a:B")).isEmpty();
    assertThat(found("POST", "/v1/a:b/")).isSameAs(predict);
    assertThat(router.find("GET", "/v1/a:b//")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/models/bert:predict, model=bert",
    "/V1/Models/Bert:PREDICT, model=Bert",
    "/v1/models/bert:predict/, model=bert",
    "/v1/models/a b+c%:predict, model=a b+c%",
    "/v1/models/bert/versions/7:predict, model=bert version=7",
    "/v1/elsewhere, rest=elsewhere",
    "/v1/, rest=''",
    "/v1/models/a/b:predict, rest=models/a/b:predict",
    "/v1/models/:predict, rest=models/:predict",
    "/v1/models/{model}/x, rest=models/{model}/x"
  })
  void find_template_bindsItsVariables(String path, String values) {
    Router.Match match = templated.find("POST", path).orElseThrow();

    assertThat(new TreeMap<>(match.values()).toString().replaceAll("[{},]", ""))
        .isEqualTo(values.replaceAll("[{},]", "").replace("''", ""));
  }

  @Test
  void find_pathOfRouteAndTemplate_isTheRoutesForItsMethodAlone() {
    Router both =
        new Router(
            List.of(
                new Route("POST", "/v1/models/{model}", "post", NOTHING),
                new Route("GET", "/v1/models/{model}", "get", NOTHING),
                new Route("GET", "/v1/models/bert", "health", NOTHING)));

    assertThat(both.find("GET", "/v1/models/bert").orElseThrow().route().name())
        .isEqualTo("health");
    assertThat(both.find("POST", "/v1/models/bert").orElseThrow().route().name()).isEqualTo("post");
    assertThat(both.find("GET", "/v1/models/other").orElseThrow().route().name()).isEqualTo("get");
  }

  @Test
  void router_twoEndpointsOnOneRoute_isRefused() {
    Route other = new Route("GET", "/v1/a:b", "other", request -> new CompletableFuture<>());
    assertThatThrownBy(() -> new Router(List.of(health, other)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GET /v1/a:b");
  }
}
