package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.tokenizer.RowTemplate.Sharing;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How many first ids each text of a row keeps, as TensorFlow Text's trimmers that consist of other
 * ops compute it. Source: tensorflow_text/python/ops/trimmer_ops.py and item_selector_ops.py.
 *
 * @param before the lengths of all texts of a row
 * @param most how many ids all texts keep
 * @param sharing what each text keeps of them
 */
record SharedLengths(GraphNode before, long most, Sharing sharing) {

  private static final String LONGER_THAN_MOST = "Sum Greater Any";
  private static final String LONGEST_LESS_ONE =
      "Sum Greater Cast Mul ExpandDims ArgMax OneHot Mul AddV2 AddV2";

  /** While a row has room and ids left; of TensorFlow Text 2.5 the same, of any rows. */
  private static final String ROOM_AND_IDS_LEFT = "Less Less Any LogicalAnd Any";

  private static final String NEXT_TEXT_ONE_MORE =
      "FloorMod AddV2 Pack Pack StridedSlice AddV2 Pack Pack StridedSlice Less AddV2 Pack Pack"
          + " StridedSlice Shape Fill AddV2 Pack Pack StridedSlice ZerosLike Select Pack Pack Tile"
          + " ExpandDims Range Pack Reshape ConcatV2 TensorScatterAdd AddV2 AddV2 AddV2";

  /**
   * Reads what {@code gather} keeps by a mask, of the text at {@code place} among {@code texts}.
   */
  static SharedLengths read(GraphNode gather, int place, int texts) {
    GraphNode where = gather.input(1).node();
    if (!where.is("Squeeze") || !where.input(0).node().is("Where")) {
      throw TextRefusal.of(gather, "a choice of ids", "the first ids of each text");
    }
    NodeOutput kept = kept(where);
    GraphNode each = kept.node();
    boolean isPlace =
        each.is("Unpack")
            && kept.index() == place
            && each.number("axis") == -1
            && each.number("num") == texts;
    if (!isPlace) {
      throw TextRefusal.of(each, each.op(), "the length of text " + place);
    }
    NodeOutput all = each.input(0);
    // A loop gives a list of one tensor
    boolean isList = all.node().is("Pack") && all.node().inputs().size() == 1;
    SharedLengths lengths = shared(isList ? all.node().input(0) : all);
    Expected.op(lengths.before, "Pack");
    Expected.value(lengths.before, "texts", lengths.before.inputs().size(), texts);
    return lengths;
  }

  /** The splits of the text at {@code place}, of whose rows the lengths are. */
  NodeOutput splits(int place) {
    GraphNode length = before.input(place).node();
    NodeOutput splits = FirstValues.splitsOfLengths(length);
    if (splits == null) {
      throw TextRefusal.of(length, length.op(), "the number of ids of each text");
    }
    return splits;
  }

  /** The lengths by which {@code where} chooses: the ends of the only ranges that start at 0. */
  private static NodeOutput kept(GraphNode where) {
    Set<GraphNode> seen = new HashSet<>();
    Set<NodeOutput> found = new HashSet<>();
    Deque<GraphNode> pending = new ArrayDeque<>(Set.of(where));
    for (GraphNode node = pending.poll(); node != null; node = pending.poll()) {
      if (node.is("Unpack") || !seen.add(node)) {
        continue;
      }
      if (isRangeOfFirst(node)) {
        NodeOutput ends = Shaping.through(node.input(1).node().input(0));
        while (ends.node().is("BroadcastTo")) {
          ends = Shaping.through(ends.node().input(0));
        }
        found.add(ends);
      }
      node.inputs().forEach(input -> pending.add(input.node()));
    }
    if (found.size() != 1) {
      throw TextRefusal.of(where, found.size() + " ranges of ids", "one");
    }
    return found.iterator().next();
  }

  private static boolean isRangeOfFirst(GraphNode range) {
    return range.is("RaggedRange")
        && range.input(1).node().is("Minimum")
        && isConstant(range.input(0), 0)
        && isConstant(range.input(2), 1);
  }

  private static SharedLengths shared(NodeOutput kept) {
    if (!Loop.is(kept.node())) {
      return waterfall(kept.node());
    }
    Loop loop = Loop.of(kept.node());
    boolean unbounded = isConstant(loop.node().input(1), -1);
    if (unbounded && kept.index() == Loop.FIRST && loop.runs(LONGER_THAN_MOST, LONGEST_LESS_ONE)) {
      return longestFirst(loop);
    }
    if (unbounded
        && kept.index() == Loop.FIRST + 1
        && loop.runs(ROOM_AND_IDS_LEFT, NEXT_TEXT_ONE_MORE)) {
      return roundRobin(loop);
    }
    throw TextRefusal.of(kept.node(), "a loop", "that of a trimmer of TensorFlow Text");
  }

  /** {@code max(lengths + min(most - cumsum(lengths), 0), 0)}. */
  private static SharedLengths waterfall(GraphNode kept) {
    Expected.op(kept, "Maximum");
    GraphNode added = kept.input(0).node();
    Expected.op(added, "AddV2");
    GraphNode missing = added.input(1).node();
    Expected.op(missing, "Minimum");
    GraphNode left = missing.input(0).node();
    Expected.op(left, "AddV2");
    GraphNode sums = left.input(0).node();
    Expected.op(sums, "Cumsum");
    GraphNode negative = sums.input(0).node();
    Expected.op(negative, "Mul");
    boolean isWaterfall =
        isConstant(kept.input(1), 0)
            && isConstant(missing.input(1), 0)
            && isConstant(sums.input(1), -1)
            && !sums.flag("exclusive")
            && !sums.flag("reverse")
            && isConstant(negative.input(0), -1)
            && negative.input(1).equals(added.input(0));
    if (!isWaterfall) {
      throw TextRefusal.of(kept, "other lengths", "those of TensorFlow Text's trimmers");
    }
    return new SharedLengths(
        Shaping.uncast(added.input(0)).node(), Constants.integer(left.input(1)), Sharing.WATERFALL);
  }

  /** A loop that shortens the longest text by an id while the texts together have too many. */
  private static SharedLengths longestFirst(Loop loop) {
    return new SharedLengths(
        Shaping.uncast(loop.node().input(Loop.FIRST)).node(),
        Constants.integer(loop.comparedTo("Greater").get(0)),
        Sharing.LONGEST_FIRST);
  }

  /**
   * A loop that gives each text in turn an id more. In a batch it gives more than the most to a row
   * that waits for another; what a row has alone is read here.
   */
  private static SharedLengths roundRobin(Loop loop) {
    List<NodeOutput> limits = loop.comparedTo("Less");
    GraphNode mostOfEach = limits.get(0).node();
    Expected.op(mostOfEach, "AddV2");
    GraphNode zeros = mostOfEach.input(1).node();
    if (!zeros.is("Mul") || !isConstant(zeros.input(0), 0)) {
      throw TextRefusal.of(zeros, zeros.op(), "0 for each row");
    }
    return new SharedLengths(
        Shaping.uncast(limits.get(1)).node(),
        Constants.integer(mostOfEach.input(0)),
        Sharing.ROUND_ROBIN);
  }

  private static boolean isConstant(NodeOutput tensor, long value) {
    NodeOutput constant = Shaping.through(tensor);
    return constant.node().is("Const")
        && constant.node().weight() == null
        && Constants.integer(constant) == value;
  }
}
