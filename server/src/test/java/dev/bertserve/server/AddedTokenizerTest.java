package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.preprocessing.TokenInput;
import dev.bertserve.server.savedmodel.AddedTokenizer;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that take token ids: what a user may say of their tokenizer, and must. */
final class AddedTokenizerTest {

  private static final String ENCODER = "encoder_216";
  private static final String RENAMED = "encoder_cased_217";

  @TempDir Path folder;

  @Test
  void prepare_inputsOfAnyName_areToldApartByTheGraph() throws IOException {
    PreparedModel model = SmallModels.location(RENAMED).prepare();
    assertThat(model.cutPoints())
        .isEqualTo(
            Map.of(
                TokenInput.WORD_IDS, "ids",
                TokenInput.MASK, "attention",
                TokenInput.TYPE_IDS, "segments"));
  }

  @Test
  void prepare_vocabularyFileAndLength_areTaken() throws IOException {
    Path file = SmallModels.folder(ENCODER).resolve("assets/vocab.txt");
    PreparedModel model = prepare(ENCODER, added(file, true, 48));
    assertThat(model.tokenizer().source().sequenceLength()).isEqualTo(48);
    assertThat(model.tokenizer().loaded().vocabularySize()).isEqualTo(300);
  }

  @Test
  void prepare_nothingSaid_saysWhatToSay() {
    assertRejected(ENCODER, Optional.empty(), "DT_INT32 (expected: DT_STRING, or --vocabulary");
  }

  @Test
  void prepare_caseNotInTheModel_saysWhatToSay() {
    AddedTokenizer ofAssets =
        new AddedTokenizer(Optional.empty(), Optional.empty(), OptionalInt.empty());
    assertRejected(
        RENAMED, Optional.of(ofAssets), "no variable called do_lower_case", "--lower-case");
  }

  @Test
  void prepare_lengthNotTheModels_isRejected() {
    Path file = SmallModels.folder(RENAMED).resolve("assets/vocab.txt");
    assertRejected(RENAMED, added(file, false, 64), "sequence length 64 (expected: 128, that of");
  }

  @Test
  void prepare_vocabularyOfAnotherModel_isRejected() throws IOException {
    Path file = folder.resolve("other.txt");
    Files.writeString(file, "[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\n");
    assertRejected(ENCODER, added(file, true, 64), "other.txt: 5 tokens (expected: 300, the rows");
  }

  @Test
  void prepare_vocabularyThatIsNotBerts_isRejected() throws IOException {
    Path file = folder.resolve("other.txt");
    Files.writeString(file, "<pad>\n<unk>\n<s>\n</s>\nthe\n");
    assertRejected(ENCODER, added(file, true, 64), "other.txt: no [PAD] (expected: BERT's tokens)");
  }

  @Test
  void prepare_vocabularyForTextModel_isRejected() {
    Path file = SmallModels.folder(ENCODER).resolve("assets/vocab.txt");
    assertRejected("bert_uncased", added(file, true, 64), "input text: DT_STRING", "--vocabulary");
  }

  private static Optional<AddedTokenizer> added(Path vocabulary, boolean lowerCase, int length) {
    return Optional.of(
        new AddedTokenizer(
            Optional.of(vocabulary), Optional.of(lowerCase), OptionalInt.of(length)));
  }

  private static PreparedModel prepare(String name, Optional<AddedTokenizer> added)
      throws IOException {
    return new ModelLocation(SmallModels.folder(name), name, Optional.empty(), added).prepare();
  }

  private static void assertRejected(String name, Optional<AddedTokenizer> added, String... said) {
    assertThatThrownBy(() -> prepare(name, added))
        .isInstanceOf(UnsupportedModelException.class)
        .message()
        .contains(said)
        .contains("expected: ")
        .doesNotContain("\n");
  }
}
