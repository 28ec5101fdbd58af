package dev.bertserve.server.savedmodel;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A flat graph in two files: its nodes, each after those that it reads, and its weights one after
 * the other. Outputs are nodes of an op of their own.
 */
final class GraphFile {

  private static final String OUTPUT = "BertserveOutput";
  private static final String SHAPE = "weight_shape";
  private static final String OFFSET = "weight_offset";
  private static final String SIZE = "weight_size";

  private GraphFile() {}

  static void write(FlatGraph graph, Path nodes, Path weights, Pace pace) throws IOException {
    GraphDef.Builder definition = GraphDef.newBuilder();
    try (OutputStream data = new BufferedOutputStream(Files.newOutputStream(weights))) {
      long offset = 0;
      for (GraphNode node : graph.nodes()) {
        NodeDef.Builder written = definition.addNodeBuilder();
        written.setName(node.name()).setOp(node.op()).putAllAttr(node.attributes());
        node.inputs().forEach(input -> written.addInput(reference(input)));
        Weight weight = node.weight();
        if (weight != null) {
          long[] size = new long[1];
          weight.read(
              (piece, length) -> {
                data.write(piece, 0, length);
                size[0] += length;
                pace.endPiece();
              });
          TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
          weight.shape().forEach(dimension -> shape.addDimBuilder().setSize(dimension));
          written.putAttr(SHAPE, AttrValue.newBuilder().setShape(shape).build());
          written.putAttr(OFFSET, AttrValue.newBuilder().setI(offset).build());
          written.putAttr(SIZE, AttrValue.newBuilder().setI(size[0]).build());
          offset += size[0];
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
                    .addInput(reference(tensor)));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(nodes))) {
      definition.build().writeTo(out);
    }
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
    if (written.containsAttr(OFFSET)) {
      List<Long> shape =
          written.getAttrOrThrow(SHAPE).getShape().getDimList().stream()
              .map(TensorShapeProto.Dim::getSize)
              .toList();
      return new GraphNode(
          written.getName(),
          Weight.inFile(
              written.getAttrOrThrow("dtype").getType(),
              shape,
              weights,
              written.getAttrOrThrow(OFFSET).getI(),
              written.getAttrOrThrow(SIZE).getI()));
    }
    GraphNode node = new GraphNode(written.getName(), written.getOp());
    node.attributes().putAll(written.getAttrMap());
    written.getInputList().forEach(input -> node.inputs().add(tensor(input, made)));
    return node;
  }

  private static String reference(NodeOutput tensor) {
    return tensor.node().name() + ":" + tensor.argument() + ":" + tensor.index();
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
