package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HttpSettingsTest {

  private static final int MEGABYTE = 1024 * 1024;

  @Test
  void arrivingBytes_smallHeap_isAQuarterOfIt() {
    assertThat(HttpSettings.arrivingBytes(200L * MEGABYTE, MEGABYTE)).isEqualTo(50 * MEGABYTE);
  }

  @Test
  void arrivingBytes_largeHeap_isBounded() {
    assertThat(HttpSettings.arrivingBytes(4_096L * MEGABYTE, MEGABYTE)).isEqualTo(128 * MEGABYTE);
  }

  @Test
  void arrivingBytes_bodyLimitAboveTheQuarter_holdsOneBody() {
    assertThat(HttpSettings.arrivingBytes(100L * MEGABYTE, 40 * MEGABYTE)).isEqualTo(40 * MEGABYTE);
  }
}
