package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/**
 * A final response, parsed.
 *
 * @param body null if the response has none, because the request was HEAD
 */
record FuzzReply(int status, Map<String, String> headers, String body) {

  /** As strict as the server is with requests. */
  static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Every status that a malformed or overloading client may get; 500 is none of them. */
  private static final Set<Integer> KNOWN_STATUSES =
      Set.of(200, 400, 404, 405, 413, 414, 415, 417, 429, 431, 503, 504);

  /** What holds for any response. */
  void check() throws IOException {
    assertThat(status).as("%s", this).isIn(KNOWN_STATUSES);
    assertThat(headers.get("connection")).as("%s", this).isIn("keep-alive", "close");
    if (status == 429 || status == 503) {
      assertThat(headers).as("%s", this).containsKey("retry-after");
    }
    if (status >= 400 && body != null) {
      assertThat(headers.get("content-type")).as("%s", this).isEqualTo("application/json");
      assertThat(body).as("%s", this).isASCII().doesNotContain("\n", "\r", "Exception", "io.netty");
      JsonNode error = JSON.readTree(body);
      assertThat(error.properties()).as("%s", this).hasSize(1);
      String message = error.path("error").asText() + error.path("errorMessage").asText();
      assertThat(message).as("%s", this).isNotBlank().doesNotContain("\n", "\r");
    }
  }

  boolean closesConnection() {
    return "close".equals(headers.get("connection"));
  }

  /** Predictions of a 200, each one finite number. */
  JsonNode predictions() throws IOException {
    assertThat(status).as("%s", this).isEqualTo(200);
    JsonNode tree = JSON.readTree(body.getBytes(StandardCharsets.UTF_8));
    JsonNode predictions = tree.path("predictions");
    assertThat(tree.properties()).hasSize(1);
    assertThat(predictions.isArray()).isTrue();
    for (JsonNode prediction : predictions) {
      assertThat(prediction).hasSize(1);
      assertThat(prediction.get(0).isNumber()).isTrue();
      assertThat(prediction.get(0).asDouble()).isFinite();
    }
    return predictions;
  }
}
