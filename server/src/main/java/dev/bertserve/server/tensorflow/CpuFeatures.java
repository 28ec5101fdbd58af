package dev.bertserve.server.tensorflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Features of the processor that decide which ops run.
 *
 * @param isX86 whether it is x86-64
 * @param hasBfloat16 whether it multiplies bfloat16 matrices in hardware
 * @param hasMatrixUnit whether it has a matrix unit (AMX) for bfloat16, which is several times as
 *     fast
 * @param hasInt8 whether it multiplies 8-bit numbers without saturating their sums
 * @param processors number of processors of this process
 * @param model what the processor calls itself
 */
record CpuFeatures(
    boolean isX86,
    boolean hasBfloat16,
    boolean hasMatrixUnit,
    boolean hasInt8,
    int processors,
    String model) {

  /** Flags of processors that have 8-bit products. */
  static final List<String> INT8 = List.of("avx512_vnni", "avx_vnni", "amx_int8");

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final String MATRIX_UNIT = "amx_bf16";
  private static final Set<String> BFLOAT16 = Set.of("avx512_bf16", MATRIX_UNIT);

  static CpuFeatures ofThisMachine() {
    String architecture = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String cpuInfo = "";
    try {
      cpuInfo = Files.readString(CPU_INFO);
    } catch (IOException e) {
      // Not Linux: only the architecture is known.
    }
    return of(architecture, cpuInfo, Runtime.getRuntime().availableProcessors());
  }

  /** {@code cpuInfo} is in the format of /proc/cpuinfo. */
  static CpuFeatures of(String architecture, String cpuInfo, int processors) {
    Set<String> flags =
        cpuInfo
            .lines()
            .filter(line -> line.startsWith("flags"))
            .limit(1)
            .flatMap(line -> Arrays.stream(line.split("\\s+")))
            .collect(Collectors.toSet());
    return new CpuFeatures(
        architecture.equals("amd64") || architecture.equals("x86_64"),
        BFLOAT16.stream().anyMatch(flags::contains),
        flags.contains(MATRIX_UNIT),
        INT8.stream().anyMatch(flags::contains),
        processors,
        model(cpuInfo));
  }

  private static String model(String cpuInfo) {
    return Stream.of("model name", "cpu family", "model", "stepping")
        .map(key -> value(cpuInfo, key))
        .collect(Collectors.joining(" "));
  }

  private static String value(String cpuInfo, String key) {
    return cpuInfo
        .lines()
        .filter(line -> line.replaceAll("\\s*:.*", "").equals(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("?");
  }
}
