package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.NodeOutput;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class RecogniseEmbeddingTest {

  private static final int IDS = 10;

  private final ExportedGraph graph = new ExportedGraph();

  @Test
  void apply_gatherOfFlatIds_isALookUp() throws IOException {
    graph.assertRewritten(
        graph.embedding(graph.ids),
        1,
        new CanonicalForms(new TensorShapes(0)),
        new RecogniseEmbedding(new TensorShapes(0)));
  }

  @Test
  void apply_oneHotProduct_isALookUp() throws IOException {
    graph.assertRewritten(
        oneHot(IDS, 1),
        1,
        new CanonicalForms(new TensorShapes(0)),
        new RecogniseEmbedding(new TensorShapes(0)));
  }

  @Test
  void apply_positionsLikeLookUp_areALookUpToo() throws IOException {
    NodeOutput words = graph.embedding(graph.ids);
    NodeOutput sum = graph.op("AddV2", words, graph.positions(words, 0));

    graph.assertRewritten(
        sum,
        2,
        new CanonicalForms(new TensorShapes(0)),
        new RecogniseEmbedding(new TensorShapes(0)));
  }

  @Test
  void apply_positionsReadAlone_keepTheirShape() throws IOException {
    graph.assertRewritten(
        graph.positions(graph.embedding(graph.ids), 0),
        2,
        new CanonicalForms(new TensorShapes(0)),
        new RecogniseEmbedding(new TensorShapes(0)));
  }

  @Test
  void apply_shapeOfOtherIds_isALookUp() throws IOException {
    NodeOutput shifted = graph.op("AddV2", graph.ids, graph.integer(1));

    graph.assertRewritten(
        graph.embedding(shifted),
        1,
        new CanonicalForms(new TensorShapes(0)),
        new RecogniseEmbedding(new TensorShapes(0)));
  }

  @Test
  void apply_oneHotOfTwos_leavesTheGraphAlone() throws IOException {
    graph.assertRewritten(
        oneHot(IDS, 2),
        0,
        new CanonicalForms(new TensorShapes(0)),
        new RecogniseEmbedding(new TensorShapes(0)));
  }

  @Test
  void apply_positionsFromTheSecondOn_leavesThemAlone() throws IOException {
    NodeOutput words = graph.embedding(graph.ids);
    NodeOutput sum = graph.op("AddV2", words, graph.positions(words, 1));

    graph.assertRewritten(
        sum,
        1,
        new CanonicalForms(new TensorShapes(0)),
        new RecogniseEmbedding(new TensorShapes(0)));
  }

  private NodeOutput oneHot(int depth, double on) {
    NodeOutput flat = graph.op("Reshape", graph.ids, graph.integers(-1));
    NodeOutput hot =
        graph.op("OneHot", flat, graph.integer(depth), graph.number(on), graph.number(0));
    return graph.shaped(graph.op("MatMul", hot, graph.weight(IDS, ExportedGraph.WIDTH)));
  }
}
