package dev.bertserve.server.inference;

/**
 * How the texts of a row become what an engine runs, {@code R}: two that are equal have the same
 * answer. Immutable; any thread.
 */
public interface RowEncoding<R> {

  /** {@code texts} in the order of {@link ModelSignature#inputs}. */
  R encode(String... texts);

  /** Tokens that it costs to run, unpadded; at least 1. */
  int tokens(R row);

  /** Memory that it holds, about. */
  int bytes(R row);
}
