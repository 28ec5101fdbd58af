package dev.bertserve.server.bulk;

import org.apache.avro.Schema;

/**
 * A column that is handed through from the rows of a file to those of the output.
 *
 * @param type of its values; of files without types, a string or null
 */
record KeyColumn(String name, Schema type) {

  private static final Schema TEXT =
      Schema.createUnion(Schema.create(Schema.Type.NULL), Schema.create(Schema.Type.STRING));

  static KeyColumn text(String name) {
    return new KeyColumn(name, TEXT);
  }
}
