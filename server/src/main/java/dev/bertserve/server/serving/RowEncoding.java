package dev.bertserve.server.serving;

/** How the texts of a row become what its engine runs. Immutable; any thread. */
public interface RowEncoding {

  /** Encodes {@code texts}, in the order of {@link ModelSignature#inputs}. */
  EncodedRow encode(String... texts);
}
