package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.endpoint.HttpFailure;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ContentCodingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "identity | IDENTITY",
        "Identity;identity | IDENTITY",
        "gzip | GZIP",
        "x-gzip | GZIP",
        "identity;gzip | GZIP",
        "gzip, identity | GZIP",
        "Deflate | DEFLATE"
      })
  void of_oneCodingBesideIdentity_isThatOne(String headers, ContentCoding coding) {
    assertThat(ContentCoding.of(headers(headers))).isEqualTo(coding);
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "gzip;deflate", "gzip, gzip", "identityx", "notidentity"})
  void of_othersOrSeveral_isRejected(String headers) {
    assertThatThrownBy(() -> ContentCoding.of(headers(headers)))
        .isInstanceOf(HttpFailure.class)
        .hasMessageContaining("(expected: gzip or deflate, one of them)");
  }

  private static HttpHeaders headers(String values) {
    HttpHeaders headers = new DefaultHttpHeaders();
    for (String value : values.split(";", -1)) {
      headers.add("content-encoding", value);
    }
    return headers;
  }
}
