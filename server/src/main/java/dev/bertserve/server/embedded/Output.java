package dev.bertserve.server.embedded;

import dev.bertserve.server.serving.OutputSpec;
import java.util.List;

/**
 * An output of a {@link TextModel}.
 *
 * @param name as in the signature
 * @param kind of its values
 * @param shape dimensions of one row's values; empty for one value
 */
public record Output(String name, Kind kind, List<Integer> shape) {

  /** Which method of {@link Outputs} returns the values. */
  public enum Kind {
    FLOATS,
    DOUBLES,
    LONGS,
    TEXTS
  }

  static Output of(OutputSpec spec) {
    Kind kind =
        switch (spec.type()) {
          case FLOAT, HALF, BFLOAT16 -> Kind.FLOATS;
          case DOUBLE -> Kind.DOUBLES;
          case STRING -> Kind.TEXTS;
          default -> Kind.LONGS;
        };
    return new Output(spec.name(), kind, spec.rowShape());
  }

  /** Number of values in one row. */
  public int size() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }
}
