package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.tokenizer.RowTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** The parts that a packer joins to a row, in order: special ids and the ids of texts. */
final class RowParts {

  private static final int MOST_TEXTS = 2;

  /** Inputs of the op that pads rows. */
  private static final int VALUES = 1;

  private static final int SPLITS = 3;

  /** Special ids before the first text, and after each text. */
  private final List<List<Integer>> special = new ArrayList<>(List.of(new ArrayList<>()));

  private final List<NodeOutput> texts = new ArrayList<>();

  /** Which text each part belongs to, from 0. */
  private final List<Integer> types = new ArrayList<>();

  /** Most ids that the first text keeps, whatever its trimming leaves. */
  private long mostOfFirst = Trimming.ALL;

  /** How many ids of a row are kept. */
  private long mostOfRow = Trimming.ALL;

  /** Pads the rows. */
  private final GraphNode packing;

  private RowParts(GraphNode packing) {
    this.packing = packing;
  }

  /** Reads the parts of the rows that {@code packing} pads to [rows, length]. */
  static RowParts of(GraphNode packing) {
    RowParts parts = new RowParts(packing);
    Expected.value(packing, "inputs", packing.inputs().size(), SPLITS + 1);
    parts.add(packing.input(VALUES));
    if (parts.texts.isEmpty() || parts.texts.size() > MOST_TEXTS) {
      throw parts.unknown(parts.texts.size() + " texts");
    }
    return parts;
  }

  private void add(NodeOutput part) {
    if (mostOfRow != Trimming.ALL) {
      throw unknown("parts after those that are cut");
    }
    NodeOutput tensor = Shaping.through(part);
    GraphNode node = tensor.node();
    FirstValues first = FirstValues.of(node);
    if (node.is("ConcatV2")) {
      node.inputs().subList(0, node.inputs().size() - 1).forEach(this::add);
    } else if (first != null && Shaping.through(first.values()).node().is("ConcatV2")) {
      addFirst(first);
    } else if (isSpecial(tensor)) {
      types.add(Math.max(0, texts.size() - 1));
      last().addAll(specialIds(tensor));
    } else {
      types.add(texts.size());
      texts.add(tensor);
      special.add(new ArrayList<>());
    }
  }

  private List<Integer> last() {
    return special.get(special.size() - 1);
  }

  /** The first ids of parts joined so far: of one text, or of the whole row. */
  private void addFirst(FirstValues first) {
    if (!texts.isEmpty() || !last().isEmpty()) {
      throw unknown("a cut of some of the parts");
    }
    GraphNode splits = first.splits().node();
    GraphNode rows = splits.is("StridedSlice") ? splits.input(0).node() : splits;
    if (!rows.equals(first.values().node())) {
      throw unknown("a cut of something else than a row");
    }
    add(first.values());
    if (texts.size() == 1 && last().isEmpty()) {
      mostOfFirst = first.most() - special.get(0).size();
    } else {
      mostOfRow = first.most();
    }
  }

  private static boolean isSpecial(NodeOutput tensor) {
    return specialSource(tensor).node().is("Const");
  }

  /** The constant whose ids every row has. */
  private static NodeOutput specialSource(NodeOutput tensor) {
    GraphNode node = tensor.node();
    return switch (node.op()) {
      // The ids in another shape
      case "StridedSlice" ->
          node.number("new_axis_mask") == 0
              ? tensor
              : specialSource(Shaping.through(node.input(0)));
      case "BroadcastTo" -> specialSource(Shaping.through(node.input(0)));
      case "Mul" ->
          Constants.areAll(Shaping.through(node.input(0)), 1)
              ? specialSource(Shaping.through(node.input(1)))
              : Constants.areAll(Shaping.through(node.input(1)), 1)
                  ? specialSource(Shaping.through(node.input(0)))
                  : tensor;
      default -> tensor;
    };
  }

  /** Several ids must have become a row of their own before they are repeated for each row. */
  private static List<Integer> specialIds(NodeOutput tensor) {
    GraphNode row = tensor.node();
    long[] ids = Constants.integers(specialSource(tensor));
    boolean isRow =
        row.number("new_axis_mask") == 1
            && row.number("begin_mask") == 2
            && row.number("end_mask") == 2
            && row.input(0).node().is("Const");
    if (ids.length != 1 && !isRow) {
      Expected.value(row, "special ids", ids.length, 1);
    }
    return LongStream.of(ids).mapToObj(Math::toIntExact).toList();
  }

  /** The type of the tokens of each part. */
  List<Integer> types() {
    return types;
  }

  /** How the texts are trimmed, in order. */
  List<Trimming> trimmings() {
    List<Trimming> trimmings = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      Trimming trimming = Trimming.read(texts.get(i), i, texts.size());
      if (types.size() == 1 && trimming.mostTokens() == Trimming.ALL) {
        trimming = trimming.of(packing.input(SPLITS));
      }
      trimmings.add(i == 0 && mostOfFirst != Trimming.ALL ? trimming.cutTo(mostOfFirst) : trimming);
    }
    return trimmings;
  }

  /** The row of texts with {@code trimmings}, padded or cut to {@code length}; negative for any. */
  RowTemplate template(List<Trimming> trimmings, long length) {
    Trimming first = trimmings.get(0);
    for (Trimming other : trimmings) {
      Expected.value(packing, "max_seq_length", other.mostTokens(), first.mostTokens());
      if (other.sharing() != first.sharing()) {
        throw unknown("texts that are trimmed in two ways");
      }
    }
    int added = special.stream().mapToInt(List::size).sum();
    boolean trimmed = first.mostTokens() != Trimming.ALL;
    long kept = Math.min(length < 0 ? Trimming.ALL : length, mostOfRow);
    List<Integer> limits = trimmings.stream().map(Trimming::limit).toList();
    long mostOfTexts = limits.stream().mapToLong(Integer::longValue).sum();
    if (!trimmed && kept == Trimming.ALL && mostOfTexts >= Trimming.ALL) {
      throw unknown("rows of any length");
    }
    // A text keeps no more ids than the row
    long trimmedLength =
        added + (trimmed ? first.mostTokens() : Math.min(MOST_TEXTS * kept, mostOfTexts));
    long most = Math.min(trimmedLength, kept);
    if (length > most && mostOfRow < trimmedLength) {
      throw unknown("rows cut to " + mostOfRow + " ids and padded to " + length);
    }
    try {
      return new RowTemplate(
          special.get(0),
          special.get(1),
          last(),
          limits.stream().allMatch(limit -> limit == Trimming.ALL) ? List.of() : limits,
          first.sharing(),
          Math.toIntExact(trimmedLength),
          Math.toIntExact(Math.max(length, most)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw unknown(String.valueOf(e.getMessage()));
    }
  }

  private UnsupportedModelException unknown(String found) {
    return TextRefusal.of(packing, found, "special ids, and one text or two trimmed texts");
  }
}
