package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.preprocessing.Shaping;
import dev.bertserve.server.preprocessing.Tables;
import dev.bertserve.server.preprocessing.TextRefusal;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;

/**
 * Replaces lookups in tables by gathers from constants. A table is filled by the initialisation of
 * a session, which a graph on disk does not have.
 */
final class LookupTables {

  private final Tables tables;
  private final Map<GraphNode, Tables.Entries> known = new HashMap<>();

  LookupTables(Tables tables) {
    this.tables = tables;
  }

  void replace(FlatGraph graph) throws IOException {
    Map<GraphNode, NodeOutput> found = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      if (node.is("LookupTableFindV2") || node.is("LookupTableFind")) {
        found.put(node, gather(node));
      }
    }
    graph.replaceReads(tensor -> found.getOrDefault(tensor.node(), tensor));
  }

  /**
   * The default, then all values, of which the number of the key that is equal is taken, counted
   * from 1.
   */
  private NodeOutput gather(GraphNode find) throws IOException {
    if (Shaping.through(find.input(1)).node().is("WordpieceTokenizeWithOffsets")) {
      throw TextRefusal.of(
          find, "ids that are read in another way than as rows", "rows of ids, a mask and types");
    }
    GraphNode filled = find.input(0).node();
    Tables.Entries entries = known.get(filled);
    if (entries == null) {
      entries = tables.entriesOf(filled);
      known.put(filled, entries);
    }
    String name = find.name();
    DataType keyType = entries.keys().attribute("dtype").getType();
    DataType valueType = entries.values().attribute("dtype").getType();
    GraphNode last = Constants.ofInt(name + "/last", -1);
    GraphNode column = node(name + "/column", "ExpandDims", find.input(1), last.output());
    column.setType("T", keyType);
    column.setType("Tdim", DataType.DT_INT32);
    GraphNode equal = node(name + "/equal", "Equal", column.output(), entries.keys().output());
    equal.setType("T", keyType);
    GraphNode match = node(name + "/match", "Cast", equal.output());
    match.setType("SrcT", DataType.DT_BOOL);
    match.setType("DstT", DataType.DT_INT32);
    int size =
        Math.toIntExact(
            entries.keys().attribute("value").getTensor().getTensorShape().getDim(0).getSize());
    GraphNode numbers =
        Constants.ofInts(name + "/numbers", IntStream.rangeClosed(1, size).toArray());
    GraphNode numbered = node(name + "/numbered", "Mul", match.output(), numbers.output());
    numbered.setType("T", DataType.DT_INT32);
    GraphNode number = node(name + "/number", "Sum", numbered.output(), last.output());
    number.setType("T", DataType.DT_INT32);
    number.setType("Tidx", DataType.DT_INT32);
    GraphNode otherwise =
        node(
            name + "/default",
            "Reshape",
            find.input(2),
            Constants.ofInts(name + "/one", 1).output());
    otherwise.setType("T", valueType);
    otherwise.setType("Tshape", DataType.DT_INT32);
    GraphNode first = Constants.ofInt(name + "/first", 0);
    GraphNode table =
        node(
            name + "/table",
            "ConcatV2",
            otherwise.output(),
            entries.values().output(),
            first.output());
    table.setType("T", valueType);
    table.setType("Tidx", DataType.DT_INT32);
    table.attributes().put("N", AttrValue.newBuilder().setI(2).build());
    GraphNode gather = node(name, "GatherV2", table.output(), number.output(), first.output());
    gather.setType("Tparams", valueType);
    gather.setType("Tindices", DataType.DT_INT32);
    gather.setType("Taxis", DataType.DT_INT32);
    return gather.output();
  }

  private static GraphNode node(String name, String op, NodeOutput... inputs) {
    GraphNode node = new GraphNode(name, op);
    node.inputs().addAll(List.of(inputs));
    return node;
  }
}
