package dev.bertserve.bulk;

import dev.bertserve.server.embedded.Outputs;
import dev.bertserve.server.embedded.TextModel;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.failure.ServingException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Scores rows, so that one that cannot be scored costs the others nothing but time. Rows that fail
 * together are halved until the one at fault is alone; what was scored before comes from the
 * model's cache.
 */
public final class RowScoring {

  /** Rows that are scored together at the most. */
  public static final int MAX_ROWS = 4_096;

  /** Texts that are scored together, about. */
  public static final long MAX_TEXT_BYTES = 16 << 20;

  /** Place of a row that is alone. */
  private static final Pattern PLACE = Pattern.compile("^instances\\[0\\]: ");

  /**
   * A row's outputs, or else why there are none.
   *
   * @param outputs null if the row failed
   * @param reason one line; empty if the row did not fail
   */
  public record Scored(@Nullable Outputs outputs, String reason) {}

  private RowScoring() {}

  /**
   * Returns one entry for each of {@code rows}, in order; blocks until done. A row has one text per
   * input of the model. Throws what fails the model and not a row.
   */
  public static List<Scored> score(TextModel model, List<List<String>> rows) {
    List<Scored> scored = new ArrayList<>(rows.size());
    score(model, rows, scored);
    return scored;
  }

  private static void score(TextModel model, List<List<String>> rows, List<Scored> scored) {
    List<Outputs> outputs;
    try {
      outputs = model.predictRows(rows);
    } catch (ServingException e) {
      if (!isOfRow(e.kind())) {
        throw e;
      }
      if (rows.size() == 1) {
        scored.add(new Scored(null, PLACE.matcher(Reason.of(e)).replaceFirst("")));
        return;
      }
      int half = rows.size() / 2;
      score(model, rows.subList(0, half), scored);
      score(model, rows.subList(half, rows.size()), scored);
      return;
    }
    for (Outputs row : outputs) {
      scored.add(new Scored(row, ""));
    }
  }

  private static boolean isOfRow(FailureKind kind) {
    return switch (kind) {
      case INVALID, TOO_LARGE, NOT_FINITE -> true;
      case NOT_FOUND, NOT_OFFERED, OVERLOADED, INTERNAL, UNAVAILABLE, DEADLINE_EXCEEDED -> false;
    };
  }
}
