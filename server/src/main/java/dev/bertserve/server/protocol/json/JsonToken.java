package dev.bertserve.server.protocol.json;

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
}
