package dev.bertserve.server.tensorflow;

import dev.bertserve.server.batching.ShapeRule;
import dev.bertserve.server.rewrite.Target;
import java.util.List;
import java.util.Set;

/**
 * What runs the graph.
 *
 * @param kind of processor
 * @param fastest precision that it multiplies in hardware, never AUTO
 * @param inHalves precisions in which it pays that two threads can share a layer
 * @param rule which shapes suit it
 * @param mostRunners batches side by side of which more gain nothing
 * @param reason which device it is, and why that one; for the log
 */
record Device(
    Kind kind,
    Precision fastest,
    Set<Precision> inHalves,
    ShapeRule rule,
    int mostRunners,
    String reason) {

  /**
   * More than 512 tokens gain nothing. BERT-base has a fixed part of about 25 tokens, narrow models
   * 100. The last layer works on slots, and packs its weights as for few tokens.
   */
  static final ShapeRule CPU_SHAPES =
      new ShapeRule(512, 100, 4, 48, 4, 2, GraphForm.FEW_TOKENS_IN_FLOAT32);

  /** Not measured: launching some 200 kernels is assumed to take as long as 512 tokens. */
  static final ShapeRule GPU_SHAPES = new ShapeRule(8_192, 512, 8, 32, 2, 4, 256);

  /** What is narrower is done sooner than a second thread is awake. */
  private static final int LEAST_WIDTH_OF_HALVES = 512;

  /** One computes, one is fed and one is read; one more so that none waits. Not measured. */
  private static final int RUNNERS_OF_A_GPU = 4;

  /** Kinds of processors, as far as they take other ops. */
  enum Kind {
    X86,
    OTHER_CPU,
    GPU
  }

  /** The device that TensorFlow takes on this machine: a GPU where it finds one. */
  static Device ofThisMachine() {
    CpuFeatures cpu = CpuFeatures.ofThisMachine();
    if (!TensorFlowDevices.hasGpuKernels()) {
      return of(cpu, "this build of TensorFlow is for CPUs");
    }
    List<String> gpus = TensorFlowDevices.gpus();
    NvidiaDriver driver = NvidiaDriver.ofThisMachine();
    return gpus.isEmpty() ? of(cpu, driver.whyNoGpu()) : ofGpu(gpus.get(0), driver.gpu());
  }

  static Device of(CpuFeatures cpu, String whyNoGpu) {
    return new Device(
        cpu.isX86() ? Kind.X86 : Kind.OTHER_CPU,
        cpu.hasBfloat16() ? Precision.BF16 : Precision.FP32,
        inHalves(cpu),
        CPU_SHAPES,
        cpu.processors(),
        "CPU: " + whyNoGpu);
  }

  /** {@code name} is TensorFlow's. */
  static Device ofGpu(String name, NvidiaDriver.Gpu gpu) {
    return new Device(
        Kind.GPU,
        gpu.hasTensorCores() ? Precision.FP16 : Precision.FP32,
        Set.of(),
        GPU_SHAPES,
        RUNNERS_OF_A_GPU,
        "GPU: " + name + ", " + gpu.description());
  }

  /** Where products are fast, joining their halves would cost much of what they take. */
  private static Set<Precision> inHalves(CpuFeatures cpu) {
    if (cpu.processors() == 1) {
      return Set.of();
    }
    return cpu.hasMatrixUnit() ? Set.of(Precision.FP32) : Set.of(Precision.FP32, Precision.BF16);
  }

  /**
   * What to lower a graph for, best first; the last one runs everywhere.
   *
   * @param width of the model's token tensors
   * @param threadsPerRun threads that work on one op
   */
  List<Target> targets(Precision precision, int width, int threadsPerRun) {
    // A fused kernel that the processor lacks ends the process instead of failing.
    if (kind != Kind.X86 || (precision != Precision.FP32 && precision != fastest)) {
      return List.of(Target.PLAIN);
    }
    return inHalves.contains(precision) && width >= LEAST_WIDTH_OF_HALVES && threadsPerRun == 1
        ? List.of(Target.ONE_DNN_IN_HALVES, Target.ONE_DNN, Target.PLAIN)
        : List.of(Target.ONE_DNN, Target.PLAIN);
  }
}
