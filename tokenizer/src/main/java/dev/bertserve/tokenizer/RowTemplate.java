package dev.bertserve.tokenizer;

import java.util.List;

/**
 * How the ids of one text, or of two, become a row.
 *
 * @param start ids before the first text, such as that of [CLS]
 * @param between ids between two texts, such as that of [SEP]; they belong to segment 0
 * @param end ids after the last text
 * @param limits most ids of each text, before texts share a row; empty if there are none
 * @param sharing what each of two texts keeps if the row is too long
 * @param trimmedLength most ids of a row, start and end ids included, to which its texts are cut
 * @param sequenceLength most ids of a row; any that are left beyond it are cut off
 */
public record RowTemplate(
    List<Integer> start,
    List<Integer> between,
    List<Integer> end,
    List<Integer> limits,
    Sharing sharing,
    int trimmedLength,
    int sequenceLength) {

  /** How two texts share the ids that a row has room for. */
  public enum Sharing {

    /** Both take an id in turn, the first text first. */
    ROUND_ROBIN {
      @Override
      int firstOf(int room) {
        return (room + 1) / 2;
      }
    },

    /** The longer text loses an id at a time; of equal ones the first. */
    LONGEST_FIRST {
      @Override
      int firstOf(int room) {
        return room / 2;
      }
    },

    /** The first text takes all that it needs, the second the rest. */
    WATERFALL {
      @Override
      int firstOf(int room) {
        return room;
      }
    };

    /** What the first text keeps of {@code room} ids however long the second one is. */
    abstract int firstOf(int room);
  }

  public RowTemplate {
    if (sequenceLength < 3) {
      throw new IllegalArgumentException("sequenceLength: " + sequenceLength + " (expected: >= 3)");
    }
    int special = start.size() + between.size() + end.size();
    if (trimmedLength < special) {
      throw new IllegalArgumentException(
          "trimmedLength: " + trimmedLength + " (expected: >= " + special + ")");
    }
    start = List.copyOf(start);
    between = List.copyOf(between);
    end = List.copyOf(end);
    limits = List.copyOf(limits);
  }

  /** Rows whose texts have no limits of their own. */
  public RowTemplate(
      List<Integer> start,
      List<Integer> between,
      List<Integer> end,
      Sharing sharing,
      int trimmedLength,
      int sequenceLength) {
    this(start, between, end, List.of(), sharing, trimmedLength, sequenceLength);
  }

  /** Most ids that the text at {@code place} has before texts share a row. */
  int limit(int place) {
    return limits.isEmpty() ? Integer.MAX_VALUE : limits.get(place);
  }

  /** BERT's own: [CLS] text [SEP], or [CLS] text [SEP] text [SEP], trimmed in turn. */
  public static RowTemplate bert(int startId, int endId, int sequenceLength) {
    List<Integer> end = List.of(endId);
    return new RowTemplate(
        List.of(startId), end, end, Sharing.ROUND_ROBIN, sequenceLength, sequenceLength);
  }
}
