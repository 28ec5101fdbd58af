package dev.bertserve.server.tensorflow;

import dev.bertserve.server.batching.ShapeRule;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.rewrite.Target;
import java.util.List;
import java.util.Set;

/**
 * The device that runs the graph.
 *
 * @param kind kind of processor
 * @param fastest fastest float in hardware, never AUTO
 * @param hasInt8 whether {@link Precision#INT8} runs
 * @param inHalves precisions in which two threads sharing a layer are faster
 * @param rule makes its shapes
 * @param maxRunners largest useful number of concurrent batches
 * @param processor what the processor calls itself
 * @param reason the device, and why it was chosen; for the log
 */
record Device(
    Kind kind,
    Precision fastest,
    boolean hasInt8,
    Set<Precision> inHalves,
    ShapeRule rule,
    int maxRunners,
    String processor,
    String reason) {

  /**
   * More than 512 tokens gain nothing. The fixed part of a batch costs about 25 tokens with
   * BERT-base and 100 with narrow models. The last layer computes slots, and packs its weights for
   * few tokens.
   */
  static final ShapeRule CPU_SHAPES =
      new ShapeRule(512, 100, 4, 48, 4, 2, GraphForm.FEW_TOKENS_IN_FLOAT32);

  /**
   * Fewer sizes. Each 8-bit product keeps a kernel of its own for each number of tokens, and a
   * thread keeps 1,024 kernels: those of 20 sizes of a model of 12 layers.
   */
  static final ShapeRule INT8_SHAPES =
      new ShapeRule(512, 100, 8, 48, 2, 2, GraphForm.FEW_TOKENS_IN_FLOAT32);

  /** Not measured. Launching about 200 kernels is assumed to cost as much as 512 tokens. */
  static final ShapeRule GPU_SHAPES = new ShapeRule(8_192, 512, 8, 32, 2, 4, 256);

  /** Half a layer of a narrower model takes less time than waking a second thread. */
  private static final int MIN_WIDTH_OF_HALVES = 512;

  /** Upload, compute and download overlap; one spare. Not measured. */
  private static final int RUNNERS_OF_A_GPU = 4;

  /** Kinds of processors that run different ops. */
  enum Kind {
    X86,
    OTHER_CPU,
    GPU
  }

  /** The device that TensorFlow uses on this machine: a GPU if it finds one. */
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
        cpu.isX86() && cpu.hasInt8(),
        inHalves(cpu),
        CPU_SHAPES,
        cpu.processors(),
        cpu.model(),
        "CPU: " + whyNoGpu);
  }

  /** {@code name} is the name in TensorFlow. */
  static Device ofGpu(String name, NvidiaDriver.Gpu gpu) {
    return new Device(
        Kind.GPU,
        gpu.hasTensorCores() ? Precision.FP16 : Precision.FP32,
        false,
        Set.of(),
        GPU_SHAPES,
        RUNNERS_OF_A_GPU,
        gpu.description(),
        "GPU: " + name + ", " + gpu.description());
  }

  /** With a matrix unit, products are so fast that joining the halves costs too much. */
  private static Set<Precision> inHalves(CpuFeatures cpu) {
    if (cpu.processors() == 1) {
      return Set.of();
    }
    return cpu.hasMatrixUnit() ? Set.of(Precision.FP32) : Set.of(Precision.FP32, Precision.BF16);
  }

  /** Throws if {@link Precision#INT8} does not run. */
  void requireInt8() {
    if (!hasInt8) {
      // Without these units, sums of 8-bit products saturate in 16 bits.
      throw new UnsupportedModelException(
          "a processor without " + String.join(", ", CpuFeatures.INT8));
    }
  }

  /**
   * Targets for lowering a graph, best first; the last one runs everywhere.
   *
   * @param width width of the model's token tensors
   * @param threadsPerRun number of threads per op
   */
  List<Target> targets(Precision precision, int width, int threadsPerRun) {
    // A fused kernel that the processor does not support crashes the process.
    if (kind != Kind.X86 || (precision != Precision.FP32 && precision != fastest)) {
      return List.of(Target.PLAIN);
    }
    return inHalves.contains(precision) && canShare(width, threadsPerRun)
        ? List.of(Target.ONE_DNN_IN_HALVES, Target.ONE_DNN, Target.PLAIN)
        : List.of(Target.ONE_DNN, Target.PLAIN);
  }

  /**
   * The same for {@link Precision#INT8}. Halves are for small batches only, so they do not slow
   * down full ones.
   */
  List<Target> int8Targets(int width, int threadsPerRun) {
    return maxRunners > 1 && canShare(width, threadsPerRun)
        ? List.of(Target.ONE_DNN_IN_HALVES, Target.ONE_DNN)
        : List.of(Target.ONE_DNN);
  }

  private static boolean canShare(int width, int threadsPerRun) {
    return width >= MIN_WIDTH_OF_HALVES && threadsPerRun == 1;
  }
}
