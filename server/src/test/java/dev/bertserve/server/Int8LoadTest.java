package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.prepared.CacheFolder;
import dev.bertserve.server.prepared.Pace;
import dev.bertserve.server.prepared.PreparedCache;
import dev.bertserve.server.prepared.PreparedFolder;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.server.tensorflow.EngineSelection;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.wiring.LoadedModel;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models loaded with 8-bit products, and where their ranges come from. */
final class Int8LoadTest {

  private static final String MODEL = "bert_uncased";

  @TempDir private Path folder;

  @BeforeEach
  void requireInt8() {
    assumeThat(EngineSelection.hasInt8())
        .as("8-bit products of the processor (avx512_vnni, avx_vnni or amx_int8)")
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {MODEL, "pair_S64", "out_keys"})
  void load_int8_calibratesAndServes(String model) throws IOException {
    try (LoadedModel loaded =
        LoadedModel.load(SmallModels.location(model), settings(Optional.empty()))) {
      assertThat(loaded.precision()).isEqualTo(Precision.INT8);
      assertThat(loaded.model().quantised()).isPresent();
    }
  }

  @Test
  void load_preparedModel_keepsItsRanges() throws IOException {
    PreparedModel ofOwnTexts =
        LoadedModel.prepare(SmallModels.location(MODEL), settings(Optional.of(texts())));
    PreparedModel ofBuiltInTexts =
        LoadedModel.prepare(SmallModels.location(MODEL), settings(Optional.empty()));

    try (LoadedModel loaded =
        LoadedModel.load(written(ofOwnTexts, "out"), settings(Optional.empty()))) {
      assertThat(ranges(loaded.model())).isNotEmpty().isEqualTo(ranges(ofOwnTexts));
    }
    assertThat(ranges(ofOwnTexts)).isNotEqualTo(ranges(ofBuiltInTexts));
  }

  @Test
  void load_preparedForInt8Only_servesInInt8AndNamesTheCureOtherwise() throws IOException {
    PreparedModel both =
        LoadedModel.prepare(SmallModels.location(MODEL), settings(Optional.empty()));
    ModelLocation prepared = written(both.inInt8Only(), "int8");

    try (LoadedModel whole = LoadedModel.load(written(both, "both"), settings(Optional.empty()));
        LoadedModel alone = LoadedModel.load(prepared, EngineSettings.of(Precision.AUTO, 1))) {
      assertThat(alone.precision()).isEqualTo(Precision.INT8);
      assertThat(alone.engine().runAll(TokenRow.allOf(both.reference().rows())))
          .isEqualTo(whole.engine().runAll(TokenRow.allOf(both.reference().rows())));
    }
    assertThatThrownBy(() -> LoadedModel.load(prepared, EngineSettings.of(Precision.FP32, 1)))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage(
            "precision: fp32 (expected: int8 or auto, as the model was prepared for int8 only)");
  }

  private ModelLocation written(PreparedModel model, String name) throws IOException {
    Path out = folder.resolve(name);
    PreparedFolder.write(model, "digest", out);
    return ModelLocation.of(out.toString(), Optional.empty(), Optional.empty());
  }

  @Test
  void load_withCache_keepsOneEntryForEachCalibration() throws IOException {
    load(settings(Optional.empty()));
    load(settings(Optional.of(texts())));
    load(settings(Optional.empty()));
    load(EngineSettings.of(Precision.FP32, 1));

    try (Stream<Path> entries = Files.list(folder.resolve("cache"))) {
      assertThat(entries.map(entry -> entry.getFileName().toString().replaceAll("^[0-9a-f]+", "")))
          .satisfiesExactlyInAnyOrder(
              plain -> assertThat(plain).isEmpty(),
              builtIn -> assertThat(builtIn).isEqualTo("-int8"),
              ownTexts -> assertThat(ownTexts).startsWith("-int8-"));
    }
  }

  private void load(EngineSettings settings) throws IOException {
    PreparedCache cache =
        new PreparedCache(CacheFolder.chosen(folder.resolve("cache")), 1_000_000_000, () -> 1);
    try (LoadedModel loaded = LoadedModel.load(SmallModels.location(MODEL), settings, cache)) {
      loaded.writing().write(new Pace(0, () -> 0, nanos -> {}));
    }
  }

  /** The highest value of each 8-bit product. */
  private static List<Float> ranges(PreparedModel model) {
    return model.quantised().orElseThrow().graph().nodes().stream()
        .filter(node -> node.attributes().containsKey("high"))
        .map(node -> node.attribute("high").getF())
        .toList();
  }

  private Path texts() throws IOException {
    return Files.write(folder.resolve("texts"), List.of("a fine film", "a mess , all in all"));
  }

  private static EngineSettings settings(Optional<Path> texts) {
    return new EngineSettings(Precision.INT8, EngineSettings.DEFAULT_TOLERANCE, 1, 0, texts);
  }
}
