package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.Models;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/library.md, as a program of its own. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class LibraryPageTest {

  private static final String START = "```java\n";

  @Test
  void example_withoutCommandsAndLog_printsScoresOnly(@TempDir Path folder) throws Exception {
    String page = Files.readString(Path.of("../docs/library.md"));
    int start = page.indexOf(START) + START.length();
    Path source = folder.resolve("Example.java");
    Files.writeString(source, page.substring(start, page.indexOf("```", start)));
    String classpath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.contains("picocli") && !entry.contains("logback"))
            .collect(Collectors.joining(File.pathSeparator));

    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", classpath, source.toString());
    Process example =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                folder + File.pathSeparator + classpath,
                "Example",
                Models.builtIn().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> lines = example.inputReader().lines().toList();

    assertThat(compiled).isZero();
    assertThat(example.waitFor()).isZero();
    assertThat(lines).hasSize(3);
    assertThat(Float.parseFloat(lines.get(0))).isNotEqualTo(Float.parseFloat(lines.get(1)));
    assertThat(lines.get(2)).isEqualTo("2000");
  }
}
