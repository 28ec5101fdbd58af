package dev.bertserve.server;

import dev.bertserve.server.cli.BertserveCommand;
import java.util.List;

/** The entry point of the process. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    // Before the first logger. Whoever names a file of Logback's has their own log.
    if (System.getProperty("logback.configurationFile") == null) {
      // Other commands than serve print what they found to standard output
      boolean serves = List.of(args).contains("serve");
      System.setProperty(ConsoleLog.PROPERTY, serves ? ConsoleLog.OUT : ConsoleLog.ERR);
    }
    System.exit(new BertserveCommand().run(args));
  }
}
