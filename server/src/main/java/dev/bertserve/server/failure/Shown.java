package dev.bertserve.server.failure;

/** What a client sent, as messages show it. */
public final class Shown {

  private static final int MOST = 100;

  private Shown() {}

  /** {@code text}, cut off if it is long. */
  public static String of(String text) {
    return text.length() <= MOST ? text : text.substring(0, MOST) + "...";
  }
}
