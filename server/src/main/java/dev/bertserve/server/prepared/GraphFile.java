package dev.bertserve.server.prepared;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A flat graph in two files: its nodes, each after those that it reads, and its weights, which lie
 * in a {@link WeightFile}. Outputs are nodes of an op of their own.
 */
final class GraphFile {

  private static final String OUTPUT = "BertserveOutput";
  private static final String SHAPE = "weight_shape";
  private static final String OFFSET = "weight_offset";
  private static final String SIZE = "weight_size";

  private GraphFile() {}

  /** Writes {@code graph} to {@code nodes} and its weights to {@code weights}. */
  static void write(FlatGraph graph, Path nodes, WeightFile weights) throws IOException {
    GraphDef.Builder definition = GraphDef.newBuilder();
    Map<GraphNode, String> names = names(graph);
    for (GraphNode node : graph.nodes()) {
      NodeDef.Builder written = definition.addNodeBuilder();
      written.setName(names.get(node)).setOp(node.op()).putAllAttr(node.attributes());
      node.inputs().forEach(input -> written.addInput(reference(input, names)));
      Weight weight = node.weight();
      if (weight != null) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        weight.shape().forEach(dimension -> shape.addDimBuilder().setSize(dimension));
        written.putAttr(SHAPE, AttrValue.newBuilder().setShape(shape).build());
        if (!weight.isLeftOut()) {
          WeightFile.Extent extent = weights.add(weight);
          written.putAttr(OFFSET, AttrValue.newBuilder().setI(extent.offset()).build());
          written.putAttr(SIZE, AttrValue.newBuilder().setI(extent.size()).build());
        }
      }
    }
    graph
        .outputs()
        .forEach(
            (name, tensor) ->
                definition
                    .addNodeBuilder()
                    .setName(name)
                    .setOp(OUTPUT)
                    .addInput(reference(tensor, names)));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(nodes))) {
      definition.build().writeTo(out);
    }
  }

  /** Different ones: nodes that a rewriter has made have the name of what they replace. */
  private static Map<GraphNode, String> names(FlatGraph graph) {
    Map<GraphNode, String> names = new HashMap<>();
    Set<String> taken = new HashSet<>();
    for (GraphNode node : graph.nodes()) {
      String name = node.name();
      for (int i = 2; !taken.add(name); i++) {
        name = node.name() + "_" + i;
      }
      names.put(node, name);
    }
    return names;
  }

  static FlatGraph read(Path nodes, Path weights) throws IOException {
    GraphDef definition;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(nodes))) {
      definition = GraphDef.parseFrom(in);
    }
    Map<String, GraphNode> made = new HashMap<>();
    Map<String, NodeOutput> outputs = new LinkedHashMap<>();
    for (NodeDef written : definition.getNodeList()) {
      if (written.getOp().equals(OUTPUT)) {
        outputs.put(written.getName(), tensor(written.getInput(0), made));
      } else {
        made.put(written.getName(), node(written, made, weights));
      }
    }
    return new FlatGraph(outputs);
  }

  private static GraphNode node(NodeDef written, Map<String, GraphNode> made, Path weights) {
    if (written.containsAttr(SHAPE)) {
      DataType type = written.getAttrOrThrow("dtype").getType();
      List<Long> shape =
          written.getAttrOrThrow(SHAPE).getShape().getDimList().stream()
              .map(TensorShapeProto.Dim::getSize)
              .toList();
      return new GraphNode(
          written.getName(),
          written.containsAttr(OFFSET)
              ? Weight.inFile(
                  type,
                  shape,
                  weights,
                  written.getAttrOrThrow(OFFSET).getI(),
                  written.getAttrOrThrow(SIZE).getI())
              : Weight.leftOut(type, shape));
    }
    GraphNode node = new GraphNode(written.getName(), written.getOp());
    node.attributes().putAll(written.getAttrMap());
    written.getInputList().forEach(input -> node.inputs().add(tensor(input, made)));
    return node;
  }

  private static String reference(NodeOutput tensor, Map<GraphNode, String> names) {
    return names.get(tensor.node()) + ":" + tensor.argument() + ":" + tensor.index();
  }

  private static NodeOutput tensor(String reference, Map<String, GraphNode> made) {
    String[] parts = reference.split(":", -1);
    GraphNode node = made.get(parts[0]);
    if (node == null) {
      throw new UnsupportedModelException(
          "graph: reads " + reference + " (expected: a node before it)");
    }
    return new NodeOutput(node, parts[1], Integer.parseInt(parts[2]));
  }
}
