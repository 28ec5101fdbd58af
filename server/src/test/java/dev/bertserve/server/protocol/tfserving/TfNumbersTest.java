package dev.bertserve.server.protocol.tfserving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TfNumbersTest {

  private static final int SAMPLES = 200_000;

  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "-0, -0.0",
    "1, 1.0",
    "-2.5, -2.5",
    "0.1, 0.1",
    "0.2, 0.2",
    "0.98765433, 0.987654328",
    "0.9999999, 0.999999881",
    "100000, 100000.0",
    "100000.5, 100000.5",
    "999999.94, 999999.938",
    "1000000, 1e+06",
    "9000000, 9e+06",
    "16777216, 16777216.0",
    "0.0001, 0.0001",
    "0.00003, 3e-05",
    "0.00012345679, 0.00012345679",
    "1.4e-45, 1.4013e-45",
    "3.4028235e38, 3.40282347e+38",
    "1e10, 1e+10"
  })
  void text_knownNumber_isAsTensorFlowServingWritesIt(float value, String text) {
    assertThat(TfNumbers.text(value)).isEqualTo(text);
  }

  @Test
  void text_anyFloat_readsBackAsTheSameFloat() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < SAMPLES; i++) {
      float value = i % 2 == 0 ? random.nextFloat() : Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(value)) {
        assertThat(Float.parseFloat(TfNumbers.text(value))).as("seed %s", seed).isEqualTo(value);
      }
    }
  }
}
