package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.tokenizer.RowTemplate.Sharing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Texts cut row by row in a loop, as the preprocessing models of TensorFlow Hub do. Source:
 * official/nlp/modeling/layers/text_layers.py, 2.5 and 2.6.
 *
 * @param ids those of all rows, before that
 * @param splits where each row of them begins and ends
 * @param kept how many first ids of each row are kept
 */
record RowSlices(NodeOutput ids, NodeOutput splits, NodeOutput kept) {

  private static final String ROWS_LEFT = "Less Less LogicalAnd";
  private static final String SLICE =
      "TensorListGetItem TensorListGetItem RaggedTensorFromVariant Pack Cast Cast StridedSlice"
          + " RaggedTensorToVariant TensorListSetItem AddV2 AddV2";

  /** From 0, in steps of 1; two counters go up by 1. */
  private static final List<Long> NUMBERS_OF_SLICE = List.of(0L, 1L, 1L, 1L);

  /**
   * Reads the cut of the text at {@code place} among {@code texts}; {@code joined} are its rows.
   */
  static Trimming read(GraphNode joined, int place, int texts) {
    GraphNode stack = joined.input(0).node();
    Expected.op(stack, "TensorListStack");
    GraphNode node = stack.input(0).node();
    if (!Loop.is(node)) {
      throw TextRefusal.of(node, node.op(), "a loop");
    }
    Loop loop = Loop.of(node);
    GraphNode rows = listed(loop, "RaggedTensorToVariant");
    GraphNode kept = listed(loop, "BroadcastTo");
    boolean known = loop.runs(ROWS_LEFT, SLICE) && loop.numbersOfTurn().equals(NUMBERS_OF_SLICE);
    if (!known || rows == null || kept == null) {
      throw TextRefusal.of(node, "a loop", "the first ids of each row");
    }
    RowSlices slices =
        new RowSlices(
            rows.input(1), Shaping.through(rows.input(0)), Shaping.through(kept.input(0)));
    long most = texts == 1 ? Constants.integer(slices.kept) : slices.share(place);
    return Trimming.of(slices.ids, slices.splits, most, Sharing.ROUND_ROBIN);
  }

  /** The op {@code op} whose elements the loop goes through; null if there is none. */
  private static @Nullable GraphNode listed(Loop loop, String op) {
    for (NodeOutput input : loop.node().inputs()) {
      if (input.node().is("TensorListFromTensor") && input.node().input(0).node().is(op)) {
        return input.node().input(0).node();
      }
    }
    return null;
  }

  /**
   * How many ids two texts keep together: {@code min(length, half + relu(otherHalf - otherLength))}
   * of this one. The first text has the larger half.
   */
  private long share(int place) {
    GraphNode least = kept.node();
    Expected.op(least, "Minimum");
    GraphNode added = least.input(1).node();
    Expected.op(added, "AddV2");
    GraphNode relu = added.input(1).node();
    Expected.op(relu, "Relu");
    GraphNode spare = relu.input(0).node();
    Expected.op(spare, "Sub");
    long half = Constants.integer(added.input(0));
    long most = half + Constants.integer(spare.input(0));
    NodeOutput own = FirstValues.splitsOfLengths(least.input(0).node());
    NodeOutput other = FirstValues.splitsOfLengths(spare.input(1).node());
    boolean known =
        half == (most + 1 - place) / 2
            && own != null
            && other != null
            && splits.equals(Shaping.through(own))
            && !splits.equals(Shaping.through(other));
    if (!known) {
      throw TextRefusal.of(least, "other lengths", "a share in turn with the other text");
    }
    return most;
  }
}
