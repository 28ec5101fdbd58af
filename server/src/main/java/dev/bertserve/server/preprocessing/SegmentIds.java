package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Checks that a packer gives the types of tokens that its rows of ids have. */
final class SegmentIds {

  private SegmentIds() {}

  /** Requires that {@code packing} pads, with 0, parts of the types {@code expected}, in order. */
  static void check(GraphNode packing, List<Integer> expected) {
    Expected.value(packing, "padding type", Constants.integer(packing.input(2)), 0);
    NodeOutput row = Shaping.through(packing.input(1));
    List<Integer> found = types(row);
    if (found.size() == 1) {
      found = Collections.nCopies(expected.size(), found.get(0));
    }
    if (!found.equals(expected)) {
      throw TextRefusal.of(row.node(), "types " + found, expected.toString());
    }
  }

  /** The type of every token of each part that is joined to {@code row}. */
  private static List<Integer> types(NodeOutput row) {
    NodeOutput tensor = Shaping.through(row);
    GraphNode node = tensor.node();
    return switch (node.op()) {
      case "ConcatV2" -> {
        List<Integer> joined = new ArrayList<>();
        joined(node).forEach(part -> joined.addAll(types(part)));
        yield joined;
      }
      case "OnesLike", "ZerosLike" -> Collections.nCopies(parts(node.input(0)), type(tensor));
      default -> List.of(type(tensor));
    };
  }

  /** How many parts are joined to {@code row}. */
  private static int parts(NodeOutput row) {
    GraphNode node = Shaping.through(row).node();
    return node.is("ConcatV2") ? joined(node).stream().mapToInt(SegmentIds::parts).sum() : 1;
  }

  /** The inputs of a join, without its axis. */
  private static List<NodeOutput> joined(GraphNode join) {
    return join.inputs().subList(0, join.inputs().size() - 1);
  }

  private static int type(NodeOutput part) {
    NodeOutput tensor = Shaping.through(part);
    GraphNode node = tensor.node();
    return switch (node.op()) {
      case "OnesLike" -> 1;
      case "ZerosLike" -> 0;
      case "Mul" -> type(node.input(0)) * type(node.input(1));
      default -> Math.toIntExact(Constants.integer(tensor));
    };
  }
}
