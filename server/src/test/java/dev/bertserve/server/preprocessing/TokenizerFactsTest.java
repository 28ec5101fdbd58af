package dev.bertserve.server.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.rewrite.RowPacking;
import dev.bertserve.server.text.TextProgram;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import dev.bertserve.tokenizer.TokenizerSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** A graph that takes no mask, and tells padding from tokens by the id 1. */
final class TokenizerFactsTest {

  private static final int START = 2;
  private static final int WORD = 0;
  private static final String[] TOKENS = {"the", "<pad>", "<s>"};

  @Test
  void packing_wordWithId0_isOfTokens() {
    assertThat(facts(WORD).packing(graph())).isEqualTo(RowPacking.OF_TOKENS);
  }

  @Test
  void packing_textGivesPadding_isOfMaskedTokens() {
    assertThat(facts(1).packing(graph())).isEqualTo(RowPacking.OF_MASKED_TOKENS);
  }

  /** Of a tokenizer that gives {@code id} for the text of the token of padding. */
  private static TokenizerFacts facts(int id) {
    Tokenizer tokenizer =
        new Tokenizer() {
          @Override
          public TokenIds tokenize(String text) {
            int[] ids = text.isEmpty() ? new int[] {START} : new int[] {START, WORD};
            if (text.equals(TOKENS[1])) {
              ids[1] = id;
            }
            return TokenIds.of(ids, ids.length);
          }

          @Override
          public TokenIds tokenize(String first, String second) {
            return tokenize(first + second);
          }
        };
    TokenSource unread =
        new TokenSource.WordPiece(
            new VocabularyLines("vocab.txt", ByteString.EMPTY),
            new TokenizerSpec(
                false, "<unk>", "##", 100, START, START, 8, TokenizerSpec.Operations.CLASSIC));
    return new TokenizerFacts(
        TextProgram.unchanged(1),
        unread,
        new LoadedTokenizer(tokenizer, TOKENS.length, true, token -> TOKENS[token]));
  }

  private static FlatGraph graph() {
    GraphNode one = new GraphNode("one", "Const");
    one.setType("dtype", DataType.DT_INT32);
    one.attributes()
        .put(
            "value",
            AttrValue.newBuilder()
                .setTensor(
                    TensorProto.newBuilder()
                        .setDtype(DataType.DT_INT32)
                        .setTensorShape(TensorShapeProto.getDefaultInstance())
                        .addIntVal(1))
                .build());
    GraphNode mask = new GraphNode("mask", "NotEqual");
    mask.inputs().add(TokenInput.WORD_IDS.placeholder(DataType.DT_INT32));
    mask.inputs().add(one.output());
    return new FlatGraph(Map.of("y", mask.output()));
  }
}
