package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.prepared.PreparedFolder;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.server.wiring.ModelLocation;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models with their own rows and text ops, written as prepared models and read again. */
final class PreparedTextModelsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hf_layer_pair",
        "guide_limit_pair",
        "hub_double_pair",
        "hub_specials",
        "hub_fast_texts",
        "hub_plain",
        "guide_pair",
        "pairs_two",
        "hub_xlm_roberta_pair",
        "fast_221"
      })
  void preparedFolder_modelWithItsOwnRows_keepsThem(String name, @TempDir Path folder)
      throws IOException {
    PreparedModel model = TextModelsTest.prepared(name);
    PreparedFolder.write(model, "digest", folder.resolve("prepared"));
    PreparedModel read =
        ModelLocation.of(folder.resolve("prepared").toString(), Optional.empty(), Optional.empty())
            .prepare();
    assertThat(read.lengths()).isEqualTo(model.lengths());
    Tokenizer tokenizer = model.tokenizer().loaded().tokenizer();
    Tokenizer again = read.tokenizer().loaded().tokenizer();
    String text = "[MASK] the film\u2E5Athe " + "is good ".repeat(40);
    assertThat(again.tokenize(text)).isEqualTo(tokenizer.tokenize(text));
    assertThat(again.tokenize(text, "of " + text))
        .isEqualTo(tokenizer.tokenize(text, "of " + text));
  }

  @Test
  void preparedFolder_modelWithTextOps_keepsThem(@TempDir Path folder) throws IOException {
    PreparedModel model = TextModelsTest.prepared("clean_either");
    PreparedFolder.write(model, "digest", folder.resolve("prepared"));
    PreparedModel read =
        ModelLocation.of(folder.resolve("prepared").toString(), Optional.empty(), Optional.empty())
            .prepare();
    assertThat(read.tokenizer().program()).isEqualTo(model.tokenizer().program());
    TokenEncoding encoding =
        new TokenEncoding(read.tokenizer().program(), read.tokenizer().loaded().tokenizer());
    assertThat(encoding.encode("the").ids().toArray())
        .isEqualTo(read.tokenizer().loaded().tokenizer().tokenize("the the!").toArray());
  }
}
