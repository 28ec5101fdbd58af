package dev.bertserve.server.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReasonTest {

  @Test
  void of_messageOfSeveralLines_isOne() {
    assertThat(Reason.of(new IllegalStateException("No op:\n\t{{node x}}\r\n  here")))
        .isEqualTo("No op: {{node x}} here");
  }

  @Test
  void of_messageWithControlCharacters_cannotChangeATerminal() {
    assertThat(Reason.of(new IOException("column: \u001b[2J\u009b2J\u0000 (expected: [a])")))
        .isEqualTo("column: \ufffd[2J\ufffd2J\ufffd (expected: [a])");
  }

  @Test
  void of_noMessage_isTheKind() {
    assertThat(Reason.of(new IllegalStateException())).isEqualTo("IllegalStateException");
  }

  private static String forClients(String message) {
    return Reason.forClients(new IOException(message), List.of("models/my own"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/srv/models/a/saved_model.pb (expected: a proto) | saved_model.pb (expected: a proto)",
        "model: /srv/a: no such folder | model: a: no such folder",
        "places: [/tmp/a, /home/u/b] | places: [a, b]",
        "file:/srv/a.jar | file:a.jar",
        "gs://bucket/folder (expected: a model) | folder (expected: a model)",
        "models/my own/1/saved_model.pb: short | 1/saved_model.pb: short",
        "op bert/encoder/layer_0: unknown (expected: 1/2) | op bert/encoder/layer_0: unknown (expected: 1/2)",
        "outputs: [a DT_FLOAT [5]] / [b] | outputs: [a DT_FLOAT [5]] / [b]",
        "class dev.bertserve.A cannot be cast | unexpected (the log has the cause)",
        "Could not initialize class org/tensorflow/Ops | unexpected (the log has the cause)",
      })
  void forClients_aMessage_keepsWhatIsNotOfTheMachine(String message, String expected) {
    assertThat(forClients(message)).isEqualTo(expected);
  }

  @Test
  void forClients_noMessage_doesNotNameTheClass() {
    assertThat(Reason.forClients(new IllegalStateException(), List.of()))
        .isEqualTo("unexpected (the log has the cause)");
  }
}
