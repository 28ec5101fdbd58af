package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The start script, with a Java that prints what it gets. */
final class StartScriptTest {

  @TempDir Path folder;

  private Path home;
  private Path java;
  private String locale = "en_US.UTF-8";

  @BeforeEach
  void distribution() throws IOException {
    home = folder.resolve("a distribution");
    java = folder.resolve("java");
    executable(
        home.resolve("bin/bertserve"),
        Files.readString(Path.of("src", "main", "dist", "bin", "bertserve")));
    Files.createDirectories(home.resolve("lib"));
    Files.createFile(home.resolve("lib/bertserve.jsa"));
    executable(
        java.resolve("bin/java"), "#!/bin/sh\necho \"locale $LC_ALL\"\nprintf '%s\\n' \"$@\"\n");
  }

  @Test
  void start_pathWithASpace_isOneArgumentEach() throws Exception {
    assertThat(start(0).lines())
        .contains("-XX:SharedArchiveFile=" + home.resolve("lib/bertserve.jsa"))
        .contains("-Djava.library.path=" + home.resolve("lib/native"))
        .doesNotContain("distribution/lib/bertserve.jsa");
  }

  @ParameterizedTest
  @CsvSource({"C, C.UTF-8", "POSIX, C.UTF-8", "de_DE.UTF-8, de_DE.UTF-8"})
  void start_localeOfAscii_isReplacedByThatOfUtf8(String given, String used) throws Exception {
    locale = given;

    assertThat(start(0).lines()).contains("locale " + used);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.8.0_392", "9", "11.0.2", "16"})
  void start_javaThatIsTooOld_isRejectedInOneLine(String version) throws Exception {
    Files.writeString(java.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");

    assertThat(start(1).lines())
        .containsExactly(
            "bertserve: Java "
                + version
                + " in "
                + java.resolve("bin/java")
                + " (expected: Java 17 or newer on the PATH or under JAVA_HOME)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "17.0.15", "21.0.1", "100"})
  void start_javaThatIsNewEnough_isUsed(String version) throws Exception {
    Files.writeString(java.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");

    assertThat(start(0).lines()).contains("dev.bertserve.server.Main", "serve");
  }

  /** What the script prints; it exits with {@code status}. */
  private String start(int status) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(home.resolve("bin/bertserve").toString(), "serve")
            .redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", java.toString());
    builder.environment().put("LC_ALL", locale);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isEqualTo(status);
    return output;
  }

  private static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
