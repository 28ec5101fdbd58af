package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of third-party libraries in the distribution. */
final class ThirdPartyIT {

  private static final Path DISTRIBUTION = Path.of("target", "bertserve");

  /** Licences, name, and group, artifact and version of a library. */
  private static final Pattern LINE =
      Pattern.compile(
          "^ +\\((\\S.*)\\) .* \\([\\w.-]+:([\\w.-]+):([\\w.-]+) - ", Pattern.MULTILINE);

  /**
   * Listed without a jar: annotations for compilers, a format of metrics that nothing serves, and
   * Netty's library, which lies unpacked among the native ones.
   */
  private static final List<String> WITHOUT_JAR =
      List.of(
          "animal-sniffer-annotations",
          "annotations",
          "j2objc-annotations",
          "jsr305",
          "listenablefuture",
          "netty-transport-native-epoll",
          "prometheus-metrics-exposition-formats");

  @Test
  void list_ofLibraries_isThatOfTheJars() throws IOException {
    List<MatchResult> lines =
        LINE.matcher(Files.readString(DISTRIBUTION.resolve("THIRD-PARTY.txt"))).results().toList();
    List<String> listed = lines.stream().map(line -> line.group(2) + "-" + line.group(3)).toList();
    List<String> withJar =
        lines.stream()
            .filter(line -> !WITHOUT_JAR.contains(line.group(2)))
            .map(line -> line.group(2) + "-" + line.group(3))
            .toList();
    List<String> jars = jars();

    assertThat(lines).hasSizeGreaterThan(40);
    assertThat(jars)
        .allSatisfy(jar -> assertThat(listed).as(jar).anyMatch(library -> isOf(jar, library)));
    assertThat(withJar)
        .allSatisfy(library -> assertThat(jars).as(library).anyMatch(jar -> isOf(jar, library)));
  }

  private static List<String> jars() throws IOException {
    try (Stream<Path> files = Files.list(DISTRIBUTION.resolve("lib"))) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".jar") && !name.startsWith("bertserve-"))
          .toList();
    }
  }

  /** A jar may have a classifier after its version. */
  private static boolean isOf(String jar, String library) {
    return jar.equals(library + ".jar") || jar.startsWith(library + "-");
  }
}
