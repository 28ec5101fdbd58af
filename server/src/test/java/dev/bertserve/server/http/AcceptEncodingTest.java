package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AcceptEncodingTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip",
        "GZIP",
        "x-gzip",
        "deflate, gzip",
        "gzip;q=0.001",
        "gzip ; q=1.0",
        "br;q=1, gzip;q=0.5",
        "*",
        "*;q=0.1",
        "*;q=0, gzip"
      })
  void allowsGzip_namedOrStar_isTrue(String header) {
    assertThat(AcceptEncoding.allowsGzip(header)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "identity",
        "deflate",
        "gzip;q=0",
        "gzip; q=0.000",
        "*, gzip;q=0",
        "gzip;q=0, *",
        "*;q=0",
        "gzipped"
      })
  void allowsGzip_absentOrExcluded_isFalse(String header) {
    assertThat(AcceptEncoding.allowsGzip(header)).isFalse();
  }
}
