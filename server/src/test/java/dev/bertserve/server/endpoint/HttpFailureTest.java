package dev.bertserve.server.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HttpFailureTest {

  @ParameterizedTest
  @CsvSource({
    "INVALID, 400",
    "NOT_FOUND, 404",
    "TOO_LARGE, 413",
    "OVERLOADED, 429",
    "INTERNAL, 500",
    "UNAVAILABLE, 503",
    "DEADLINE_EXCEEDED, 504"
  })
  void of_eachKind_hasItsStatus(FailureKind kind, int status) {
    HttpFailure failure = HttpFailure.of(new ServingException(kind, "x: y"));
    assertThat(failure.status()).isEqualTo(status);
    assertThat(failure).hasMessage("x: y");
    boolean retry = status == 429 || status == 503;
    assertThat(failure.headers().containsKey("Retry-After")).isEqualTo(retry);
  }

  @Test
  void of_knownDelay_isTheRetryAfter() {
    HttpFailure failure = HttpFailure.of(new ServingException(FailureKind.OVERLOADED, "x", 7));
    assertThat(failure.headers()).containsEntry("Retry-After", "7");
    assertThat(failure.response().headers())
        .containsEntry("Retry-After", "7")
        .containsEntry("Content-Type", "application/json");
  }
}
