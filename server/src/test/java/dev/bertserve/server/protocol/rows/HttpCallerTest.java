package dev.bertserve.server.protocol.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.fixture.Requests;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpCallerTest {

  @Test
  void of_noHeader_isLongerThanAnyRequest() {
    assertThat(HttpCaller.of(request("")).timeout()).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void of_milliseconds_isThatLong() {
    assertThat(HttpCaller.of(request("1500")).timeout()).isEqualTo(Duration.ofMillis(1500));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1.5", "soon", " 5", "9999999999999999999999"})
  void of_noNumber_isInvalid(String value) {
    assertThatThrownBy(() -> HttpCaller.of(request(value)))
        .isInstanceOf(ServingException.class)
        .hasMessage("X-Request-Timeout-Ms: not understood (expected: milliseconds, 1 or more)");
  }

  private static Request request(String timeout) {
    return Requests.of(
        "POST", "/predict", name -> name.equals(HttpCaller.TIMEOUT) ? timeout : "", new byte[0]);
  }
}
