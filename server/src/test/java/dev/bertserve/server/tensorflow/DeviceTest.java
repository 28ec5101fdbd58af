package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.batching.BatchShapes;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.rewrite.Target;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DeviceTest {

  private static final int NARROW = 128;
  private static final int WIDE = 512;

  @Test
  void of_x86_takesFusedOpsFirst() {
    Device device =
        Device.of(new CpuFeatures(true, true, false, false, 2, "a processor"), "no driver");

    assertThat(device.fastest()).isEqualTo(Precision.BF16);
    assertThat(device.targets(Precision.BF16, NARROW, 1))
        .containsExactly(Target.ONE_DNN, Target.PLAIN);
    assertThat(device.targets(Precision.FP32, NARROW, 1))
        .containsExactly(Target.ONE_DNN, Target.PLAIN);
    assertThat(device.targets(Precision.FP16, NARROW, 1)).containsExactly(Target.PLAIN);
    assertThat(device.reason()).isEqualTo("CPU: no driver");
  }

  @Test
  void of_x86WithoutBfloat16_takesPlainOpsForIt() {
    Device device =
        Device.of(new CpuFeatures(true, false, false, false, 2, "a processor"), "no driver");

    assertThat(device.targets(Precision.FP32, NARROW, 1))
        .containsExactly(Target.ONE_DNN, Target.PLAIN);
    assertThat(device.targets(Precision.BF16, NARROW, 1)).containsExactly(Target.PLAIN);
  }

  @Test
  void of_wideModel_isHalvedWhereThereAreTwoProcessors() {
    List<Target> inHalves = List.of(Target.ONE_DNN_IN_HALVES, Target.ONE_DNN, Target.PLAIN);
    Device two =
        Device.of(new CpuFeatures(true, true, false, false, 2, "a processor"), "no driver");
    Device one =
        Device.of(new CpuFeatures(true, true, false, false, 1, "a processor"), "no driver");

    assertThat(two.targets(Precision.BF16, WIDE, 1)).isEqualTo(inHalves);
    assertThat(two.targets(Precision.FP32, WIDE, 1)).isEqualTo(inHalves);
    assertThat(two.targets(Precision.FP16, WIDE, 1)).containsExactly(Target.PLAIN);
    assertThat(one.targets(Precision.BF16, WIDE, 1)).containsExactly(Target.ONE_DNN, Target.PLAIN);
    assertThat(two.targets(Precision.BF16, WIDE, 2)).containsExactly(Target.ONE_DNN, Target.PLAIN);
    assertThat(two.targets(Precision.BF16, NARROW, 1)).doesNotContain(Target.ONE_DNN_IN_HALVES);
  }

  @Test
  void of_matrixUnit_leavesBfloat16Whole() {
    Device device =
        Device.of(new CpuFeatures(true, true, true, false, 2, "a processor"), "no driver");

    assertThat(device.targets(Precision.BF16, WIDE, 1))
        .containsExactly(Target.ONE_DNN, Target.PLAIN);
    assertThat(device.targets(Precision.FP32, WIDE, 1)).contains(Target.ONE_DNN_IN_HALVES);
  }

  @Test
  void of_otherCpu_takesPlainOps() {
    Device device =
        Device.of(new CpuFeatures(false, false, false, false, 2, "a processor"), "no driver");

    assertThat(device.fastest()).isEqualTo(Precision.FP32);
    assertThat(device.targets(Precision.FP32, NARROW, 1)).containsExactly(Target.PLAIN);
  }

  @ParameterizedTest
  @CsvSource({"7.5, FP16", "8.0, FP16", "7.0, FP16", "6.1, FP32", "0, FP32"})
  void ofGpu_computeCapability_decidesThePrecision(double capability, Precision expected) {
    Device device = Device.ofGpu("GPU:0", new NvidiaDriver.Gpu("Tesla", capability));

    assertThat(device.fastest()).isEqualTo(expected);
    assertThat(device.targets(expected, NARROW, 1)).containsExactly(Target.PLAIN);
    assertThat(device.reason()).isEqualTo("GPU: GPU:0, Tesla");
  }

  @Test
  void tiles_gpu_areWholeBatchesOfFewShapesAndFewRunAtOnce() {
    Device gpu = Device.ofGpu("GPU:0", new NvidiaDriver.Gpu("Tesla", 7.5));
    Device cpu =
        Device.of(new CpuFeatures(true, true, false, false, 16, "a processor"), "no driver");
    BatchShapes ofGpu = gpu.rule().padded(1, 128);
    BatchShapes ofCpu = cpu.rule().padded(1, 128);

    assertThat(ofGpu.largestFirst().get(0)).isEqualTo(new BatchShape(64, 128));
    assertThat(ofGpu.largestFirst()).hasSizeLessThan(ofCpu.largestFirst().size() / 2);
    assertThat(gpu.maxRunners()).isEqualTo(4);
    assertThat(cpu.maxRunners()).isEqualTo(16);
  }

  @Test
  void tiles_askedFor_areObeyedOnAnyDevice() {
    assertThat(Device.GPU_SHAPES.withMaxTokens(0)).isEqualTo(Device.GPU_SHAPES);
    assertThat(Device.GPU_SHAPES.withMaxTokens(256).maxTokens()).isEqualTo(256);
    assertThat(Device.CPU_SHAPES.withMaxTokens(2_048).maxTokens()).isEqualTo(2_048);
  }

  @Test
  void ofThisMachine_buildForCpus_saysSo() {
    assumeFalse(TensorFlowDevices.hasGpuKernels());

    assertThat(TensorFlowDevices.gpus()).isEmpty();
    assertThat(Device.ofThisMachine().reason())
        .isEqualTo("CPU: this build of TensorFlow is for CPUs");
  }

  @Test
  void requireInt8_processorWithoutUnits_namesThem() {
    Device without =
        Device.of(new CpuFeatures(true, true, true, false, 2, "a processor"), "no driver");
    Device with =
        Device.of(new CpuFeatures(true, false, false, true, 2, "a processor"), "no driver");

    assertThatThrownBy(without::requireInt8)
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage("a processor without avx512_vnni, avx_vnni, amx_int8");
    assertThatCode(with::requireInt8).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 512})
  void int8Shapes_sizes_areSoFewThatAThreadKeepsTheirKernels(int longest) {
    int kernelsOfASize = 12 * 4 + 1;

    assertThat(
            Device.INT8_SHAPES.packed(1, longest).largestFirst().stream()
                .map(BatchShape::tokens)
                .distinct()
                .count())
        .isLessThanOrEqualTo(1_024 / kernelsOfASize);
  }
}
