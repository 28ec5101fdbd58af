package dev.bertserve.server.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RouterTest {

  private static final Endpoint NOTHING = request -> new CompletableFuture<>();

  private final Route health = new Route("GET", "/v1/a:b", "health", NOTHING);
  private final Route predict = new Route("POST", "/v1/a:b", "predict", NOTHING);
  private final Router router = new Router(List.of(health, predict, health));

  @Test
  void find_sharedPath_goesByMethod() {
    assertThat(router.find("GET", "/v1/a:b")).containsSame(health);
    assertThat(router.find("HEAD", "/v1/a:b")).containsSame(health);
    assertThat(router.find("POST", "/v1/a:b")).containsSame(predict);
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
  void router_twoEndpointsOnOneRoute_isRefused() {
    Route other = new Route("GET", "/v1/a:b", "other", request -> new CompletableFuture<>());
    assertThatThrownBy(() -> new Router(List.of(health, other)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GET /v1/a:b");
  }
}
