package dev.bertserve.server;

import dev.bertserve.server.cli.BertserveCommand;

/** The entry point of the process. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.exit(new BertserveCommand().run(args));
  }
}
