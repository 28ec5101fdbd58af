package dev.bertserve.server.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.graph.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model with a file missing, cut off or changed: one line that names the file. */
final class DamagedModelTest {

  private static final String DATA = "variables.data-00000-of-00001";

  @TempDir Path folder;

  private Path model;
  private Path index;

  @BeforeEach
  void copyModel() throws IOException {
    model = Models.copy(Models.builtIn(), folder.resolve("model"));
    index = model.resolve("variables").resolve("variables.index");
  }

  @Test
  void prepare_unharmedCopy_works() throws IOException {
    assertThat(ModelPreparer.prepare(model).signature().inputNames()).containsExactly("text");
  }

  @Test
  void prepare_noSavedModel_saysSo() throws IOException {
    Files.delete(model.resolve("saved_model.pb"));

    assertRefused(model + ": no saved_model.pb (expected: a SavedModel directory)");
  }

  @Test
  void prepare_textInPlaceOfAProto_saysSo() throws IOException {
    Files.writeString(model.resolve("saved_model.pb"), "no proto");

    assertRefused("saved_model.pb", "(expected: a SavedModel proto)");
  }

  @Test
  void prepare_textThatEndsAProto_saysSo() throws IOException {
    Files.writeString(model.resolve("saved_model.pb"), "this is no model");

    assertRefused("saved_model.pb", "(expected: a SavedModel proto)");
  }

  @Test
  void prepare_emptyProto_saysSo() throws IOException {
    Files.write(model.resolve("saved_model.pb"), new byte[0]);

    assertRefused("saved_model.pb: tags [] (expected: a graph tagged serve)");
  }

  @Test
  void prepare_savedModelCutOff_saysSo() throws IOException {
    cut(model.resolve("saved_model.pb"), Files.size(model.resolve("saved_model.pb")) / 2);

    assertRefused("saved_model.pb", "(expected: a SavedModel proto)");
  }

  @Test
  void prepare_noIndex_saysSo() throws IOException {
    Files.delete(index);

    assertRefused("variables.index: missing (expected: the weights' index)");
  }

  @Test
  void prepare_indexCutOff_saysSo() throws IOException {
    cut(index, Files.size(index) - 1);

    assertRefused("variables.index: no table footer");
  }

  @Test
  void prepare_emptyIndex_saysSo() throws IOException {
    cut(index, 0);

    assertRefused("variables.index: no table footer");
  }

  @Test
  void prepare_noWeights_saysSo() throws IOException {
    Files.delete(index.resolveSibling(DATA));

    assertRefused(DATA + ": missing (expected: the weights)");
  }

  @Test
  void prepare_weightsCutOff_saysSo() throws IOException {
    Path data = index.resolveSibling(DATA);
    cut(data, Files.size(data) / 2);

    assertRefused(DATA, " bytes (expected: ", " or more for ");
  }

  @Test
  void prepare_noVocabulary_saysSo() throws IOException {
    Files.delete(model.resolve("assets").resolve("vocab_uncased.txt"));

    assertRefused("vocab_uncased.txt: missing (expected: the vocabulary)");
  }

  @Test
  void readTable_anyByteOfABlockChanged_isNoticed() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] original = Files.readAllBytes(index);
    for (int i = 0; i < 500; i++) {
      byte[] changed = original.clone();
      int place = random.nextInt(original.length);
      changed[place] ^= (byte) (1 << random.nextInt(8));
      Files.write(index, changed);

      Throwable failure = catchThrowable(() -> Checkpoint.open(model));

      // The footer has no checksum, and bytes that nobody needs.
      boolean footer = place >= original.length - 48;
      assertThat(failure == null ? footer : failure instanceof UnsupportedModelException)
          .as("seed " + seed + ", byte " + place + " of " + original.length + ": " + failure)
          .isTrue();
    }
  }

  @Test
  void readTable_cutAnywhere_isNoticed() throws IOException {
    byte[] original = Files.readAllBytes(index);
    for (int size = 0; size < original.length; size += 97) {
      Files.write(index, Arrays.copyOf(original, size));

      assertThatThrownBy(() -> Checkpoint.open(model))
          .isInstanceOf(UnsupportedModelException.class);
    }
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> ModelPreparer.prepare(model))
        .isInstanceOf(UnsupportedModelException.class)
        .message()
        .contains(parts)
        .doesNotContain("\n");
  }

  private static void cut(Path file, long size) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(
        file, Arrays.copyOf(bytes, Math.toIntExact(size)), StandardOpenOption.TRUNCATE_EXISTING);
  }
}
