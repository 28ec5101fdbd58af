package dev.bertserve.server.tensorflow;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.graph.Calibration;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.rewrite.Int8Scope;
import dev.bertserve.server.rewrite.Target;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;

/** The built-in model with the products of its layers in 8 bits. */
final class Int8FormTest {

  /** What a trained model may move. */
  private static final double TOLERANCE = 0.02;

  private static final int INNER_WIDTH = 512;
  private static PreparedModel model;
  private static List<TokenIds> calibrating;
  private static List<TokenIds> others;

  @BeforeAll
  static void prepare() throws IOException {
    model = ModelPreparer.prepare(Models.builtIn());
    calibrating =
        rows(
            "a gripping , beautifully acted film",
            "two hours that feel like four .",
            "not funny , not scary , not even short",
            "what a mess !",
            "the director trusts the audience , and the audience is grateful .");
    others =
        rows(
            "a fine film",
            "slow , very slow .",
            "wooden acting , a thin story and music that never stops",
            "an honest portrait of a town that the mine left behind .");
  }

  @BeforeEach
  void requireInt8() {
    assumeThat(CpuFeatures.ofThisMachine().hasInt8())
        .as("8-bit products of the processor (avx512_vnni, avx_vnni or amx_int8)")
        .isTrue();
  }

  @Test
  void run_otherTexts_answersNearlyTheSame() throws IOException {
    assertThat(move(model.graph(), calibration(model.graph()))).isBetween(1e-6, TOLERANCE);
  }

  @Test
  void run_rowAmongOthers_answersAsAlone() throws IOException {
    FlatGraph lowered =
        encoder(model.graph())
            .inInt8(calibration(model.graph()), Int8Scope.LAYERS)
            .lowerInInt8(DataType.DT_FLOAT, Target.ONE_DNN);
    try (TensorFlowEngine engine = open(lowered)) {
      float[] together = floats(engine.runAll(TokenRow.allOf(others)).get(0));
      for (int i = 0; i < others.size(); i++) {
        float[] alone = floats(engine.runAll(TokenRow.allOf(List.of(others.get(i)))).get(0));
        assertThat((double) together[i] - alone[0]).isBetween(-1e-4, 1e-4);
      }
    }
  }

  @Test
  void run_rowsInHalves_answerAsWhole() throws IOException {
    Encoder inInt8 = encoder(model.graph()).inInt8(calibration(model.graph()), Int8Scope.LAYERS);
    FlatGraph whole = inInt8.lowerInInt8(DataType.DT_FLOAT, Target.ONE_DNN);
    FlatGraph halves = inInt8.lowerInInt8(DataType.DT_FLOAT, Target.ONE_DNN_IN_HALVES);
    assertThat(products(halves)).hasSizeGreaterThan(products(whole).size());
    try (TensorFlowEngine alone = open(whole);
        TensorFlowEngine both =
            open(new LoweredGraphs(whole, Optional.of(halves)), new GraphForm(0, true))) {
      for (TokenIds row : others) {
        float expected = floats(alone.runAll(TokenRow.allOf(List.of(row))).get(0))[0];
        float found = floats(both.runAll(TokenRow.allOf(List.of(row))).get(0))[0];
        assertThat((double) found - expected).isBetween(-1e-4, 1e-4);
      }
    }
  }

  private static List<GraphNode> products(FlatGraph graph) {
    return graph.nodes().stream().filter(node -> node.is("_QuantizedMatMul")).toList();
  }

  @Test
  void calibrate_twice_isTheSame() throws IOException {
    assertThat(calibration(model.graph())).isEqualTo(calibration(model.graph()));
  }

  @Test
  void calibrate_channelFarFromTheOthers_runsApart() throws IOException {
    FlatGraph outlying =
        withWeights(weight -> weight.shape().equals(List.of((long) INNER_WIDTH)), 5, 60);
    Calibration calibration = calibration(outlying);

    assertThat(calibration.places().stream().map(Calibration.Place::far))
        .filteredOn(far -> !far.isEmpty())
        .isNotEmpty()
        .allMatch(far -> far.contains(5));
    assertThat(calibration.places()).allMatch(place -> place.high() < 30);
    assertThat(move(outlying, calibration)).isLessThan(TOLERANCE);
  }

  @Test
  void inInt8_weightIsNotANumber_isRejected() throws IOException {
    Calibration calibration = calibration(model.graph());
    FlatGraph spoilt = withWeights(weight -> weight.shape().get(0) > 1_000, 7, Float.NaN);

    assertThatThrownBy(() -> encoder(spoilt).inInt8(calibration, Int8Scope.LAYERS))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage("a weight is NaN (expected: finite numbers)");
  }

  @Test
  void calibrate_activationIsNotANumber_isRejected() {
    FlatGraph spoilt = withWeights(weight -> weight.shape().size() == 1, 0, Float.NaN);

    assertThatThrownBy(() -> calibration(spoilt))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage("calibration: an activation is NaN (expected: finite numbers)");
  }

  @Test
  void inInt8_calibrationOfAnotherModel_isRejected() throws IOException {
    List<Calibration.Place> places = calibration(model.graph()).places();
    Calibration shorter = new Calibration(places.subList(1, places.size()));

    assertThatThrownBy(() -> encoder(model.graph()).inInt8(shorter, Int8Scope.LAYERS))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("of this model");
  }

  private static List<TokenIds> rows(String... texts) {
    Tokenizer tokenizer = model.tokenizer().loaded().tokenizer();
    return Stream.of(texts).map(tokenizer::tokenize).toList();
  }

  /** The model with {@code value} at {@code index} of each of the wanted weights. */
  private static FlatGraph withWeights(Predicate<Weight> wanted, int index, float value) {
    FlatGraph graph = model.graph().copy();
    graph.replaceReads(
        tensor -> {
          Weight weight = tensor.node().weight();
          if (weight == null || !wanted.test(weight)) {
            return tensor;
          }
          Weight changed =
              Weight.computed(
                  weight.shape(),
                  () -> {
                    float[] values = weight.floats();
                    values[index] = value;
                    return values;
                  });
          return new GraphNode(tensor.node().name(), changed).output();
        });
    return graph;
  }

  private static Encoder encoder(FlatGraph graph) {
    return Encoder.recognise(graph.copy());
  }

  private static Calibration calibration(FlatGraph graph) throws IOException {
    return new Calibrator(Device.ofThisMachine(), 1)
        .calibrate(encoder(graph), model.lengths(), calibrating);
  }

  /** The largest difference of an answer from float32. */
  private static double move(FlatGraph graph, Calibration calibration) throws IOException {
    float[] exact = answers(encoder(graph).lower(DataType.DT_FLOAT, Target.ONE_DNN));
    float[] rounded =
        answers(
            encoder(graph)
                .inInt8(calibration, Int8Scope.LAYERS)
                .lowerInInt8(DataType.DT_FLOAT, Target.ONE_DNN));
    double largest = 0;
    for (int i = 0; i < exact.length; i++) {
      largest = Math.max(largest, Math.abs(exact[i] - rounded[i]));
    }
    return largest;
  }

  private static float[] answers(FlatGraph lowered) throws IOException {
    try (TensorFlowEngine engine = open(lowered)) {
      return floats(engine.runAll(TokenRow.allOf(others)).get(0));
    }
  }

  private static TensorFlowEngine open(FlatGraph lowered) throws IOException {
    return open(LoweredGraphs.of(lowered), GraphForm.AS_EXPORTED);
  }

  private static TensorFlowEngine open(LoweredGraphs lowered, GraphForm form) throws IOException {
    return new TensorFlowEngine(
        lowered, model.signature().outputs(), model.lengths(), Device.CPU_SHAPES, form, 1);
  }
}
