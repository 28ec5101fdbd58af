package dev.bertserve.server.tensorflow.graph;

/** A model that cannot be served: one line that says what was found and what was expected. */
public final class UnsupportedModelException extends RuntimeException {

  public UnsupportedModelException(String message) {
    super(message);
  }

  public UnsupportedModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
