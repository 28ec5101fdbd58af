package dev.bertserve.server.tensorflow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;

/**
 * What NVIDIA's driver reports about the machine.
 *
 * @param versionFile file with the version of the driver
 * @param query output of {@code nvidia-smi} for {@link #QUERY}; empty if it does not run
 * @param loadFailure returns why the named shared library does not load; empty if it loads
 */
record NvidiaDriver(Path versionFile, String query, UnaryOperator<String> loadFailure) {

  private static final Path VERSION_FILE = Path.of("/proc/driver/nvidia/version");
  private static final List<String> QUERY =
      List.of("nvidia-smi", "--query-gpu=name,driver_version,compute_cap", "--format=csv,noheader");
  private static final long QUERY_SECONDS = 10;

  /** The oldest driver for CUDA 12. */
  private static final String OLDEST = "525.60.13";

  /** Libraries that TensorFlow 2.18 needs for GPUs. */
  private static final List<String> LIBRARIES =
      List.of(
          "libcuda.so.1",
          "libcudart.so.12",
          "libcublas.so.12",
          "libcublasLt.so.12",
          "libcufft.so.11",
          "libcusolver.so.11",
          "libcusparse.so.12",
          "libcudnn.so.9");

  /** Name, version of the driver, compute capability. */
  private static final Pattern FACTS = Pattern.compile("([^,\n]+), ([\\d.]+), (\\d+\\.\\d+)");

  private static final Pattern DOT = Pattern.compile("\\.");
  private static final Pattern VERSION = Pattern.compile("\\b(\\d{3,}(?:\\.\\d+){1,2})\\b");

  /** Compute capability of Volta, the first architecture with matrix units for float16. */
  private static final double TENSOR_CORES = 7.0;

  /**
   * One GPU.
   *
   * @param description for the log
   * @param computeCapability 0 if unknown
   */
  record Gpu(String description, double computeCapability) {

    boolean hasTensorCores() {
      return computeCapability >= TENSOR_CORES;
    }
  }

  static NvidiaDriver ofThisMachine() {
    return new NvidiaDriver(VERSION_FILE, runQuery(), NvidiaDriver::load);
  }

  /** The first GPU. */
  Gpu gpu() {
    Matcher facts = FACTS.matcher(query);
    if (!facts.lookingAt()) {
      return new Gpu("compute capability unknown (expected: output of nvidia-smi)", 0);
    }
    return new Gpu(
        facts.group(1) + ", driver " + facts.group(2) + ", compute capability " + facts.group(3),
        Double.parseDouble(facts.group(3)));
  }

  /** Why TensorFlow found no GPU. */
  String whyNoGpu() {
    String version = version();
    if (version.isEmpty()) {
      return "no NVIDIA driver (expected: " + versionFile + ")";
    }
    if (Arrays.compare(numbers(version), numbers(OLDEST)) < 0) {
      return "NVIDIA driver " + version + " is too old (expected: " + OLDEST + " or newer)";
    }
    for (String library : LIBRARIES) {
      String failure = loadFailure.apply(library);
      if (!failure.isEmpty()) {
        return "a CUDA library does not load:  " + failure;
      }
    }
    return "TensorFlow uses no GPU, and logs why with TF_CPP_MIN_LOG_LEVEL=0; NVIDIA driver "
        + version;
  }

  private String version() {
    try {
      Matcher version = VERSION.matcher(Files.readString(versionFile));
      return version.find() ? version.group(1) : "";
    } catch (IOException e) {
      return "";
    }
  }

  private static int[] numbers(String version) {
    return DOT.splitAsStream(version).mapToInt(Integer::parseInt).toArray();
  }

  private static String load(String library) {
    try {
      Loader.loadGlobal(library);
      return "";
    } catch (UnsatisfiedLinkError e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String runQuery() {
    try {
      Process process =
          new ProcessBuilder(QUERY).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      if (!process.waitFor(QUERY_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "";
      }
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
