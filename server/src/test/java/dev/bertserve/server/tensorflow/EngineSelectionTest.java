package dev.bertserve.server.tensorflow;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.prepared.Reference;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EngineSelectionTest {

  @Test
  void open_float32_isObeyed() throws IOException {
    assertThat(precisionOf(new EngineSettings(Precision.FP32, 0.02, 1, 0, Optional.empty())))
        .isEqualTo(Precision.FP32);
  }

  @Test
  void open_bfloat16AskedFor_isObeyedWhateverItMoves() throws IOException {
    assertThat(precisionOf(new EngineSettings(Precision.BF16, 0, 1, 0, Optional.empty())))
        .isEqualTo(Precision.BF16);
  }

  @Test
  void open_float16AskedFor_isObeyedOnACpuToo() throws IOException {
    assertThat(precisionOf(EngineSettings.of(Precision.FP16, 1))).isEqualTo(Precision.FP16);
  }

  @Test
  void open_autoWithNoToleranceAtAll_staysInFloat32() throws IOException {
    assertThat(precisionOf(new EngineSettings(Precision.AUTO, 0, 1, 0, Optional.empty())))
        .isEqualTo(Precision.FP32);
  }

  @Test
  void open_auto_takesWhatTheDeviceMultipliesFastest() throws IOException {
    assertThat(precisionOf(EngineSettings.of(Precision.AUTO, 1)))
        .isEqualTo(Device.ofThisMachine().fastest());
  }

  @Test
  void open_rewrittenGraphAnswersOtherwise_runsTheGraphAsExported() throws IOException {
    PreparedModel model = ModelPreparer.prepare(Models.builtIn());
    EngineSettings settings = EngineSettings.of(Precision.FP32, 1);
    Tokenizer tokenizer = model.tokenizer().loaded().tokenizer();
    List<TokenIds> rows = List.of(tokenizer.tokenize("a fine film"));
    Reference impossible = new Reference(rows, List.of(Column.of(2)));

    assertThat(answer(EngineSelection.open(model.with(impossible), settings, rows).engine(), rows))
        .isEqualTo(answer(EngineSelection.openAsExported(model, settings), rows));
  }

  private static float answer(TensorFlowEngine engine, List<TokenIds> rows) {
    try (engine) {
      return floats(engine.runAll(TokenRow.allOf(rows)).get(0))[0];
    }
  }

  private static Precision precisionOf(EngineSettings settings) throws IOException {
    PreparedModel model = ModelPreparer.prepare(Models.builtIn());
    Tokenizer tokenizer = model.tokenizer().loaded().tokenizer();
    List<TokenIds> probe =
        List.of(tokenizer.tokenize("a fine film"), tokenizer.tokenize("a mess , all in all"));
    EngineSelection selection = EngineSelection.open(model, settings, probe);
    selection.engine().close();
    return selection.precision();
  }
}
