package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * If only the first token of a token tensor is read, computes only that token: the slice moves
 * towards the inputs, through tokenwise ops and through the query of attention.
 */
final class FirstTokenOnly implements Pass {

  @Override
  public String name() {
    return "first token only";
  }

  @Override
  public int apply(FlatGraph graph) {
    List<GraphNode> nodes = graph.nodes();
    Set<GraphNode> readFirstOnly = readFirstOnly(graph, nodes);
    Map<GraphNode, GraphNode> firsts = new HashMap<>();
    for (GraphNode node : nodes) {
      if (readFirstOnly.contains(node)) {
        firsts.put(node, copyForFirstToken(node, firsts));
      }
    }
    return Match.replaceEach(
        graph,
        node ->
            isFirstTokenSlice(node) && TokenTensor.is(node.input(0))
                ? firstToken(node.input(0), firsts)
                : null);
  }

  @Override
  public int missedIn(FlatGraph graph) {
    return Match.count(graph, FirstTokenOnly::isFirstTokenSlice);
  }

  /** Nodes of which only the first token is read. */
  private static Set<GraphNode> readFirstOnly(FlatGraph graph, List<GraphNode> nodes) {
    Set<GraphNode> readWhole = new HashSet<>();
    graph.outputs().values().forEach(tensor -> readWhole.add(tensor.node()));
    Set<GraphNode> readFirstOnly = new HashSet<>();
    List<GraphNode> readersFirst = new ArrayList<>(nodes);
    Collections.reverse(readersFirst);
    for (GraphNode node : readersFirst) {
      boolean firstOnly = TokenTensor.is(node.output()) && !readWhole.contains(node);
      if (firstOnly) {
        readFirstOnly.add(node);
      }
      if (!isFirstTokenSlice(node)) {
        for (int i = 0; i < node.inputs().size(); i++) {
          if (!firstOnly || !TokenTensor.isTokenwise(node, i)) {
            readWhole.add(node.input(i).node());
          }
        }
      }
    }
    return readFirstOnly;
  }

  private static GraphNode copyForFirstToken(GraphNode node, Map<GraphNode, GraphNode> firsts) {
    GraphNode copy = Match.node(node.op(), node, node.inputs().toArray(new NodeOutput[0]));
    copy.attributes().putAll(node.attributes());
    for (int i = 0; i < node.inputs().size(); i++) {
      if (TokenTensor.isTokenwise(node, i)) {
        copy.inputs().set(i, firstToken(node.input(i), firsts).output());
      }
    }
    return copy;
  }

  private static GraphNode firstToken(NodeOutput x, Map<GraphNode, GraphNode> firsts) {
    return firsts.computeIfAbsent(x.node(), node -> Match.node(Ops.FIRST_TOKEN, node, x));
  }

  /** {@code x[:, 0, :]} or {@code x[:, 0]}. */
  private static boolean isFirstTokenSlice(GraphNode slice) {
    if (!slice.is("StridedSlice")
        || slice.number("shrink_axis_mask") != 2
        || slice.number("new_axis_mask") != 0
        || slice.number("ellipsis_mask") != 0
        || !Match.is(slice.input(1), "Const")) {
      return false;
    }
    long[] begin = Constants.integers(slice.input(1));
    int others = begin.length == 3 ? 5 : 1;
    return (begin.length == 2 || begin.length == 3)
        && begin[1] == 0
        && (slice.number("begin_mask") & slice.number("end_mask") & others) == others
        && (slice.number("begin_mask") & 2) == 0;
  }
}
