package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.bertserve.server.tensorflow.rewrite.Target;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeviceTest {

  @Test
  void of_x86_takesFusedOpsFirst() {
    Device device = Device.of(new CpuFeatures(true, true, false, 2), "no driver");

    assertThat(device.fastest()).isEqualTo(Precision.BF16);
    assertThat(device.targets(Precision.BF16, false)).containsExactly(Target.ONE_DNN, Target.PLAIN);
    assertThat(device.targets(Precision.FP32, false)).containsExactly(Target.ONE_DNN, Target.PLAIN);
    assertThat(device.targets(Precision.FP16, false)).containsExactly(Target.PLAIN);
    assertThat(device.reason()).isEqualTo("CPU: no driver");
  }

  @Test
  void of_x86WithoutBfloat16_takesPlainOpsForIt() {
    Device device = Device.of(new CpuFeatures(true, false, false, 2), "no driver");

    assertThat(device.targets(Precision.FP32, false)).containsExactly(Target.ONE_DNN, Target.PLAIN);
    assertThat(device.targets(Precision.BF16, false)).containsExactly(Target.PLAIN);
  }

  @Test
  void of_wideModel_isHalvedWhereThereAreTwoProcessors() {
    List<Target> inHalves = List.of(Target.ONE_DNN_IN_HALVES, Target.ONE_DNN, Target.PLAIN);
    Device two = Device.of(new CpuFeatures(true, true, false, 2), "no driver");
    Device one = Device.of(new CpuFeatures(true, true, false, 1), "no driver");

    assertThat(two.targets(Precision.BF16, true)).isEqualTo(inHalves);
    assertThat(two.targets(Precision.FP32, true)).isEqualTo(inHalves);
    assertThat(two.targets(Precision.FP16, true)).containsExactly(Target.PLAIN);
    assertThat(one.targets(Precision.BF16, true)).containsExactly(Target.ONE_DNN, Target.PLAIN);
  }

  @Test
  void of_matrixUnit_leavesBfloat16Whole() {
    Device device = Device.of(new CpuFeatures(true, true, true, 2), "no driver");

    assertThat(device.targets(Precision.BF16, true)).containsExactly(Target.ONE_DNN, Target.PLAIN);
    assertThat(device.targets(Precision.FP32, true)).contains(Target.ONE_DNN_IN_HALVES);
  }

  @Test
  void of_otherCpu_takesPlainOps() {
    Device device = Device.of(new CpuFeatures(false, false, false, 2), "no driver");

    assertThat(device.fastest()).isEqualTo(Precision.FP32);
    assertThat(device.targets(Precision.FP32, false)).containsExactly(Target.PLAIN);
  }

  @ParameterizedTest
  @CsvSource({"7.5, FP16", "8.0, FP16", "7.0, FP16", "6.1, FP32", "0, FP32"})
  void ofGpu_computeCapability_decidesThePrecision(double capability, Precision expected) {
    Device device = Device.ofGpu("GPU:0", new NvidiaDriver.Gpu("Tesla", capability));

    assertThat(device.fastest()).isEqualTo(expected);
    assertThat(device.targets(expected, false)).containsExactly(Target.PLAIN);
    assertThat(device.reason()).isEqualTo("GPU: GPU:0, Tesla");
  }

  @Test
  void ofThisMachine_buildForCpus_saysSo() {
    assumeFalse(TensorFlowDevices.hasGpuKernels());

    assertThat(TensorFlowDevices.gpus()).isEmpty();
    assertThat(Device.ofThisMachine().reason())
        .isEqualTo("CPU: this build of TensorFlow is for CPUs");
  }
}
