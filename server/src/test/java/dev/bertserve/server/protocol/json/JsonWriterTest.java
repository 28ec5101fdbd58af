package dev.bertserve.server.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.failure.ServingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWriterTest {

  @Test
  void value_floats_areShortest() throws IOException {
    assertThat(written(0.1f)).isEqualTo("0.1");
    assertThat(written(1f)).isEqualTo("1.0");
    assertThat(written(-0f)).isEqualTo("-0.0");
    assertThat(written(1.0e-5f)).isEqualTo("1.0E-5");
    assertThat(written(0.99931353f)).isEqualTo("0.99931353");
    assertThat(written(2e23f)).isEqualTo("2.0E23");
    assertThat(written(Float.MIN_VALUE)).isEqualTo("1.4E-45");
  }

  @Test
  void value_randomFloats_readBackEqual() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      float number = Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(number)) {
        assertThat(Float.parseFloat(written(number))).as("seed %d", seed).isEqualTo(number);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void value_notFinite_isRejected(float number) {
    assertThatThrownBy(() -> written(number)).isInstanceOf(ServingException.class);
  }

  private static String written(float number) throws IOException {
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    try (JsonWriter json = new JsonWriter(sink)) {
      json.value(number);
    }
    return sink.toString(StandardCharsets.UTF_8);
  }
}
