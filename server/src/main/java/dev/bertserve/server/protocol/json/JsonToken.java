package dev.bertserve.server.protocol.json;

/** What a {@link JsonReader} stands on. */
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

  /** The token as messages to clients call it. */
  public String label() {
    return label;
  }
}
