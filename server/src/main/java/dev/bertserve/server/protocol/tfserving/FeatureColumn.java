package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.ColumnReader;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.InputSpec;
import java.util.BitSet;

/**
 * The values of an input beside the texts: each example's own, or else those of the context. One
 * body, one thread.
 */
final class FeatureColumn {

  private final InputSpec input;
  private final ColumnReader ofExamples;
  private final ColumnReader ofContext;
  private final BitSet own = new BitSet();

  FeatureColumn(JsonReader json, InputSpec input) {
    this.input = input;
    this.ofExamples = new ColumnReader(json, input.type(), input.rowSize(), row -> input.name());
    this.ofContext = new ColumnReader(json, input.type(), input.rowSize(), row -> input.name());
  }

  /** Reads the values of an example, or of the context if {@code row} is negative. */
  void read(JsonToken first, int row) {
    if (row < 0) {
      ofContext.read(first, row);
      return;
    }
    ofExamples.read(first, row);
    own.set(row);
  }

  /** The values of {@code rows} examples; throws INVALID if one lacks them, as the context does. */
  Column of(int rows) {
    Column given = ofExamples.column();
    int lacking = own.nextClearBit(0);
    if (lacking >= rows) {
      return given;
    }
    Column shared = ofContext.column();
    if (shared.size() == 0) {
      throw TfFaults.missing(input, lacking);
    }
    int size = input.rowSize();
    Column all = Column.ofSize(input.type(), Math.multiplyExact(rows, size));
    int next = 0;
    for (int row = 0; row < rows; row++) {
      if (own.get(row)) {
        given.copyTo(next, all, row * size, size);
        next += size;
      } else {
        shared.copyTo(0, all, row * size, size);
      }
    }
    return all;
  }
}
