package dev.bertserve.server.tensorflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * What the processor can do.
 *
 * @param isX86 whether it is an x86-64
 * @param hasBfloat16 whether it multiplies bfloat16 matrices in hardware
 */
record CpuFeatures(boolean isX86, boolean hasBfloat16) {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Set<String> BFLOAT16 = Set.of("avx512_bf16", "amx_bf16");

  static CpuFeatures ofThisMachine() {
    String architecture = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String cpuInfo = "";
    try {
      cpuInfo = Files.readString(CPU_INFO);
    } catch (IOException e) {
      // Not Linux: nothing is known beyond the architecture.
    }
    return of(architecture, cpuInfo);
  }

  /** {@code cpuInfo} is in the format of /proc/cpuinfo. */
  static CpuFeatures of(String architecture, String cpuInfo) {
    boolean bfloat16 =
        cpuInfo
            .lines()
            .filter(line -> line.startsWith("flags"))
            .limit(1)
            .flatMap(line -> java.util.Arrays.stream(line.split("\\s+")))
            .anyMatch(BFLOAT16::contains);
    return new CpuFeatures(architecture.equals("amd64") || architecture.equals("x86_64"), bfloat16);
  }
}
