package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.GraphNode;
import java.io.IOException;

/** What the tables of a graph are filled with. */
public interface Tables {

  /**
   * Entries of a table.
   *
   * @param keys a constant of one dimension, each value once
   * @param values as many, a constant
   */
  record Entries(GraphNode keys, GraphNode values) {}

  /** All entries of {@code table}. */
  Entries entriesOf(GraphNode table) throws IOException;

  /** The tokens of {@code table}, whose ids are 0, 1, 2 and so on in their order. */
  VocabularyLines vocabularyOf(GraphNode table) throws IOException;
}
