package dev.bertserve.server.savedmodel;

import static dev.bertserve.server.savedmodel.TokenizerReader.through;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.ArrayList;
import java.util.List;

/** Checks that a packer gives the types of tokens that its rows of ids have. */
final class SegmentIds {

  private SegmentIds() {}

  /** Requires that {@code packing} pads, with 0, parts of the types {@code expected}, in order. */
  static void check(GraphNode packing, List<Integer> expected) {
    TokenizerReader.expect(packing, "padding type", Constants.integer(packing.input(2)), 0);
    GraphNode row = through(packing.input(1)).node();
    List<Integer> found = new ArrayList<>();
    if (row.is("ConcatV2")) {
      row.inputs().subList(0, row.inputs().size() - 1).forEach(part -> found.add(type(part)));
    } else {
      expected.forEach(part -> found.add(type(packing.input(1))));
    }
    if (!found.equals(expected)) {
      throw TokenizerReader.unknown(row, "types " + found, expected.toString());
    }
  }

  /** The type of every token of {@code part}. */
  private static int type(NodeOutput part) {
    NodeOutput tensor = through(part);
    GraphNode node = tensor.node();
    return switch (node.op()) {
      case "OnesLike" -> 1;
      case "ZerosLike" -> 0;
      case "Mul" -> type(node.input(0)) * type(node.input(1));
      default -> Math.toIntExact(Constants.integer(tensor));
    };
  }
}
