package dev.bertserve.server;

import dev.bertserve.server.cli.BertserveCommand;

/** The entry point of the process. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    // Before the first logger. Whoever names a file of Logback's has their own log.
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty(ConsoleLog.PROPERTY, "true");
    }
    System.exit(new BertserveCommand().run(args));
  }
}
