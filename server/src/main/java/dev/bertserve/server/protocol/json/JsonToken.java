package dev.bertserve.server.protocol.json;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;

/** A token of a {@link JsonReader}. */
public enum JsonToken {
  OBJECT("an object"),
  OBJECT_END("the end of an object"),
  ARRAY("an array"),
  ARRAY_END("the end of an array"),
  NAME("a key"),
  STRING("a string"),
  NUMBER("a number"),
  BOOLEAN("a boolean"),
  NULL("null"),
  END("the end of the text");

  private final String label;

  JsonToken(String label) {
    this.label = label;
  }

  /** The name of the token in error messages. */
  public String label() {
    return label;
  }

  /** Throws INVALID, with {@code name} at the start, if this is not {@code expected}. */
  public void require(JsonToken expected, String name) {
    if (this != expected) {
      throw new ServingException(
          FailureKind.INVALID, name + ": " + label + " (expected: " + expected.label + ")");
    }
  }
}
