package dev.bertserve.server.tensorflow;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.rewrite.Target;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;

final class TargetTrialTest {

  private static final List<Target> BOTH = List.of(Target.ONE_DNN, Target.PLAIN);

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(TargetTrial.class);
  private PreparedModel model;
  private Encoder encoder;
  private List<TokenIds> probe;

  @BeforeEach
  void prepare() throws IOException {
    model = ModelPreparer.prepare(Models.builtIn());
    encoder = Encoder.recognise(model.graph().copy());
    probe = List.of(model.tokenizer().loaded().tokenizer().tokenize("a fine film"));
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
  }

  @Test
  void open_opWithoutAKernel_takesTheNextAndNamesTheOp() throws IOException {
    try (TensorFlowEngine engine =
        trial()
            .open(
                BOTH,
                Precision.FP32,
                model.lengths(),
                Device.CPU_SHAPES,
                target ->
                    LoweredGraphs.of(
                        target == Target.PLAIN
                            ? encoder.lower(DataType.DT_FLOAT, target)
                            : opOfAnotherDevice()))) {
      assertThat(floats(engine.runAll(TokenRow.allOf(probe)).get(0))[0]).isBetween(0.5f, 1f);
    }

    assertThat(log.list).hasSize(1);
    assertThat(log.list.get(0).getFormattedMessage())
        .startsWith("ops for ONE_DNN do not run here, trying the next target: ")
        .contains("NcclAllReduce")
        .doesNotContain("\n");
  }

  @Test
  void open_opThatTheBuildLacks_takesTheNextAndNamesTheOp() throws IOException {
    trial()
        .open(
            BOTH,
            Precision.FP32,
            model.lengths(),
            Device.CPU_SHAPES,
            target ->
                LoweredGraphs.of(
                    target == Target.PLAIN
                        ? encoder.lower(DataType.DT_FLOAT, target)
                        : unknownOp()))
        .close();

    assertThat(log.list).hasSize(1);
    assertThat(log.list.get(0).getFormattedMessage()).contains("_NoSuchOp");
  }

  @Test
  void open_everyTargetRuns_takesTheFirstWithoutAWord() throws IOException {
    trial()
        .open(
            List.of(Target.PLAIN),
            Precision.FP32,
            model.lengths(),
            Device.CPU_SHAPES,
            target -> LoweredGraphs.of(encoder.lower(DataType.DT_FLOAT, target)))
        .close();

    assertThat(log.list).isEmpty();
  }

  @Test
  void open_lastTargetFails_fails() {
    assertThatThrownBy(
            () ->
                trial()
                    .open(
                        BOTH,
                        Precision.FP32,
                        model.lengths(),
                        Device.CPU_SHAPES,
                        target -> LoweredGraphs.of(unknownOp())))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("_NoSuchOp");
  }

  private TargetTrial trial() {
    return new TargetTrial(model.signature().outputs(), 1, probe);
  }

  /** TensorFlow knows the op, but has kernels for GPUs only. */
  private FlatGraph opOfAnotherDevice() {
    FlatGraph graph = encoder.lower(DataType.DT_FLOAT, Target.PLAIN);
    graph
        .outputs()
        .replaceAll(
            (name, output) -> {
              GraphNode reduce = new GraphNode("reduce", "NcclAllReduce");
              reduce.inputs().add(output);
              reduce.setType("T", DataType.DT_FLOAT);
              reduce
                  .attributes()
                  .put(
                      "reduction",
                      AttrValue.newBuilder().setS(ByteString.copyFromUtf8("sum")).build());
              reduce.attributes().put("num_devices", AttrValue.newBuilder().setI(1).build());
              reduce
                  .attributes()
                  .put(
                      "shared_name",
                      AttrValue.newBuilder().setS(ByteString.copyFromUtf8("one")).build());
              return reduce.output();
            });
    return graph;
  }

  private static FlatGraph unknownOp() {
    return new FlatGraph(Map.of("y", new GraphNode("y", "_NoSuchOp").output()));
  }
}
