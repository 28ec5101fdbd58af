package dev.bertserve.server;

import static dev.bertserve.server.BadModelsTest.assertRejected;
import static dev.bertserve.server.BadModelsTest.meta;
import static dev.bertserve.server.BadModelsTest.nodes;
import static dev.bertserve.server.BadModelsTest.rename;
import static dev.bertserve.server.BadModelsTest.replace;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import dev.bertserve.server.BadModelsTest.Bad;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/** Models that make rows in a way that is not served are rejected with one line. */
final class BadPackersTest {

  @TempDir Path folder;

  static Stream<Arguments> packers() {
    return Stream.of(
        arguments(
            "guide_waterfall_pair",
            new Bad(
                "lengths added up in another way",
                nodes(node -> setFlag(node, "Cumsum", "reverse")),
                "other lengths (expected: those of TensorFlow Text's trimmers)")),
        arguments(
            "guide_waterfall_pair",
            new Bad(
                "another choice of ids",
                nodes(node -> rename(node, "Where", "TopK")),
                "a choice of ids (expected: the first ids of each text)")),
        arguments(
            "guide_waterfall_pair",
            new Bad(
                "other than first ids",
                nodes(node -> rename(node, "Unpack", "Split")),
                "Split (expected: the length of text 0)")),
        arguments(
            "guide_shrunk_pair",
            new Bad(
                "another loop",
                nodes(node -> rename(node, "ArgMax", "ArgMin")),
                "a loop (expected: that of a trimmer of TensorFlow Text)")),
        arguments(
            "save_212_pair_S48",
            new Bad(
                "another turn of a loop",
                nodes(node -> rename(node, "FloorMod", "Mod")),
                "a loop (expected: that of a trimmer of TensorFlow Text)")),
        arguments(
            "save_24_pair_S48",
            new Bad(
                "another share of two texts",
                nodes(node -> rename(node, "Relu", "Abs")),
                "Abs (expected: Relu)")),
        arguments(
            "save_24_S32",
            new Bad(
                "ids that are not the first",
                nodes(BadPackersTest::fromTheSecond),
                "a loop (expected: the first ids of each row)")),
        arguments(
            "guide_first_words",
            new Bad(
                "the first words of texts",
                nodes(node -> {}),
                "a choice of rows by RaggedRange (expected: all rows)")),
        arguments(
            "guide_cut",
            new Bad(
                "rows that nothing cuts",
                nodes(BadPackersTest::padToLongest),
                "rows of any length (expected: special ids, and one text or two trimmed texts)")),
        arguments(
            "hub_padded_longer",
            new Bad(
                "rows that are cut shorter than they are padded",
                nodes(node -> setInt(node, "RaggedGetItem_2/Cast/x", 20)),
                "rows cut to 20 ids and padded to 64 (expected: special ids, and one text")),
        arguments(
            "hub_tokens",
            new Bad(
                "ids of other tokens than the tokenizer knows",
                meta(meta -> setConstants(meta, "the", "eht")),
                "a second vocabulary (expected: that of the table that gives the ids)")),
        arguments(
            "hub_sequence_mask",
            new Bad(
                "a mask of one token more",
                nodes(node -> rename(node, "Less", "LessEqual")),
                "ids that are read in another way than as rows (expected: rows of ids, a mask")),
        arguments(
            "hub_ones_mask",
            new Bad(
                "a mask of fewer tokens",
                nodes(BadPackersTest::withoutSpecialTokens),
                "a mask of other rows (expected: that of the ids)")),
        arguments(
            "hub_plain",
            new Bad(
                "rows of words",
                nodes(node -> rename(node, "GatherV2", "Cumsum")),
                "ids of something else than a text (expected: those of each text)")),
        arguments(
            "hub_double_pair",
            new Bad(
                "other types",
                nodes(node -> rename(node, "ZerosLike", "OnesLike")),
                "types [1, 0, 0, 1, 1] (expected: [0, 0, 0, 1, 1])")),
        arguments(
            "hf_longest",
            new Bad(
                "another length of rows",
                nodes(node -> rename(node, "Max", "Min")),
                "(expected: a constant whole number), the length of rows")),
        arguments(
            "guide_words",
            new Bad(
                "other spaces",
                nodes(BadPackersTest::otherSpaces),
                "24 characters (expected: the 25 of White_Space)")),
        arguments(
            "guide_words",
            new Bad(
                "ids in another order",
                meta(BadPackersTest::otherIds),
                "ids in another order (expected: 0, 1, 2 and so on")),
        arguments(
            "hub_xlm_roberta_221",
            new Bad(
                "another choice of pieces",
                nodes(node -> rename(node, "Equal", "Less")),
                "Less (expected: Equal)")),
        arguments(
            "hub_xlm_roberta_221",
            new Bad(
                "an encoder that does not know the id of padding",
                nodes(node -> rename(node, "NotEqual", "Greater")),
                "padding id 1 (expected: 0)")),
        arguments(
            "hub_specials",
            new Bad(
                "another choice of words",
                nodes(node -> replace(node, "rewrite", "_")),
                "words that are folded but \\[")));
  }

  @ParameterizedTest
  @MethodSource("packers")
  void load_badPacker_saysWhatInOneLine(String model, Bad bad) throws IOException {
    assertRejected(model, bad, folder.resolve("model"));
  }

  /** Takes the tab from the characters that WhitespaceTokenizer's op splits at. */
  private static void otherSpaces(NodeDef.Builder node) {
    if (node.getName().endsWith("/input_config")) {
      TensorProto.Builder table = node.getAttrOrThrow("value").getTensor().toBuilder();
      byte[] bits = table.getStringVal(0).toByteArray();
      bits['\t' / Byte.SIZE] &= ~(1 << '\t' % Byte.SIZE);
      table.setStringVal(0, ByteString.copyFrom(bits));
      node.putAttr("value", AttrValue.newBuilder().setTensor(table).build());
    }
  }

  /** Lets a loop slice each row from its second id. */
  private static void fromTheSecond(NodeDef.Builder node) {
    setInt(node, "while/strided_slice/stack", 1);
  }

  /** Sets the constant whose name ends with {@code name}. */
  private static void setInt(NodeDef.Builder node, String name, int value) {
    if (node.getName().endsWith(name)) {
      TensorProto.Builder constant = node.getAttrOrThrow("value").getTensor().toBuilder();
      constant.clearTensorContent().clearIntVal().addIntVal(value);
      node.putAttr("value", AttrValue.newBuilder().setTensor(constant).build());
    }
  }

  /** Pads the ones of a mask as if rows had no special ids. */
  private static void withoutSpecialTokens(NodeDef.Builder node) {
    if (node.getName().equals("RaggedToTensor/RaggedTensorToTensor")) {
      node.setInput(3, "RaggedGetItem/RaggedRange:rt_nested_splits:0");
    }
  }

  private static void padToLongest(NodeDef.Builder node) {
    if (node.getName().endsWith("pad_model_inputs/Cast/x")) {
      TensorProto.Builder shape = node.getAttrOrThrow("value").getTensor().toBuilder();
      ByteString any = shape.getTensorContent().substring(0, Integer.BYTES);
      shape.setTensorContent(any.concat(any));
      node.putAttr("value", AttrValue.newBuilder().setTensor(shape).build());
    }
  }

  /** Gives the first token of a table the last id. */
  private static void otherIds(MetaGraphDef.Builder meta) {
    for (NodeDef.Builder node : meta.getGraphDefBuilder().getNodeBuilderList()) {
      TensorProto ids = node.getAttrOrDefault("value", AttrValue.getDefaultInstance()).getTensor();
      if (ids.getDtype() == DataType.DT_INT64 && ids.getTensorContent().size() > Long.BYTES) {
        ByteString last =
            ids.getTensorContent().substring(ids.getTensorContent().size() - Long.BYTES);
        TensorProto.Builder changed =
            ids.toBuilder()
                .setTensorContent(last.concat(ids.getTensorContent().substring(Long.BYTES)));
        node.putAttr("value", AttrValue.newBuilder().setTensor(changed).build());
      }
    }
  }

  static void setConstants(MetaGraphDef.Builder meta, String part, String text) {
    meta.getGraphDefBuilder().getNodeBuilderList().forEach(node -> setConstant(node, part, text));
  }

  /** Puts {@code text} in the place of texts that are {@code part}, or of long parts of them. */
  static void setConstant(NodeDef.Builder node, String part, String text) {
    TensorProto.Builder texts =
        node.getAttrOrDefault("value", AttrValue.getDefaultInstance()).getTensor().toBuilder();
    for (int i = 0; i < texts.getStringValCount(); i++) {
      String old = texts.getStringVal(i).toStringUtf8();
      if (old.equals(part) || (part.length() > 2 && old.contains(part))) {
        texts.setStringVal(i, ByteString.copyFromUtf8(old.replace(part, text)));
        node.putAttr("value", AttrValue.newBuilder().setTensor(texts).build());
      }
    }
  }

  private static void setFlag(NodeDef.Builder node, String op, String attribute) {
    if (node.getOp().equals(op)) {
      node.putAttr(attribute, AttrValue.newBuilder().setB(true).build());
    }
  }
}
