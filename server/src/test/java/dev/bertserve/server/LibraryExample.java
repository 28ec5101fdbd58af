package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;

/** The examples of docs/library.md, as programs of their own. */
final class LibraryExample {

  private static final String START = "```java\n";
  private static final String END = "```";

  private LibraryExample() {}

  /**
   * Compiles the class {@code name} of the page into {@code folder} and runs it with {@code model},
   * without the libraries of the commands and of the log. Returns the lines of its standard output.
   */
  static List<String> run(Path folder, Map<String, String> environment, String name, String model)
      throws Exception {
    String page = Files.readString(Path.of("../docs/library.md"));
    int start = page.lastIndexOf(START, page.indexOf("class " + name + " ")) + START.length();
    Path source = folder.resolve(name + ".java");
    Files.writeString(source, page.substring(start, page.indexOf(END, start)));
    String classpath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.contains("picocli") && !entry.contains("logback"))
            .collect(Collectors.joining(File.pathSeparator));
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", classpath, source.toString());
    assertThat(compiled).isZero();

    ProcessBuilder program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                folder + File.pathSeparator + classpath,
                name,
                model)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    program.environment().putAll(environment);
    Process example = program.start();
    List<String> lines = example.inputReader().lines().toList();
    assertThat(example.waitFor()).isZero();
    return lines;
  }
}
