package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.tokenizer.RowTemplate.Sharing;
import org.jspecify.annotations.Nullable;

/**
 * How the ids of a text are cut to the length of a row.
 *
 * @param ids those of all texts, before that
 * @param splits where the ids of each text begin and end; null if a packer has cut them
 * @param mostTokens how many ids all texts of a row keep; {@link #ALL} if they are not cut
 * @param sharing what each of two texts keeps of them
 * @param limit most ids of this text before that; {@link #ALL} if it is not cut
 */
record Trimming(
    NodeOutput ids, @Nullable NodeOutput splits, int mostTokens, Sharing sharing, int limit) {

  static final int ALL = Integer.MAX_VALUE;

  /** Reads the trimming of the text at {@code place} among {@code texts}. */
  static Trimming read(NodeOutput part, int place, int texts) {
    return together(Shaping.through(part), place, texts).afterLimit(texts);
  }

  private static Trimming together(NodeOutput trimmed, int place, int texts) {
    GraphNode trim = trimmed.node();
    if (trim.is("TFText>RoundRobinTrim")) {
      Expected.value(trim, "segment", trimmed.index(), place);
      return of(trim.input(1 + place), null, Constants.integer(trim.input(0)), Sharing.ROUND_ROBIN);
    }
    if (trim.is("RaggedTensorFromVariant")) {
      return RowSlices.read(trim, place, texts);
    }
    if (trim.is("GatherV2") && FirstValues.of(trim) == null) {
      SharedLengths lengths = SharedLengths.read(trim, place, texts);
      return of(trim.input(0), lengths.splits(place), lengths.most(), lengths.sharing());
    }
    return new Trimming(trimmed, null, ALL, Sharing.ROUND_ROBIN, ALL);
  }

  static Trimming of(NodeOutput ids, @Nullable NodeOutput splits, long most, Sharing sharing) {
    return new Trimming(
        Shaping.through(ids),
        splits == null ? null : Shaping.through(splits),
        Math.toIntExact(most),
        sharing,
        ALL);
  }

  /** The same, of the ids before this text alone was cut, if it was, once or more. */
  private Trimming afterLimit(int texts) {
    FirstValues first = FirstValues.of(ids.node());
    if (first == null) {
      return this;
    }
    if (splits != null && splits.node() != first.ranges()) {
      throw TextRefusal.of(first.ranges(), "rows of other ids", "those that are trimmed");
    }
    Trimming whole = of(first.values(), first.splits(), mostTokens, sharing);
    Trimming cut =
        texts == 1 ? whole.cutTo(first.most()) : whole.withLimit(Math.min(limit, first.most()));
    return cut.afterLimit(texts);
  }

  private Trimming withLimit(long most) {
    return new Trimming(ids, splits, mostTokens, sharing, Math.toIntExact(most));
  }

  /** The same, of a text of which at most {@code most} ids are kept. */
  Trimming cutTo(long most) {
    return new Trimming(ids, splits, Math.toIntExact(Math.min(most, mostTokens)), sharing, limit);
  }

  /** The same, of rows that begin and end at {@code rowSplits}. */
  Trimming of(NodeOutput rowSplits) {
    return new Trimming(ids, Shaping.through(rowSplits), mostTokens, sharing, limit);
  }

  /** Requires that {@code tokenize} gave the ids, of texts or, if {@code ofWords}, of words. */
  void requireRowsOf(GraphNode tokenize, boolean ofWords) {
    if (splits == null) {
      return;
    }
    GraphNode rows = splits.node();
    boolean merged =
        rows.is("GatherV2")
            && (tokenize.is("StringSplitV2")
                ? SplitParts.reads(rows.input(0), tokenize)
                : Shaping.through(rows.input(0)).node() == tokenize);
    if (ofWords ? !merged : rows != tokenize) {
      throw TextRefusal.of(rows, "ids of something else than a text", "those of each text");
    }
  }
}
