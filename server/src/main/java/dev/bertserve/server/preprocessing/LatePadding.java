package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/**
 * Rows of ids that are padded, and then cut to their first columns or padded to a constant length
 * by other ops ({@code x.to_tensor()[:, :128]}, {@code tf.pad}, {@code tf.concat} with zeros). The
 * op that pads first gives them their length instead.
 */
final class LatePadding {

  private static final long LONGEST = -1;

  /**
   * Rows of {@code packing}.
   *
   * @param length what they are padded to; {@link #LONGEST} for the longest of a batch
   * @param most how many ids of a row are kept
   */
  private record Rows(GraphNode packing, long length, long most) {

    /** The same, cut to {@code columns}. */
    Rows cutTo(long columns) {
      return new Rows(
          packing, length == LONGEST ? length : Math.min(length, columns), Math.min(most, columns));
    }

    /** The same, padded to {@code columns}; null if no op does that to rows that were cut. */
    @Nullable Rows paddedTo(long columns) {
      return length == LONGEST && most >= columns ? new Rows(packing, columns, columns) : null;
    }
  }

  private final FlatGraph graph;
  private final Map<GraphNode, Rows> rows = new HashMap<>();

  private LatePadding(FlatGraph graph) {
    this.graph = graph;
  }

  static void replace(FlatGraph graph) {
    new LatePadding(graph).replace();
  }

  private void replace() {
    Map<GraphNode, Set<Rows>> results = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      Rows read = read(node);
      if (read != null) {
        rows.put(node, read);
        continue;
      }
      for (NodeOutput input : node.inputs()) {
        Rows result = node.is("Shape") ? null : rows.get(input.node());
        if (result != null) {
          results.computeIfAbsent(result.packing, packing -> new HashSet<>()).add(result);
        }
      }
    }
    // Rows that are read in two lengths stay as they are
    results.values().removeIf(lengths -> lengths.size() > 1);
    Map<Rows, NodeOutput> packed = new HashMap<>();
    Map<GraphNode, NodeOutput> replacements = new HashMap<>();
    rows.forEach(
        (node, read) -> {
          if (!Packing.is(node) && results.containsKey(read.packing)) {
            replacements.put(node, packed.computeIfAbsent(read, LatePadding::packed));
          }
        });
    graph.replaceReads(tensor -> replacements.getOrDefault(tensor.node(), tensor));
  }

  private static NodeOutput packed(Rows rows) {
    // Whatever is padded to the longest of a batch may be padded further
    int length =
        Math.toIntExact(Math.min(rows.length == LONGEST ? rows.most : rows.length, rows.most));
    String name = rows.packing.name();
    NodeOutput shape = Constants.ofInts(name + "/shape", -1, length).output();
    GraphNode packed = Packing.with(rows.packing, name, Packing.SHAPE, shape);
    packed.setType("Tshape", DataType.DT_INT32);
    return packed.output();
  }

  private @Nullable Rows read(GraphNode node) {
    if (Packing.is(node)) {
      return packing(node);
    }
    Rows source = node.inputs().isEmpty() ? null : rows.get(node.input(0).node());
    if (source == null) {
      return null;
    }
    return switch (node.op()) {
      case "StridedSlice" -> {
        long columns = firstColumns(node);
        yield columns < 0 ? null : source.cutTo(columns);
      }
      case "Reshape" ->
          node.input(1).node().is("Const")
                  && Arrays.equals(
                      Constants.integers(node.input(1)), new long[] {-1, source.length})
              ? source
              : null;
      case "Pad" -> padded(source, node.input(1).node(), node.input(0), 0);
      case "PadV2" ->
          padded(source, node.input(1).node(), node.input(0), Constants.integer(node.input(2)));
      case "ConcatV2" -> joined(source, node);
      default -> null;
    };
  }

  private static @Nullable Rows packing(GraphNode node) {
    NodeOutput shape = Shaping.uncast(node.input(Packing.SHAPE));
    if (!shape.node().is("Const") || !node.input(2).node().is("Const")) {
      return null;
    }
    long[] sizes = Constants.integers(shape);
    if (sizes.length == 1 && sizes[0] == LONGEST) {
      return new Rows(node, LONGEST, Long.MAX_VALUE);
    }
    return sizes.length == 2 && sizes[0] == LONGEST
        ? new Rows(node, sizes[1], sizes[1] == LONGEST ? Long.MAX_VALUE : sizes[1])
        : null;
  }

  /** How many first columns {@code slice} takes of all rows; negative if it does something else. */
  private static long firstColumns(GraphNode slice) {
    if (!slice.input(1).node().is("Const") || !slice.input(2).node().is("Const")) {
      return -1;
    }
    long[] begin = Constants.integers(slice.input(1));
    long[] end = Constants.integers(slice.input(2));
    boolean first =
        Arrays.equals(begin, new long[] {0, 0})
            && Arrays.equals(Constants.integers(slice.input(3)), new long[] {1, 1})
            && slice.number("end_mask") == 1
            && (slice.number("shrink_axis_mask")
                    | slice.number("new_axis_mask")
                    | slice.number("ellipsis_mask"))
                == 0;
    return first ? end[1] : -1;
  }

  /** {@code paddings} are {@code [[0, 0], [0, length - tf.shape(of)[1]]]}. */
  private static @Nullable Rows padded(Rows rows, GraphNode paddings, NodeOutput of, long value) {
    if (Constants.integer(rows.packing.input(2)) != value || !isPair(paddings)) {
      return null;
    }
    GraphNode columns = paddings.input(1).node();
    return Constants.areAll(paddings.input(0), 0)
            && isPair(columns)
            && Constants.areAll(columns.input(0), 0)
        ? filled(rows, columns.input(1).node(), of)
        : null;
  }

  /** Rows joined to {@code tf.zeros([..., length - tf.shape(rows)[1]])}. */
  private static @Nullable Rows joined(Rows rows, GraphNode join) {
    GraphNode zeros = join.input(1).node();
    boolean filled =
        join.inputs().size() == 3
            && Math.abs(Constants.integer(join.input(2))) == 1
            && zeros.is("Fill")
            && isPair(zeros.input(0).node())
            && Constants.areAll(zeros.input(1), 0)
            && Constants.integer(rows.packing.input(2)) == 0;
    return filled ? filled(rows, zeros.input(0).node().input(1).node(), join.input(0)) : null;
  }

  /** {@code missing} is {@code length - tf.shape(of)[1]}. */
  private static @Nullable Rows filled(Rows rows, GraphNode missing, NodeOutput of) {
    boolean isKnown =
        missing.is("Sub")
            && missing.input(0).node().is("Const")
            && isColumns(missing.input(1).node(), of);
    return isKnown ? rows.paddedTo(Constants.integer(missing.input(0))) : null;
  }

  private static boolean isPair(GraphNode pack) {
    return pack.is("Pack") && pack.inputs().size() == 2;
  }

  /** Whether {@code count} is {@code tf.shape(of)[1]}. */
  private static boolean isColumns(GraphNode count, NodeOutput of) {
    return count.is("StridedSlice")
        && count.input(0).node().is("Shape")
        && count.input(0).node().input(0).equals(of)
        && Constants.integer(count.input(1)) == 1
        && count.number("shrink_axis_mask") == 1;
  }
}
