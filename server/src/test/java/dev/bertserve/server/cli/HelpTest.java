package dev.bertserve.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** What {@code --help} prints. */
final class HelpTest {

  /** Each line of a description is a line of the help, and the list of commands has the first. */
  @Test
  void descriptions_eachLine_isASentence() {
    CommandLine commands =
        new CommandLine(new BertserveCommand())
            .addSubcommand(new ServeCommand(new EnvironmentDefaults(Map.of())));

    for (CommandLine command : commands.getSubcommands().values()) {
      CommandSpec spec = command.getCommandSpec();
      assertSentences(spec.usageMessage().description());
      for (ArgSpec argument : spec.args()) {
        assertSentences(argument.description());
      }
    }
  }

  private static void assertSentences(String[] lines) {
    assertThat(List.of(lines)).isNotEmpty().allMatch(line -> line.endsWith("."));
  }
}
