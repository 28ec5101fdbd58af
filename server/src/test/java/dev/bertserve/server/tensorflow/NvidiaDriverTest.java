package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NvidiaDriverTest {

  private static final String OF_TODAY =
      "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  560.35.03  Release Build";

  @TempDir private Path folder;

  @Test
  void whyNoGpu_noDriver_saysSo() {
    NvidiaDriver driver = new NvidiaDriver(folder.resolve("version"), "", library -> "");

    assertThat(driver.whyNoGpu()).startsWith("no NVIDIA driver (expected: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"470.57.02", "525.60.12", "525.9.99"})
  void whyNoGpu_oldDriver_namesBothVersions(String version) throws IOException {
    NvidiaDriver driver =
        driver("NVRM version: NVIDIA UNIX x86_64 Kernel Module  " + version + "  Tue Jul 13");

    assertThat(driver.whyNoGpu())
        .isEqualTo("NVIDIA driver " + version + " is too old (expected: 525.60.13 or newer)");
  }

  @Test
  void whyNoGpu_libraryMissing_namesIt() throws IOException {
    NvidiaDriver driver =
        new NvidiaDriver(
            version(OF_TODAY),
            "",
            library -> library.startsWith("libcudnn") ? library + ": no such file" : "");

    assertThat(driver.whyNoGpu())
        .isEqualTo("a CUDA library does not load: libcudnn.so.9: no such file");
  }

  @Test
  void whyNoGpu_nothingMissing_tellsHowToFindOut() throws IOException {
    assertThat(driver(OF_TODAY).whyNoGpu()).contains("TF_CPP_MIN_LOG_LEVEL=0", "560.35.03");
  }

  @Test
  void gpu_answerOfNvidiaSmi_isTheFirstOne() {
    NvidiaDriver driver =
        new NvidiaDriver(
            folder,
            "Tesla T4, 535.104.05, 7.5\nNVIDIA A100-SXM4-40GB, 535.104.05, 8.0\n",
            library -> "");

    assertThat(driver.gpu())
        .isEqualTo(
            new NvidiaDriver.Gpu("Tesla T4, driver 535.104.05, compute capability 7.5", 7.5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Field \"compute_cap\" is not a valid field to query.", "a, 1, [N/A]"})
  void gpu_noAnswer_isNotKnown(String answer) {
    NvidiaDriver.Gpu gpu = new NvidiaDriver(folder, answer, library -> "").gpu();

    assertThat(gpu.hasTensorCores()).isFalse();
    assertThat(gpu.description()).contains("nvidia-smi");
  }

  private NvidiaDriver driver(String line) throws IOException {
    return new NvidiaDriver(version(line), "", library -> "");
  }

  private Path version(String line) throws IOException {
    return Files.writeString(folder.resolve("version"), line + "\nGCC version: 12.2.0\n");
  }
}
