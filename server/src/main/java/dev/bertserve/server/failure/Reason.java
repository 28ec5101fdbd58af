package dev.bertserve.server.failure;

import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;

/** Why something failed, in one line, for people. */
public final class Reason {

  /**
   * The folders of a path: all up to its last slash. A word before the slash means another thing.
   */
  private static final Pattern FOLDERS =
      Pattern.compile("(?<![\\w./)\\]])(?:\\w+:/)?/(?:[^\\s,;:()'\"\\[\\]]+/)*(?=[^\\s/])");

  /** A message that names a Java class was not worded for people. */
  private static final Pattern CLASS =
      Pattern.compile("\\b[a-z]\\w*(?:[./][a-z]\\w*)+[./][A-Z]\\w*");

  private static final String UNEXPECTED = "unexpected (the log has the cause)";

  private Reason() {}

  /** What failed, if {@code failure} only says that a stage of a future did. */
  public static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** The message of {@code failure}, without control characters; its kind, if it has none. */
  public static String of(Throwable failure) {
    String message = failure.getMessage();
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      // Its message is a path alone
      return message + ": " + words(failure.getClass());
    }
    return message == null
        ? failure.getClass().getSimpleName()
        // A file may hold what changes a terminal
        : message.replaceAll("\\s*\\R\\s*", " ").replaceAll("[\\p{Cc}&&[^\\s]]", "\ufffd");
  }

  private static String words(Class<?> exception) {
    return exception
        .getSimpleName()
        .replaceFirst("Exception$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }

  /**
   * The same without what callers over the network should not learn: paths are cut to their last
   * names, and names of classes are left out.
   *
   * @param folders paths whose files the message may name, however they are written
   */
  public static String forClients(Throwable failure, List<String> folders) {
    String message = failure.getMessage() == null ? UNEXPECTED : of(failure);
    for (String folder : folders) {
      message = message.replace(folder + "/", "");
    }
    message = FOLDERS.matcher(message).replaceAll("");
    return CLASS.matcher(message).find() ? UNEXPECTED : message;
  }
}
