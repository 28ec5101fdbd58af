package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;

final class RecogniseEmbeddingTest {

  private static final int IDS = 10;

  private final ExportedGraph graph = new ExportedGraph();

  @Test
  void apply_gatherOfFlatIds_isALookUp() throws IOException {
    graph.assertRewritten(gathered(graph.ids), 1, new RecogniseEmbedding());
  }

  @Test
  void apply_oneHotProduct_isALookUp() throws IOException {
    graph.assertRewritten(oneHot(IDS, 1), 1, new RecogniseEmbedding());
  }

  @Test
  void apply_positionsLikeLookUp_areALookUpToo() throws IOException {
    NodeOutput words = gathered(graph.ids);
    NodeOutput sum = graph.op("AddV2", words, positions(words, 0));

    graph.assertRewritten(sum, 2, new RecogniseEmbedding());
  }

  @Test
  void apply_positionsReadAlone_keepTheirShape() throws IOException {
    graph.assertRewritten(positions(gathered(graph.ids), 0), 2, new RecogniseEmbedding());
  }

  @Test
  void apply_idsThatAreNotTheShapes_leavesTheGraphAlone() throws IOException {
    NodeOutput shifted = graph.op("AddV2", graph.ids, graph.integer(1));

    graph.assertRewritten(gathered(shifted), 0, new RecogniseEmbedding());
  }

  @Test
  void apply_hotterThanOne_leavesTheGraphAlone() throws IOException {
    graph.assertRewritten(oneHot(IDS, 2), 0, new RecogniseEmbedding());
  }

  @Test
  void apply_positionsFromTheSecondOn_leavesThemAlone() throws IOException {
    NodeOutput words = gathered(graph.ids);
    NodeOutput sum = graph.op("AddV2", words, positions(words, 1));

    graph.assertRewritten(sum, 1, new RecogniseEmbedding());
  }

  private NodeOutput gathered(NodeOutput ids) {
    NodeOutput flat = graph.op("Reshape", ids, graph.integers(-1));
    NodeOutput table = graph.weight(IDS, ExportedGraph.WIDTH);
    return shaped(graph.op("GatherV2", table, flat, graph.integer(0)));
  }

  private NodeOutput oneHot(int depth, double on) {
    NodeOutput flat = graph.op("Reshape", graph.ids, graph.integers(-1));
    NodeOutput hot =
        graph.op("OneHot", flat, graph.integer(depth), graph.number(on), graph.number(0));
    return shaped(graph.op("MatMul", hot, graph.weight(IDS, ExportedGraph.WIDTH)));
  }

  private NodeOutput shaped(NodeOutput flat) {
    GraphNode shape =
        graph.list(
            "ConcatV2",
            DataType.DT_INT32,
            graph.op("Shape", graph.ids),
            graph.integers(ExportedGraph.WIDTH),
            graph.integer(0));
    return graph.op("Reshape", flat, shape.output());
  }

  /** The first rows of a table, from {@code first} on, for each row of {@code words}. */
  private NodeOutput positions(NodeOutput words, int first) {
    NodeOutput shape = graph.op("Shape", words);
    GraphNode length =
        graph.node("StridedSlice", shape, graph.integers(1), graph.integers(2), graph.integers(1));
    length.attributes().put("shrink_axis_mask", Match.number(1));
    NodeOutput end = graph.op("AddV2", length.output(), graph.integer(first));
    GraphNode ends =
        graph.list("Pack", DataType.DT_INT32, first == 0 ? length.output() : end, graph.integer(0));
    GraphNode slice =
        graph.node(
            "StridedSlice",
            graph.weight(IDS, ExportedGraph.WIDTH),
            graph.integers(first, 0),
            ends.output(),
            graph.integers(1, 1));
    slice.attributes().put("begin_mask", Match.number(first == 0 ? 3 : 2));
    slice.attributes().put("end_mask", Match.number(2));
    NodeOutput flat = graph.op("Reshape", slice.output(), graph.integers(-1, ExportedGraph.WIDTH));
    return graph.op("BroadcastTo", flat, shape);
  }
}
