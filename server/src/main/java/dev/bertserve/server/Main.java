package dev.bertserve.server;

import dev.bertserve.server.cli.BertserveCommand;

/** Where the JVM starts. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.exit(new BertserveCommand().run(args));
  }
}
