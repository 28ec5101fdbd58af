package dev.bertserve.bulk.beam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/bulk.md, as a program of its own. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class BulkPageTest {

  private static final String START = "```java\n";

  @Test
  void example_textFiles_writesAJsonLineForEachLine(@TempDir Path folder) throws Exception {
    String page = Files.readString(Path.of("../docs/bulk.md"));
    int start = page.indexOf(START) + START.length();
    Path source = folder.resolve("ScoreFiles.java");
    Files.writeString(source, page.substring(start, page.indexOf("```", start)));
    Files.write(folder.resolve("1.txt"), List.of("a fine film", "dull"));
    Files.write(folder.resolve("2.txt"), List.of("one more"));
    String classpath = System.getProperty("java.class.path");

    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", classpath, source.toString());
    Process example =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.library.path=" + System.getProperty("java.library.path"),
                "-Dorg.bytedeco.javacpp.pathsFirst=true",
                "-cp",
                folder + File.pathSeparator + classpath,
                "ScoreFiles",
                SmallModel.FOLDER,
                folder + "/*.txt",
                folder.resolve("out").toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();

    assertThat(compiled).isZero();
    assertThat(example.waitFor()).isZero();
    assertThat(lines(folder, "scores"))
        .hasSize(3)
        .allMatch(line -> line.contains("\"label\":\"") && line.contains("\"probs\":["))
        .anyMatch(line -> line.startsWith("{\"review\":\"a fine film\","));
    assertThat(lines(folder, "failures")).isEmpty();
  }

  private static List<String> lines(Path folder, String name) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("out"))) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith(name)) {
          lines.addAll(Files.readAllLines(file));
        }
      }
    }
    return lines;
  }
}
