package dev.bertserve.server;

import dev.bertserve.server.cli.BertserveCommand;
import java.util.List;
import java.util.Optional;

/** The entry point of the process. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    // Before the first logger. Whoever names a file of Logback's has their own log.
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty(ConsoleLog.PROPERTY, logStream(List.of(args)));
    }
    System.exit(new BertserveCommand().run(args));
  }

  /** Other commands than serve print what they found to standard output. */
  static String logStream(List<String> args) {
    Optional<String> command = args.stream().filter(word -> !word.startsWith("-")).findFirst();
    return command.equals(Optional.of("serve")) ? ConsoleLog.OUT : ConsoleLog.ERR;
  }
}
