package dev.bertserve.server.failure;

/** Why something failed, in one line, for people. */
public final class Reason {

  private Reason() {}

  /** The message of {@code failure} without line breaks; its kind, if it has none. */
  public static String of(Throwable failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : message.replaceAll("\\s*\\R\\s*", " ");
  }
}
