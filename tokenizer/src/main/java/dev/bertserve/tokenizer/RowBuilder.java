package dev.bertserve.tokenizer;

import java.util.Arrays;
import java.util.List;

/** Puts the ids of texts together to a row, as a template says. Immutable. */
final class RowBuilder {

  private final int[] start;
  private final int[] between;
  private final int[] end;
  private final RowTemplate template;

  /** All ids of {@code template} must be below {@code vocabularySize}. */
  RowBuilder(RowTemplate template, int vocabularySize) {
    this.start = required("startId", template.start(), vocabularySize);
    this.between = required("betweenId", template.between(), vocabularySize);
    this.end = required("endId", template.end(), vocabularySize);
    this.template = template;
  }

  private static int[] required(String name, List<Integer> ids, int size) {
    for (int id : ids) {
      if (id < 0 || id >= size) {
        throw new IllegalArgumentException(
            name + ": " + id + " (expected: 0 to " + (size - 1) + ")");
      }
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Most ids that any text of a row keeps. */
  int mostOfText() {
    return Math.min(
        template.trimmedLength() - start.length - end.length, template.sequenceLength());
  }

  TokenIds row(IdBuffer text) {
    int[] ids = new int[start.length + text.size() + end.length];
    int at = copy(start, ids, 0);
    text.copyTo(ids, at, text.size());
    copy(end, ids, at + text.size());
    return cut(ids, ids.length);
  }

  TokenIds row(IdBuffer first, IdBuffer second) {
    int room = template.trimmedLength() - start.length - between.length - end.length;
    int firstSize = Math.min(first.size(), template.limit(0));
    int secondSize = Math.min(second.size(), template.limit(1));
    int firstLength =
        Math.min(firstSize, Math.max(template.sharing().firstOf(room), room - secondSize));
    int secondLength = Math.min(secondSize, room - firstLength);
    int[] ids = new int[start.length + firstLength + between.length + secondLength + end.length];
    int at = copy(start, ids, 0);
    first.copyTo(ids, at, firstLength);
    int secondStart = copy(between, ids, at + firstLength);
    second.copyTo(ids, secondStart, secondLength);
    copy(end, ids, secondStart + secondLength);
    return cut(ids, secondStart);
  }

  /** Returns where the copy ends. */
  private static int copy(int[] source, int[] destination, int offset) {
    System.arraycopy(source, 0, destination, offset, source.length);
    return offset + source.length;
  }

  private TokenIds cut(int[] ids, int secondStart) {
    int length = Math.min(ids.length, template.sequenceLength());
    return new TokenIds(
        length == ids.length ? ids : Arrays.copyOf(ids, length), Math.min(secondStart, length));
  }
}
