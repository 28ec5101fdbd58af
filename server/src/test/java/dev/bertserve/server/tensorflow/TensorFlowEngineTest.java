package dev.bertserve.server.tensorflow;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.OperatingSystemMXBean;
import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchPlanner;
import dev.bertserve.server.batching.ShapeRule;
import dev.bertserve.server.fixture.KnownAnswer;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.Weight;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.rewrite.Target;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;

/** Outputs of the built-in model, row by row and in batches. */
final class TensorFlowEngineTest {

  private static final int BATCH_ROWS = 64;
  private static final double TOLERANCE = 1e-5;

  private static PreparedModel model;
  private static TensorFlowEngine engine;
  private static List<KnownAnswer> answers;
  private static List<TokenIds> rows;

  @BeforeAll
  static void load() throws IOException {
    model = ModelPreparer.prepare(Models.builtIn());
    Tokenizer tokenizer = model.tokenizer().loaded().tokenizer();
    answers = KnownAnswer.builtIn();
    rows = answers.stream().map(answer -> tokenizer.tokenize(answer.text())).toList();
    EngineSettings settings = EngineSettings.of(Precision.FP32, 1);
    engine = EngineSelection.open(model, settings, rows.subList(0, 8)).engine();
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @Test
  void run_goldenTexts_returnsGoldenOutputs() {
    assertThat(largestDifference(inBatches(rows), rows)).isLessThanOrEqualTo(TOLERANCE);
  }

  /** Ops and shapes of a GPU, run on the CPU. */
  @Test
  void run_asOnAGpu_returnsGoldenOutputsInFewBatches() throws IOException {
    FlatGraph plain =
        Encoder.recognise(model.graph().copy()).lower(DataType.DT_FLOAT, Target.PLAIN);
    List<TokenIds> batch = rows.subList(0, BATCH_ROWS);
    try (TensorFlowEngine asOnGpu =
        open(plain, Device.GPU_SHAPES, GraphForm.of(Target.PLAIN, Precision.FP32))) {
      assertThat(largestDifference(floats(asOnGpu.runAll(TokenRow.allOf(batch)).get(0)), batch))
          .isLessThanOrEqualTo(TOLERANCE);
      assertThat(BatchPlanner.planAll(asOnGpu.shapes(), batch, TokenIds::length)).hasSize(1);
    }
  }

  @Test
  void run_rowAloneOrAmongOthers_answersTheSame() {
    List<TokenIds> batch = rows.subList(0, BATCH_ROWS);
    assertThat(batch.stream().mapToInt(TokenIds::length).distinct().count()).isGreaterThan(10);
    float[] together = floats(engine.runAll(TokenRow.allOf(batch)).get(0));

    for (int i = 0; i < BATCH_ROWS; i++) {
      float alone = floats(engine.runAll(TokenRow.allOf(batch.subList(i, i + 1))).get(0))[0];
      assertThat((double) Math.abs(alone - together[i])).isLessThanOrEqualTo(TOLERANCE);
    }
  }

  /** A token with a NaN embedding affects its own row, not the other rows of the sequence. */
  @Test
  void run_rowWithoutANumberForAnswer_leavesOthersTheirs() throws IOException {
    List<TokenIds> batch = rows.subList(0, 8);
    int[] spoilt = new int[batch.get(3).length()];
    batch.get(3).copyTo(spoilt, 0);
    FlatGraph spoiling = withoutNumberFor(spoilt[1]);
    FlatGraph fused = Encoder.recognise(spoiling).lower(DataType.DT_FLOAT, Target.ONE_DNN);
    try (TensorFlowEngine spoilingEngine = open(fused, Device.CPU_SHAPES, GraphForm.AS_EXPORTED)) {
      float[] found = floats(spoilingEngine.runAll(TokenRow.allOf(batch)).get(0));

      assertThat(found[3]).isNaN();
      assertThat(batch).filteredOn(row -> !holds(row, spoilt[1])).hasSizeGreaterThan(4);
      for (int i = 0; i < batch.size(); i++) {
        if (!holds(batch.get(i), spoilt[1])) {
          assertThat((double) found[i])
              .isCloseTo(answers.get(rows.indexOf(batch.get(i))).score(), within(TOLERANCE));
        }
      }
    }
  }

  /** The model with NaN as embedding of {@code id}. */
  private static FlatGraph withoutNumberFor(int id) {
    FlatGraph graph = model.graph().copy();
    GraphNode table =
        graph.nodes().stream()
            .filter(node -> node.weight() != null)
            .max(Comparator.comparingLong(node -> node.weight().count()))
            .orElseThrow();
    Weight weight = table.weight();
    int width = Math.toIntExact(weight.shape().get(1));
    GraphNode spoilt =
        new GraphNode(
            table.name(),
            Weight.computed(
                weight.shape(),
                () -> {
                  float[] values = weight.floats();
                  Arrays.fill(values, id * width, (id + 1) * width, Float.NaN);
                  return values;
                }));
    graph.replaceReads(tensor -> tensor.node() == table ? spoilt.output() : tensor);
    return graph;
  }

  private static boolean holds(TokenIds row, int id) {
    int[] ids = new int[row.length()];
    row.copyTo(ids, 0);
    return Arrays.stream(ids).anyMatch(other -> other == id);
  }

  @Test
  void run_paddingRows_changeNoAnswer() {
    List<TokenIds> three = rows.subList(0, 3);
    assertThat(
            BatchPlanner.planAll(engine.shapes(), three, TokenIds::length).stream()
                .mapToInt(BatchPlan::paddedTokens)
                .sum())
        .isGreaterThan(three.stream().mapToInt(TokenIds::length).sum());

    assertThat(largestDifference(floats(engine.runAll(TokenRow.allOf(three)).get(0)), three))
        .isLessThanOrEqualTo(TOLERANCE);
  }

  @Test
  void runPadding_everyShape_runs() {
    engine.shapes().largestFirst().forEach(engine::runPadding);
  }

  /** TensorFlow uses its own threads unless exactly the right options are set. */
  @Test
  void run_oneThread_worksInTheCaller() {
    assertThat(Collections.max(sharesOfTheCaller(engine))).isGreaterThan(0.5);
  }

  @Test
  void run_inHalves_worksInOthersWhileAlone() throws IOException {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1);
    FlatGraph inHalves =
        Encoder.recognise(model.graph().copy()).lower(DataType.DT_FLOAT, Target.ONE_DNN_IN_HALVES);
    try (TensorFlowEngine shared =
        open(inHalves, Device.CPU_SHAPES, GraphForm.of(Target.ONE_DNN_IN_HALVES, Precision.FP32))) {
      assertThat(Collections.min(sharesOfTheCaller(shared))).isLessThan(0.5);
    }
  }

  /**
   * Share of processor time of the process, in several rounds, since other processes may run in
   * some.
   */
  private static List<Double> sharesOfTheCaller(TensorFlowEngine running) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    assertThat(system).isNotNull();
    running.runPadding(running.shapes().largestFirst().get(0));
    List<Double> shares = new ArrayList<>();
    for (int round = 0; round < 9; round++) {
      long callerNanos = threads.getCurrentThreadCpuTime();
      long processNanos = system.getProcessCpuTime();
      for (int i = 0; i < 30; i++) {
        running.runPadding(running.shapes().largestFirst().get(0));
      }
      callerNanos = threads.getCurrentThreadCpuTime() - callerNanos;
      shares.add(1.0 * callerNanos / (system.getProcessCpuTime() - processNanos));
    }
    return shares;
  }

  @Test
  void run_fourThreads_answerAsOne() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Double>> differences = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        List<TokenIds> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, new Random(i));
        differences.add(threads.submit(() -> largestDifference(inBatches(shuffled), shuffled)));
      }
      for (Future<Double> difference : differences) {
        assertThat(difference.get()).isLessThanOrEqualTo(TOLERANCE);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void run_again_leavesNoNativeMemoryBehind() {
    engine.runAll(TokenRow.allOf(rows.subList(0, BATCH_ROWS)));
    long before = Pointer.totalCount();

    for (int i = 0; i < 20; i++) {
      engine.runAll(TokenRow.allOf(rows.subList(0, BATCH_ROWS)));
    }

    assertThat(Pointer.totalCount()).isEqualTo(before);
  }

  @Test
  void run_outputOfAnotherShape_failsAndLeavesNoNativeMemoryBehind() throws IOException {
    OutputSpec right = model.signature().outputs().get(0);
    List<OutputSpec> wrong = List.of(new OutputSpec(right.name(), List.of(3)));
    try (TensorFlowEngine failing =
        new TensorFlowEngine(
            LoweredGraphs.of(model.graph()),
            wrong,
            model.lengths(),
            Device.CPU_SHAPES,
            GraphForm.AS_EXPORTED,
            1)) {
      assertThatThrownBy(() -> failing.runAll(TokenRow.allOf(rows.subList(0, 2))))
          .hasMessageContaining("output");
      long before = Pointer.totalCount();

      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> failing.runAll(TokenRow.allOf(rows.subList(0, 2))))
            .hasMessageContaining("output");
      }

      assertThat(Pointer.totalCount()).isEqualTo(before);
    }
  }

  private static TensorFlowEngine open(FlatGraph graph, ShapeRule rule, GraphForm form)
      throws IOException {
    return new TensorFlowEngine(
        LoweredGraphs.of(graph), model.signature().outputs(), model.lengths(), rule, form, 1);
  }

  private static double largestDifference(float[] scores, List<TokenIds> of) {
    double largest = 0;
    for (int i = 0; i < scores.length; i++) {
      double expected = answers.get(rows.indexOf(of.get(i))).score();
      largest = Math.max(largest, Math.abs(scores[i] - expected));
    }
    return largest;
  }

  private static float[] inBatches(List<TokenIds> all) {
    float[] scores = new float[all.size()];
    for (int start = 0; start < all.size(); start += BATCH_ROWS) {
      List<TokenIds> batch = all.subList(start, Math.min(all.size(), start + BATCH_ROWS));
      float[] found = floats(engine.runAll(TokenRow.allOf(batch)).get(0));
      System.arraycopy(found, 0, scores, start, batch.size());
    }
    return scores;
  }
}
