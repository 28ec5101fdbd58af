package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.NodeOutput;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.StepStats;
import org.tensorflow.proto.TensorDescription;
import org.tensorflow.proto.TensorShapeProto;

class OpTimesTest {

  @Test
  void millis_ofRunsInTwoThreads_isTheAverageOfARun() {
    OpTimes times = new OpTimes();
    times.add(run("product", 1_000_000, 4_000_000));
    OpTimes others = new OpTimes();
    others.add(run("product", 0, 1_000_000));

    times.add(others);

    assertThat(times.millis("product")).isCloseTo(2, within(1e-9));
    assertThat(times.allMillis()).isCloseTo(2, within(1e-9));
    assertThat(times.millis("other")).isZero();
  }

  @Test
  void rows_ofATracedProduct_areThoseOfItsOutput() {
    OpTimes times = new OpTimes();
    times.add(run("product", 0, 1));

    assertThat(times.rows("product")).isEqualTo(512);
    assertThatThrownBy(() -> times.rows("other")).hasMessageContaining("other: not traced");
  }

  private static RunMetadata run(String name, long startNanos, long endNanos) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dim.newBuilder().setSize(512))
            .addDim(TensorShapeProto.Dim.newBuilder().setSize(768))
            .build();
    NodeExecStats op =
        NodeExecStats.newBuilder()
            .setNodeName(name)
            .setOpStartRelNanos(startNanos)
            .setOpEndRelNanos(endNanos)
            .addOutput(
                NodeOutput.newBuilder()
                    .setTensorDescription(TensorDescription.newBuilder().setShape(shape)))
            .build();
    return RunMetadata.newBuilder()
        .setStepStats(
            StepStats.newBuilder().addDevStats(DeviceStepStats.newBuilder().addNodeStats(op)))
        .build();
  }
}
