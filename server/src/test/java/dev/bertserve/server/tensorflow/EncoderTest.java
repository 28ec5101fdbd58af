package dev.bertserve.server.tensorflow;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.prepared.RowLengths;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.rewrite.Target;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;

/** Compares the rewritten built-in model with its exported graph. */
final class EncoderTest {

  private static final List<String> TEXTS =
      List.of("", "a gripping film", "a dull , lifeless mess of a film , far too long", "great");

  private static List<TokenIds> rows;
  private static float[] exported;

  @BeforeAll
  static void runAsExported() throws IOException {
    PreparedModel model = prepare();
    Tokenizer tokenizer = model.tokenizer().loaded().tokenizer();
    rows = new ArrayList<>();
    TEXTS.forEach(text -> rows.add(tokenizer.tokenize(text)));
    exported = run(model.graph());
  }

  @Test
  void recognise_builtInModel_findsEveryPart() throws IOException {
    assertThat(Encoder.recognise(prepare().graph()).matches())
        .containsEntry("embeddings", 3)
        .containsEntry("layer norm", 5)
        .containsEntry("gelu", 2)
        .containsEntry("dense", 12)
        .containsEntry("attention", 2)
        .containsEntry("first token only", 1)
        .containsEntry("packed rows", 4);
  }

  @Test
  void lower_plainOps_returnsTheOutputsOfTheExportedGraph() throws IOException {
    Encoder encoder = Encoder.recognise(prepare().graph());

    assertThat(largestMove(encoder.lower(DataType.DT_FLOAT, Target.PLAIN)))
        .isLessThanOrEqualTo(1e-6);
  }

  @Test
  void lower_fusedOps_returnsTheOutputsOfTheExportedGraph() throws IOException {
    Encoder encoder = Encoder.recognise(prepare().graph());
    FlatGraph fused = encoder.lower(DataType.DT_FLOAT, Target.ONE_DNN);

    assertThat(fused.nodes().stream().map(GraphNode::op))
        .contains("_MklNativeFusedMatMul", "_MklLayerNorm")
        .doesNotContain("Einsum", "OneHot", "BroadcastTo", "Pow", "Rsqrt");
    assertThat(largestMove(fused)).isLessThanOrEqualTo(1e-6);
  }

  @Test
  void lower_inHalves_returnsTheOutputsOfTheExportedGraph() throws IOException {
    Encoder encoder = Encoder.recognise(prepare().graph());
    FlatGraph inHalves = encoder.lower(DataType.DT_FLOAT, Target.ONE_DNN_IN_HALVES);

    assertThat(inHalves.nodes()).filteredOn(node -> node.is("AddN")).hasSize(4);
    assertThat(largestMove(inHalves)).isLessThanOrEqualTo(1e-6);
  }

  @Test
  void lower_inHalvesInBfloat16_takesSumsAndLayerNormsInFloat32() throws IOException {
    Encoder encoder = Encoder.recognise(prepare().graph());
    FlatGraph inHalves = encoder.lower(DataType.DT_BFLOAT16, Target.ONE_DNN_IN_HALVES);

    assertThat(inHalves.nodes())
        .filteredOn(node -> node.is("AddN"))
        .allMatch(sum -> sum.attribute("T").getType() == DataType.DT_FLOAT);
    assumeBfloat16();
    assertThat(largestMove(inHalves)).isLessThanOrEqualTo(0.01);
  }

  @Test
  void run_inHalvesFromManyThreads_answersAsAlone() throws IOException {
    Encoder encoder = Encoder.recognise(prepare().graph());
    FlatGraph inHalves = encoder.lower(DataType.DT_FLOAT, Target.ONE_DNN_IN_HALVES);
    try (TensorFlowEngine engine = open(inHalves, new GraphForm(0, true))) {
      float[] alone = floats(engine.runAll(TokenRow.allOf(rows)).get(0));
      List<Column> atOnce =
          IntStream.range(0, 64)
              .parallel()
              .mapToObj(i -> engine.runAll(TokenRow.allOf(rows)).get(0))
              .toList();

      assertThat(alone).containsExactly(exported, Offset.offset(1e-6f));
      assertThat(atOnce).allSatisfy(answers -> assertThat(answers).isEqualTo(Column.of(alone)));
    }
  }

  @Test
  void lower_bfloat16_changesOutputsByLessThanOneHundredth() throws IOException {
    Encoder encoder = Encoder.recognise(prepare().graph());

    assertThat(largestMove(encoder.lower(DataType.DT_BFLOAT16, Target.PLAIN)))
        .isLessThanOrEqualTo(0.01);
    assumeBfloat16();
    assertThat(largestMove(encoder.lower(DataType.DT_BFLOAT16, Target.ONE_DNN)))
        .isLessThanOrEqualTo(0.01);
  }

  private static void assumeBfloat16() {
    assumeThat(CpuFeatures.ofThisMachine().hasBfloat16())
        .as("a bfloat16 unit: without one, fused ops crash the process")
        .isTrue();
  }

  @Test
  void lower_float16_changesOutputsByLessThanOneThousandth() throws IOException {
    FlatGraph float16 = Encoder.recognise(prepare().graph()).lower(DataType.DT_HALF, Target.PLAIN);

    assertThat(largestMove(float16)).isLessThanOrEqualTo(1e-3);
  }

  @Test
  void lower_twice_leavesTheEncoderAsItWas() throws IOException {
    Encoder encoder = Encoder.recognise(prepare().graph());
    int before = encoder.lower(DataType.DT_FLOAT, Target.ONE_DNN).nodes().size();

    assertThat(encoder.lower(DataType.DT_FLOAT, Target.ONE_DNN).nodes()).hasSize(before);
  }

  private static PreparedModel prepare() throws IOException {
    return ModelPreparer.prepare(Models.builtIn());
  }

  private static double largestMove(FlatGraph graph) throws IOException {
    float[] found = run(graph);
    double largest = 0;
    for (int i = 0; i < exported.length; i++) {
      largest = Math.max(largest, Math.abs(found[i] - exported[i]));
    }
    return largest;
  }

  private static float[] run(FlatGraph graph) throws IOException {
    try (TensorFlowEngine engine = open(graph, GraphForm.AS_EXPORTED)) {
      return floats(engine.runAll(TokenRow.allOf(rows)).get(0));
    }
  }

  private static TensorFlowEngine open(FlatGraph graph, GraphForm form) throws IOException {
    return new TensorFlowEngine(
        LoweredGraphs.of(graph),
        prepare().signature().outputs(),
        new RowLengths(1, 128),
        Device.CPU_SHAPES,
        form,
        1);
  }
}
