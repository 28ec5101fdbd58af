package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.prepared.Int8Trial;
import dev.bertserve.server.prepared.Move;
import dev.bertserve.server.prepared.PreparedFolder;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.prepared.Quantised;
import dev.bertserve.server.prepared.Reference;
import dev.bertserve.server.prepared.SourceDigest;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.wiring.LoadedModel;
import dev.bertserve.server.wiring.ModelLocation;
import dev.bertserve.server.wiring.ProbeTexts;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A prepared model is the model, or one line that says why not. */
final class PreparedFolderTest {

  private static final Int8Trial TRIAL =
      new Int8Trial(new Move(40, 0.0125, 0.001, 2), 1.5, "a processor");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert_cased_S32",
        "albert",
        "several_outputs",
        "mean_pooled",
        "pair_S64",
        "recurrent_S32",
        "fast_cased"
      })
  void read_writtenModel_isTheSame(String name) throws IOException {
    Path source = SmallModels.folder(name);
    Path out = write(name);

    PreparedModel raw = ModelPreparer.prepare(source);
    PreparedModel prepared = ModelPreparer.prepare(out);
    assertThat(prepared.signature()).isEqualTo(raw.signature());
    assertThat(prepared.lengths()).isEqualTo(raw.lengths());
    assertThat(prepared.encoder()).isEqualTo(raw.encoder());
    assertThat(prepared.cutPoints()).isEqualTo(raw.cutPoints());
    assertThat(prepared.tokenInputs()).isEqualTo(raw.tokenInputs());
    assertThat(answers(out)).usingRecursiveComparison().isEqualTo(answers(source));
  }

  @Test
  void read_modelWhoseAnswersAreKnown_knowsThem() throws IOException {
    Path source = SmallModels.folder("pair_S64");
    Path out = folder.resolve("out");
    PreparedModel model =
        LoadedModel.prepare(
            ModelLocation.of(source.toString(), Optional.empty(), Optional.empty()),
            EngineSettings.of(Precision.FP32, 1));
    PreparedFolder.write(model, SourceDigest.of(source), out);

    Reference read = ModelPreparer.prepare(out).reference();
    assertThat(read.rows()).isNotEmpty().isEqualTo(model.reference().rows());
    assertThat(read.largestMove(model.reference().answers())).isZero();
  }

  @Test
  void prepare_modelWhoseAnswersAreKnown_doesNotRunTheExportedGraph() throws IOException {
    Path source = SmallModels.folder("bert_uncased");
    List<TokenIds> rows = List.of(TokenIds.of(new int[] {101, 102}, 2));
    Reference known = new Reference(rows, List.of(Column.of(0.125f)));
    Path out = folder.resolve("out");
    PreparedFolder.write(ModelPreparer.prepare(source).with(known), "digest", out);

    PreparedModel prepared =
        LoadedModel.prepare(
            ModelLocation.of(out.toString(), Optional.empty(), Optional.empty()),
            EngineSettings.of(Precision.FP32, 1));

    assertThat(prepared.reference().rows()).isEqualTo(rows);
  }

  @Test
  void read_quantisedModel_hasBothGraphsOverTheSameWeights() throws IOException {
    PreparedModel raw = ModelPreparer.prepare(SmallModels.folder("bert_uncased"));
    long bytes = Files.size(write("bert_uncased").resolve("weights.bin"));

    Path out = writeQuantised();

    assertThat(Files.size(out.resolve("weights.bin"))).isEqualTo(bytes);
    Quantised quantised = ModelPreparer.prepare(out).quantised().orElseThrow();
    assertThat(quantised.graph().nodes()).hasSameSizeAs(raw.graph().nodes());
    assertThat(quantised.trial()).contains(TRIAL);
  }

  @Test
  void read_quantisedGraphChanged_saysSo() throws IOException {
    Path out = writeQuantised();
    byte[] bytes = Files.readAllBytes(out.resolve("int8.pb"));
    bytes[bytes.length / 2] ^= 1;
    Files.write(out.resolve("int8.pb"), bytes);

    assertRejected(out, "int8.pb: changed or cut off");
  }

  /** Its graph in 8 bits is the other one, which suffices here. */
  private Path writeQuantised() throws IOException {
    Path source = SmallModels.folder("bert_uncased");
    Path out = folder.resolve("quantised");
    PreparedModel model = ModelPreparer.prepare(source);
    PreparedFolder.write(
        model.withQuantised(Optional.of(new Quantised(model.graph().copy(), Optional.of(TRIAL)))),
        SourceDigest.of(source),
        out);
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "graph.pb, graph.pb: changed or cut off",
    "weights.bin, weights.bin: changed or cut off",
    "tokens, tokens: changed or cut off",
    "reference.bin, reference.bin: changed or cut off",
    "manifest.txt, manifest.txt: changed or cut off",
  })
  void read_anyFileChanged_saysSo(String file, String said) throws IOException {
    Path out = write("bert_uncased");
    byte[] bytes = Files.readAllBytes(out.resolve(file));
    // Behind the format in the manifest
    bytes[3 * bytes.length / 4] ^= 1;
    Files.write(out.resolve(file), bytes);

    assertRejected(out, said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"graph.pb", "weights.bin", "tokens", "reference.bin"})
  void read_fileMissing_saysSo(String file) throws IOException {
    Path out = write("bert_uncased");
    Files.delete(out.resolve(file));

    assertRejected(out, file + ": missing (expected: a whole prepared model)");
  }

  @Test
  void read_anotherVersion_saysSo() throws IOException {
    Path out = write("bert_uncased");
    Path manifest = out.resolve("manifest.txt");
    Files.writeString(manifest, Files.readString(manifest).replaceFirst("format=\\d+", "format=1"));

    assertRejected(out, "format 1 (expected: 10; prepare the model again)");
  }

  @Test
  void write_toWhatExists_leavesItAlone() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Path source = SmallModels.folder("bert_uncased");
    PreparedModel model = ModelPreparer.prepare(source);

    assertThatThrownBy(() -> PreparedFolder.write(model, "digest", out))
        .hasMessage("out: " + out + " exists (expected: a new path)");
    assertThat(out).isEmptyDirectory();
  }

  @Test
  void write_thatFails_leavesNothing() throws IOException {
    Path source = Files.createDirectory(folder.resolve("parent"));
    Path model = Models.copy(SmallModels.folder("bert_uncased"), folder.resolve("model"));
    PreparedModel prepared = ModelPreparer.prepare(model);
    Files.delete(model.resolve("variables").resolve("variables.data-00000-of-00001"));

    assertThatThrownBy(() -> PreparedFolder.write(prepared, "digest", source.resolve("out")))
        .isInstanceOf(IOException.class);
    assertThat(source).isEmptyDirectory();
  }

  private Path write(String name) throws IOException {
    Path source = SmallModels.folder(name);
    Path out = folder.resolve("out");
    PreparedFolder.write(ModelPreparer.prepare(source), SourceDigest.of(source), out);
    return out;
  }

  private static void assertRejected(Path out, String said) {
    assertThatThrownBy(() -> ModelPreparer.prepare(out))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(said);
  }

  private static List<Column> answers(Path model) throws IOException {
    try (LoadedModel loaded =
        LoadedModel.load(
            ModelLocation.of(model.toString(), Optional.empty(), Optional.empty()),
            EngineSettings.of(Precision.FP32, 1))) {
      List<TokenIds> rows = ProbeTexts.rows(loaded.model().signature(), loaded.encoding());
      return loaded.engine().runAll(TokenRow.allOf(rows));
    }
  }
}
