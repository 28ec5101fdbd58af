package dev.bertserve.server;

import dev.bertserve.server.cli.EnvironmentDefaults;
import dev.bertserve.server.cli.ExitStatus;
import dev.bertserve.server.cli.InspectCommand;
import dev.bertserve.server.cli.PrepareCommand;
import dev.bertserve.server.cli.ServeCommand;
import dev.bertserve.server.cli.TokenizeCommand;
import dev.bertserve.server.cli.VerifyCommand;
import dev.bertserve.server.failure.Reason;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line; errors are one line on stderr. */
@Command(
    name = "bertserve",
    description = "Serves BERT SavedModels: text in, score out.",
    subcommands = {
      InspectCommand.class,
      PrepareCommand.class,
      TokenizeCommand.class,
      VerifyCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    scope = ScopeType.INHERIT)
public final class Main {

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of a failure.")
  private boolean verbose;

  public static void main(String[] args) {
    System.exit(new Main().run(args));
  }

  /** Runs one command; answers its exit status. */
  int run(String... args) {
    EnvironmentDefaults environment = new EnvironmentDefaults(System.getenv());
    CommandLine serve = new CommandLine(new ServeCommand(environment));
    serve.setDefaultValueProvider(environment);
    CommandLine commands = new CommandLine(this).addSubcommand(serve);
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setParameterExceptionHandler(
        (exception, given) -> {
          String command = exception.getCommandLine().getCommandSpec().qualifiedName();
          System.err.println(
              "bertserve: " + Reason.of(exception) + " (see " + command + " --help)");
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
    return commands.execute(args);
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"bertserve " + (version == null ? "development" : version)};
    }
  }
}
