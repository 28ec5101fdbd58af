package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.http.RawClient.Reply;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class MalformedRequestsTest {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final String GOOD = TestServer.predict("{\"instances\":[\"good\"]}");

  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = new TestServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static List<MalformedRequests.Case> cases() {
    return MalformedRequests.all();
  }

  @Test
  void table_hasTwoHundredDifferentRequests() {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(200);
    assertThat(cases()).extracting(MalformedRequests.Case::name).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void request_malformed_isRefusedAndTheNextAnswered(MalformedRequests.Case malformed)
      throws IOException {
    try (RawClient client = server.client()) {
      client.send(malformed.bytes());
      boolean head = malformed.name().contains("HEAD");
      Reply reply = head ? client.replyToHead() : client.reply();
      assertThat(reply.status()).isEqualTo(malformed.status());
      assertThat(reply.header("content-type")).isEqualTo("application/json");
      if (!head) {
        assertThatIsOneLineError(reply.body());
      }
      if (reply.header("connection").equals("keep-alive")) {
        assertThat(client.send(GOOD).reply().body()).isEqualTo("{\"predictions\":[[4.0]]}");
      } else {
        assertThat(client.isEnded()).isTrue();
      }
    }
    try (RawClient client = server.client()) {
      assertThat(client.send(GOOD).reply().body()).isEqualTo("{\"predictions\":[[4.0]]}");
    }
  }

  private static void assertThatIsOneLineError(String body) throws IOException {
    JsonNode error = JSON.readTree(body);
    assertThat(error.properties()).hasSize(1);
    assertThat(error.get("error").isTextual()).isTrue();
    assertThat(error.get("error").textValue()).isNotBlank();
    assertThat(body).doesNotContain("\n", "Exception", "com.", "io.netty");
  }
}
