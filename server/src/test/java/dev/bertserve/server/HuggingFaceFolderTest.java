package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.prepared.PreparedFolder;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.preprocessing.TokenInput;
import dev.bertserve.server.preprocessing.TokenSource;
import dev.bertserve.server.wiring.ModelLocation;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that take token ids, with the files of a Hugging Face tokenizer beside them. */
final class HuggingFaceFolderTest {

  private static final String ENCODER = "encoder_216";

  @TempDir Path folder;

  private Path model = Path.of("");

  @BeforeEach
  void copyModel() throws IOException {
    model = folder.resolve("my-model");
    copy(SmallModels.folder(ENCODER), model.resolve("saved_model/1"));
    Files.copy(SmallModels.folder(ENCODER).resolve("assets/vocab.txt"), model.resolve("vocab.txt"));
    Files.writeString(
        model.resolve("tokenizer_config.json"),
        "{\"do_lower_case\": true, \"model_max_length\": 32,"
            + " \"tokenizer_class\": \"BertTokenizer\"}");
  }

  @Test
  void prepare_folderOfVocabulary_readsTheTokenizerFromItsFiles() throws IOException {
    PreparedModel prepared = prepare(model);
    TokenSource source = prepared.tokenizer().source();
    assertThat(source.kind()).isEqualTo("Hugging Face WordPiece");
    assertThat(source.lowerCase()).isTrue();
    assertThat(prepared.tokenizer().loaded().vocabularySize()).isEqualTo(300);
    assertThat(prepared.cutPoints()).containsKeys(TokenInput.MASK, TokenInput.TYPE_IDS);
    assertThat(choice(prepared)).startsWith("ours, proved equal");
  }

  @Test
  void prepare_modelMaxLength_cutsRowsWithinTheSignaturesLength() throws IOException {
    Tokenizer tokenizer = prepare(model).tokenizer().loaded().tokenizer();
    assertThat(tokenizer.tokenize("the ".repeat(200)).length()).isEqualTo(32);
  }

  @Test
  void prepare_specialTokenInText_isOneId() throws IOException {
    Tokenizer tokenizer = prepare(model).tokenizer().loaded().tokenizer();
    assertThat(tokenizer.tokenize("[SEP]").length()).isEqualTo(3);
    assertThat(tokenizer.tokenize("[sep]").length()).isGreaterThan(3);
  }

  @Test
  void prepare_versionFolderItself_findsTheFilesAbove() throws IOException {
    assertThat(prepare(model.resolve("saved_model/1")).tokenizer().source().kind())
        .isEqualTo("Hugging Face WordPiece");
  }

  @Test
  void prepare_caseKeptOrMarksKept_choosesByTheForm() throws IOException {
    Files.writeString(
        model.resolve("tokenizer_config.json"),
        "{\"do_lower_case\": true, \"strip_accents\": false}");
    assertThat(choice(prepare(model))).startsWith("Hugging Face's own, for normalizer");
  }

  @Test
  void prepare_tokenizerOfAnotherClass_saysWhatToExport() throws IOException {
    Files.writeString(
        model.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"BertJapaneseTokenizer\"}");
    assertThatThrownBy(() -> prepare(model))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("BertJapaneseTokenizer (expected: a tokenizer.json");
  }

  @Test
  void prepare_damagedDefinition_isRefusedInOneLine() throws IOException {
    Files.writeString(model.resolve("tokenizer.json"), "{\"model\": {");
    assertThatThrownBy(() -> prepare(model))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("tokenizer.json")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void write_preparedModel_opensWithTheSameTokenizer() throws IOException {
    Path out = folder.resolve("out");
    PreparedFolder.write(prepare(model), "digest", out);
    PreparedModel read = prepare(out);
    assertThat(read.tokenizer().source().kind()).isEqualTo("Hugging Face WordPiece");
    assertThat(read.tokenizer().loaded().tokenizer().tokenize("the film [SEP]"))
        .isEqualTo(prepare(model).tokenizer().loaded().tokenizer().tokenize("the film [SEP]"));
    assertThat(read.signatureName()).isEqualTo("serving_default");
    assertThatThrownBy(() -> location(out, Optional.of("other")).prepare())
        .hasMessageContaining("prepared with [serving_default] (expected: other");
  }

  @Test
  void prepare_byteLevelDefinition_isTheirs() throws IOException {
    Files.writeString(model.resolve("tokenizer.json"), BYTE_LEVEL);
    PreparedModel prepared = prepare(model);
    assertThat(choice(prepared)).isEqualTo("Hugging Face's own, for normalizer none");
    assertThat(prepared.tokenizer().loaded().tokenizer().tokenize("ab", "b").toArray())
        .isEqualTo(new int[] {0, 5, 2, 2, 4, 2});
    assertThat(prepared.tokenizer().loaded().tokenizer().tokenize("ab", "b").secondStart())
        .isEqualTo(6);
  }

  private static final String BYTE_LEVEL =
      """
      {"version": "1.0", "truncation": null, "padding": null,
       "added_tokens": [
         {"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
          "normalized": true, "special": true},
         {"id": 2, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false,
          "normalized": true, "special": true}],
       "normalizer": null,
       "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
         "use_regex": true},
       "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0],
         "trim_offsets": true, "add_prefix_space": false},
       "decoder": null,
       "model": {"type": "BPE", "dropout": null, "unk_token": null,
         "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": false,
         "vocab": {"<s>": 0, "<pad>": 1, "</s>": 2, "a": 3, "b": 4, "ab": 5},
         "merges": ["a b"]}}
      """;

  private static String choice(PreparedModel prepared) {
    return ((TokenSource.HuggingFace) prepared.tokenizer().source()).choice();
  }

  private static PreparedModel prepare(Path given) throws IOException {
    return location(given, Optional.empty()).prepare();
  }

  private static ModelLocation location(Path given, Optional<String> signature) {
    return ModelLocation.of(given.toString(), signature, Optional.empty());
  }

  private static void copy(Path source, Path target) throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(source)) {
      files = tree.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path copy = target.resolve(source.relativize(file).toString());
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy);
    }
  }
}
