package dev.bertserve.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Compares docs/configuration.md with the flags of {@code serve}. {@code -Ddocs=write} writes the
 * page.
 */
final class ConfigurationPageTest {

  private static final Path PAGE = Path.of("..", "docs", "configuration.md");

  @Test
  void page_flagsOfServe_areAllThere() throws IOException {
    String page = page();
    if ("write".equals(System.getProperty("docs"))) {
      Files.writeString(PAGE, page);
    }

    assertThat(Files.readString(PAGE))
        .as(
            "docs/configuration.md; write it with mvn test -Dtest=ConfigurationPageTest -Ddocs=write")
        .isEqualTo(page);
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Configuration

            The settings of `bertserve serve`. A flag takes precedence over its variable, the variable over those of Vertex AI
            (`AIP_STORAGE_URI`, `AIP_HTTP_PORT`, `AIP_HEALTH_ROUTE`, `AIP_PREDICT_ROUTE`), and these over the default. An empty
            variable counts as not set. An unknown variable that starts with `BERTSERVE_` is an error. `BERTSERVE_JAVA_OPTS` has
            further options for the Java virtual machine; in the images, `JDK_JAVA_OPTIONS` has them.

            This page is generated from the declarations of the flags.

            | flag | variable | default | sets |
            |---|---|---|---|
            """);
    CommandLine serve = new CommandLine(new ServeCommand(new EnvironmentDefaults(Map.of())));
    serve.setInterpolateVariables(false);
    for (ArgSpec argument : serve.getCommandSpec().args()) {
      if (argument.hidden() || EnvironmentDefaults.isHelp(argument)) {
        continue;
      }
      page.append("| ")
          .append(flag(argument))
          .append(" | `")
          .append(EnvironmentDefaults.variable(argument))
          .append("` | ")
          .append(defaultValue(argument))
          .append(" | ")
          .append(description(argument))
          .append(" |\n");
    }
    return page.toString();
  }

  private static String flag(ArgSpec argument) {
    String name = argument instanceof OptionSpec option ? option.longestName() + " " : "";
    boolean takesValue = argument.arity().max() > 0;
    return "`" + (name + (takesValue ? argument.paramLabel() : "")).trim() + "`";
  }

  private static String defaultValue(ArgSpec argument) {
    String value = argument.defaultValue();
    return value == null || value.isEmpty() ? "" : "`" + value + "`";
  }

  private static String description(ArgSpec argument) {
    return String.join(" ", List.of(argument.description()))
        .replace(" (${DEFAULT-VALUE})", "")
        .replace("|", "\\|");
  }
}
