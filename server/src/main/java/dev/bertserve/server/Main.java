package dev.bertserve.server;

import dev.bertserve.server.cli.BertserveCommand;

/** The entry point of the process. */
public final class Main {

  private static final String LOG_SETTING = "logback.configurationFile";

  private Main() {}

  public static void main(String[] args) {
    // Before the first logger; not called logback.xml, since programs that use the library log as
    // they like.
    if (System.getProperty(LOG_SETTING) == null) {
      System.setProperty(LOG_SETTING, "bertserve-logback.xml");
    }
    System.exit(new BertserveCommand().run(args));
  }
}
