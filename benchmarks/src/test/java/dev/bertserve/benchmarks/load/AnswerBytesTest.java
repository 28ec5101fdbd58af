package dev.bertserve.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class AnswerBytesTest {

  private final AnswerBytes answer = new AnswerBytes();

  @Test
  void take_answerInPieces_isThereOnceItIsWhole() throws IOException {
    arrive("HTTP/1.1 429 Too Many Requests\r\nContent-");
    assertThat(answer.take()).isNull();
    arrive("Length: 5\r\nRetry-After: 1\r\n\r\nfu");
    assertThat(answer.take()).isNull();
    arrive("ll!");

    assertThat(answer.take()).isEqualTo(new Target.Reply(429, "full!"));
    assertThat(answer.last()).isFalse();
  }

  @Test
  void take_oneAnswerAfterTheOther_areTwo() throws IOException {
    arrive("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    assertThat(answer.take()).isEqualTo(new Target.Reply(200, "{}"));
    assertThat(answer.take()).isNull();
    arrive("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nConnection: close\r\n\r\n");

    assertThat(answer.take()).isEqualTo(new Target.Reply(503, ""));
    assertThat(answer.last()).isTrue();
  }

  @Test
  void take_longAnswer_isWhole() throws IOException {
    String body = "0.5,".repeat(10_000);
    arrive("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);

    assertThat(answer.take()).isEqualTo(new Target.Reply(200, body));
  }

  @Test
  void readFrom_closedConnection_isFalse() throws IOException {
    assertThat(answer.readFrom(channel(""))).isFalse();
  }

  private void arrive(String bytes) throws IOException {
    ReadableByteChannel channel = channel(bytes);
    while (answer.readFrom(channel)) {
      // Until nothing is left.
    }
  }

  private static ReadableByteChannel channel(String bytes) {
    return Channels.newChannel(
        new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1)));
  }
}
