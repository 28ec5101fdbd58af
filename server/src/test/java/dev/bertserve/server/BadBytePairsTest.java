package dev.bertserve.server;

import static dev.bertserve.server.BadModelsTest.assertRejected;
import static dev.bertserve.server.BadModelsTest.meta;
import static dev.bertserve.server.BadModelsTest.nodes;
import static dev.bertserve.server.BadModelsTest.rename;
import static dev.bertserve.server.BadModelsTest.replace;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.bertserve.server.BadModelsTest.Bad;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.preprocessing.TokenSource;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** Models whose byte-pair encoding is not served are rejected with one line. */
final class BadBytePairsTest {

  @TempDir Path folder;

  static Stream<Bad> models() {
    return Stream.of(
        new Bad(
            "another loop of merges", nodes(node -> rename(node, "ArgMin", "ArgMax")), "ArgMax=1"),
        new Bad(
            "another separator of tokens",
            nodes(node -> setText(node, "UnsortedSegmentJoin", "separator", "_")),
            "UnsortedSegmentJoin '_'=1"),
        new Bad(
            "another pattern of words",
            nodes(node -> BadPackersTest.setConstant(node, "\\p{L}+", "\\pL+")),
            "(expected: '('s|'t|'re|"),
        new Bad(
            "another sign",
            nodes(node -> BadPackersTest.setConstant(node, "\u096c", "_")),
            "'_' (expected: '\u096c')"),
        new Bad(
            "another symbol of a byte",
            meta(meta -> BadPackersTest.setConstants(meta, "\u0120", "_")),
            "(expected: '\u0120')"),
        new Bad(
            "a merge without its token",
            meta(meta -> BadPackersTest.setConstants(meta, "he", "eh")),
            "token he: none (expected: in the vocabulary)"),
        new Bad(
            "a special token that is another",
            nodes(BadBytePairsTest::otherMask),
            "'<mask>' (expected: '<x>')"));
  }

  @ParameterizedTest
  @MethodSource("models")
  void load_badBytePairs_saysWhatInOneLine(Bad bad) throws IOException {
    assertRejected("pairs_text", bad, folder.resolve("model"));
  }

  @Test
  void load_patternOfKerasNlp_cutsOffALineFeed() throws IOException {
    Path model = Models.copy(SmallModels.folder("pairs_text"), folder.resolve("model"));
    nodes(node -> BadPackersTest.setConstant(node, "[ \\t\\r\\f\\v", "[\\s")).spoil(model);

    assertThat(words(SmallModels.folder("pairs_text"))).isEqualTo(2);
    assertThat(words(model)).isEqualTo(3);
  }

  /** How many words a letter and white space are. */
  private static long words(Path model) throws IOException {
    TokenSource source =
        ModelLocation.of(model.toString(), Optional.empty(), Optional.empty())
            .prepare()
            .tokenizer()
            .source();
    return ((TokenSource.BytePair) source).split().words("a\t\n").count();
  }

  private static void otherMask(NodeDef.Builder node) {
    if (node.getAttrOrDefault("rewrite", AttrValue.getDefaultInstance())
        .getS()
        .equals(ByteString.copyFromUtf8("<mask>"))) {
      replace(node, "rewrite", "<x>");
    }
  }

  private static void setText(NodeDef.Builder node, String op, String attribute, String text) {
    if (node.getOp().equals(op)) {
      node.putAttr(attribute, AttrValue.newBuilder().setS(ByteString.copyFromUtf8(text)).build());
    }
  }
}
