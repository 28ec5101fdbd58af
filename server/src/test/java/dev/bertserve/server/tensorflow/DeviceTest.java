package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.bertserve.server.tensorflow.rewrite.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeviceTest {

  @Test
  void of_x86_takesFusedOpsFirst() {
    Device device = Device.of(new CpuFeatures(true, true), "no driver");

    assertThat(device.fastest()).isEqualTo(Precision.BF16);
    assertThat(device.targets(Precision.BF16)).containsExactly(Target.ONE_DNN, Target.PLAIN);
    assertThat(device.targets(Precision.FP32)).containsExactly(Target.ONE_DNN, Target.PLAIN);
    assertThat(device.targets(Precision.FP16)).containsExactly(Target.PLAIN);
    assertThat(device.reason()).isEqualTo("CPU: no driver");
  }

  @Test
  void of_x86WithoutBfloat16_takesPlainOpsForIt() {
    Device device = Device.of(new CpuFeatures(true, false), "no driver");

    assertThat(device.targets(Precision.FP32)).containsExactly(Target.ONE_DNN, Target.PLAIN);
    assertThat(device.targets(Precision.BF16)).containsExactly(Target.PLAIN);
  }

  @Test
  void of_otherCpu_takesPlainOps() {
    Device device = Device.of(new CpuFeatures(false, false), "no driver");

    assertThat(device.fastest()).isEqualTo(Precision.FP32);
    assertThat(device.targets(Precision.FP32)).containsExactly(Target.PLAIN);
  }

  @ParameterizedTest
  @CsvSource({"7.5, FP16", "8.0, FP16", "7.0, FP16", "6.1, FP32", "0, FP32"})
  void ofGpu_computeCapability_decidesThePrecision(double capability, Precision expected) {
    Device device = Device.ofGpu("GPU:0", new NvidiaDriver.Gpu("Tesla", capability));

    assertThat(device.fastest()).isEqualTo(expected);
    assertThat(device.targets(expected)).containsExactly(Target.PLAIN);
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
