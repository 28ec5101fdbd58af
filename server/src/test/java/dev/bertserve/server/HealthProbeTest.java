package dev.bertserve.server;

import static dev.bertserve.server.InferenceServerTest.MODEL;
import static dev.bertserve.server.InferenceServerTest.STOP_LIMIT;
import static dev.bertserve.server.InferenceServerTest.server;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.wiring.InferenceServer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HealthProbeTest {

  @Test
  void isReady_beforeTheLoadAfterItAndAfterTheStop_isTrueOnceReady() throws Exception {
    InferenceServer server = server();
    int port = server.port();
    try {
      assertThat(HealthProbe.isReady(port)).isFalse();
      server.load(MODEL);
      assertThat(HealthProbe.isReady(port)).isTrue();
    } finally {
      server.stop(STOP_LIMIT);
    }
    assertThat(HealthProbe.isReady(port)).isFalse();
  }

  @Test
  void port_variables_isThatOfServe() {
    assertThat(HealthProbe.port(Map.of())).isEqualTo(8080);
    assertThat(HealthProbe.port(Map.of("AIP_HTTP_PORT", "9090"))).isEqualTo(9090);
    assertThat(HealthProbe.port(Map.of("AIP_HTTP_PORT", "9090", "BERTSERVE_PORT", "9091")))
        .isEqualTo(9091);
    assertThat(
            HealthProbe.port(
                Map.of("AIP_HTTP_PORT", "9090", "BERTSERVE_PORT", "tcp://10.0.0.7:8080")))
        .isEqualTo(9090);
  }
}
