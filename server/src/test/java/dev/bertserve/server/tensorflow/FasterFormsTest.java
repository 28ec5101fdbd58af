package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.prepared.Int8Trial;
import dev.bertserve.server.prepared.Move;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.prepared.Quantised;
import dev.bertserve.server.savedmodel.ModelPreparer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** int8 is tried where it was measured to move little and to gain much. */
final class FasterFormsTest {

  private static final double TOLERANCE = 0.02;
  private static final String HERE = "a processor";
  private static PreparedModel model;

  @BeforeAll
  static void prepare() throws IOException {
    model = ModelPreparer.prepare(Models.builtIn());
  }

  @Test
  void of_movesLittleAndGainsMuch_int8IsFirst() {
    assertThat(faster(true, trial(0.01, 1.5, HERE)))
        .containsExactly(Precision.INT8, Precision.BF16);
    assertThat(faster(false, trial(0.01, 3, HERE))).containsExactly(Precision.INT8);
  }

  @Test
  void of_movesTooFar_int8IsNotTried() {
    assertThat(faster(true, trial(0.03, 1.5, HERE))).containsExactly(Precision.BF16);
    assertThat(faster(false, trial(0.03, 3, HERE))).isEmpty();
    assertThat(faster(false, trial(Double.NaN, 3, HERE))).isEmpty();
  }

  @Test
  void of_gainsLittle_bfloat16IsFirst() {
    assertThat(faster(true, trial(0.01, 1.05, HERE))).containsExactly(Precision.BF16);
  }

  @Test
  void of_measuredOnAnotherProcessor_onlyFloat32IsSurelySlower() {
    assertThat(faster(true, trial(0.01, 3, "another"))).containsExactly(Precision.BF16);
    assertThat(faster(false, trial(0.01, 3, "another"))).containsExactly(Precision.INT8);
  }

  @Test
  void of_notMeasured_int8IsNotTried() {
    assertThat(faster(true, Optional.empty())).containsExactly(Precision.BF16);
  }

  @Test
  void of_processorWithoutInt8_isNotTried() {
    CpuFeatures cpu = new CpuFeatures(true, false, false, false, 2, HERE);

    assertThat(faster(cpu, trial(0.01, 3, HERE))).isEmpty();
  }

  private static List<Precision> faster(boolean hasBfloat16, Optional<Int8Trial> trial) {
    return faster(new CpuFeatures(true, hasBfloat16, false, true, 2, HERE), trial);
  }

  private static List<Precision> faster(CpuFeatures cpu, Optional<Int8Trial> trial) {
    EngineSettings settings = new EngineSettings(Precision.AUTO, TOLERANCE, 1, 0, Optional.empty());
    return new FasterForms(Device.of(cpu, "no driver"), settings)
        .of(model.withQuantised(Optional.of(new Quantised(model.graph(), trial))));
  }

  private static Optional<Int8Trial> trial(double largest, double speed, String processor) {
    return Optional.of(new Int8Trial(new Move(40, largest, 0.001, 0), speed, processor));
  }
}
