package dev.bertserve.server.serving;

/** Turns the texts of a row into the contents that the engine runs. Immutable; any thread. */
public interface RowEncoding {

  /** Encodes {@code texts}, in the order of {@link ModelSignature#inputs}. */
  EncodedRow encode(String... texts);
}
