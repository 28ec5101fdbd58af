package dev.bertserve.server.cli;

import dev.bertserve.server.bulk.OutputChoice;
import dev.bertserve.server.failure.Reason;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line; errors are one line on stderr. */
@Command(
    name = "bertserve",
    description = "Serves BERT SavedModels: text in, score out.",
    subcommands = {
      CheckCommand.class,
      InspectCommand.class,
      PredictCommand.class,
      PrepareCommand.class,
      TokenizeCommand.class,
      VerifyCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = BertserveCommand.Version.class,
    scope = ScopeType.INHERIT)
public final class BertserveCommand {

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of a failure.")
  private boolean verbose;

  /** Runs one command; returns its exit status. */
  public int run(String... args) {
    EnvironmentDefaults environment = new EnvironmentDefaults(System.getenv());
    CommandLine serve = new CommandLine(new ServeCommand(environment));
    serve.setDefaultValueProvider(environment);
    CommandLine commands = new CommandLine(this).addSubcommand(serve);
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setParameterExceptionHandler(
        (exception, given) -> {
          String command = exception.getCommandLine().getCommandSpec().qualifiedName();
          String reason =
              environment.reason(
                  exception, exception.getArgSpec(), argument -> isGiven(argument, List.of(given)));
          System.err.println(
              "bertserve: "
                  + reason
                  + expected(exception.getCommandLine())
                  + " (see "
                  + command
                  + " --help)");
          return ExitStatus.USAGE;
        });
    commands.setExecutionExceptionHandler(
        (exception, command, result) -> {
          System.err.println("bertserve: " + Reason.of(exception));
          if (verbose) {
            exception.printStackTrace();
          }
          return ExitStatus.FAILED;
        });
    int status = commands.execute(args);
    return status == ExitStatus.DONE && outputIsLost() ? ExitStatus.FAILED : status;
  }

  /** A PrintStream does not throw. */
  private static boolean outputIsLost() {
    if (System.out.checkError()) {
      System.err.println("bertserve: " + OutputChoice.LOST);
      return true;
    }
    return false;
  }

  private static String expected(CommandLine command) {
    Set<String> names = command.getSubcommands().keySet();
    return names.isEmpty() ? "" : " (expected: one of " + String.join(", ", names) + ")";
  }

  private static boolean isGiven(ArgSpec argument, List<String> given) {
    return !(argument instanceof OptionSpec option)
        || given.stream()
            .map(word -> word.split("=", 2)[0])
            .anyMatch(List.of(option.names())::contains);
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = BertserveCommand.class.getPackage().getImplementationVersion();
      return new String[] {"bertserve " + (version == null ? "development" : version)};
    }
  }
}
