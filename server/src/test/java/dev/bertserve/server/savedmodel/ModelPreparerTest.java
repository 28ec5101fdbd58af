package dev.bertserve.server.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.preprocessing.TokenInput;
import dev.bertserve.server.preprocessing.TokenSource;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is understood of a model, from its graph and its assets alone. */
final class ModelPreparerTest {

  @Test
  void prepare_builtInModel_understandsIt() throws IOException {
    PreparedModel model = ModelPreparer.prepare(Models.builtIn());

    assertThat(model.signature().inputNames()).containsExactly("text");
    assertThat(model.signature().outputs())
        .containsExactly(new OutputSpec("classifier", List.of(1)));
    TokenSource.WordPiece tokens = (TokenSource.WordPiece) model.tokenizer().source();
    assertThat(tokens.place()).isEqualTo("vocab_uncased.txt");
    assertThat(tokens.spec()).isEqualTo(new TokenizerSpec(true, "[UNK]", "##", 100, 101, 102, 128));
    assertThat(model.encoder().width()).isEqualTo(128);
    assertThat(model.encoder().layers()).isEqualTo(2);
    assertThat(model.encoder().heads()).isEqualTo(2);
    assertThat(model.tokenInputs()).containsExactlyInAnyOrder(TokenInput.values());
  }

  @Test
  void prepare_builtInModel_leavesNeitherTextNorVariables() throws IOException {
    PreparedModel model = ModelPreparer.prepare(Models.builtIn());

    assertThat(model.graph().nodes())
        .extracting(GraphNode::op)
        .doesNotContain("VarHandleOp", "ReadVariableOp", "LookupTableFindV2", "PartitionedCall")
        .noneMatch(op -> op.startsWith("TFText>") || op.contains("Regex"));
  }

  @ParameterizedTest
  @CsvSource({
    "bert_en_cased_L-2_H-128_A-2, vocab_cased.txt, false, 128, text, 2",
    "logits_S64, vocab_uncased.txt, true, 64, text, 2",
    "bert_en_cased_L-12_H-768_A-12, vocab_cased.txt, false, 128, text, 12",
  })
  void prepare_sharedModel_understandsItsTokenizer(
      String name, String vocabulary, boolean lowerCase, int length, String input, int layers)
      throws IOException, InterruptedException {
    Path folder = Models.shared(name);

    PreparedModel model = ModelPreparer.prepare(folder);

    assertThat(model.signature().inputNames()).containsExactly(input);
    assertThat(model.tokenizer().source().place()).isEqualTo(vocabulary);
    assertThat(model.tokenizer().source().lowerCase()).isEqualTo(lowerCase);
    assertThat(model.tokenizer().source().sequenceLength()).isEqualTo(length);
    assertThat(model.encoder().layers()).isEqualTo(layers);
  }
}
