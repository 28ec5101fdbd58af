package dev.bertserve.server.graph;

/** The model cannot be served. The message is one line: what was found and what was expected. */
public final class UnsupportedModelException extends RuntimeException {

  public UnsupportedModelException(String message) {
    super(message);
  }

  public UnsupportedModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
