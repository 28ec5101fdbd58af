package dev.bertserve.server.embedded;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Outputs of rows in their order, while the groups behind them are being scored. One thread. */
final class OrderedOutputs implements Iterator<Outputs> {

  private static final int GROUP_ROWS = 512;
  private static final int GROUPS = 6;

  private final Iterator<List<String>> rows;
  private final int groupRows;
  private final Function<List<List<String>>, CompletableFuture<List<Outputs>>> scoring;
  private final ArrayDeque<CompletableFuture<List<Outputs>>> groups = new ArrayDeque<>();
  private Iterator<Outputs> scored = List.<Outputs>of().iterator();

  OrderedOutputs(
      Iterator<List<String>> rows,
      int maxRows,
      Function<List<List<String>>, CompletableFuture<List<Outputs>>> scoring) {
    this.rows = rows;
    this.groupRows = Math.min(GROUP_ROWS, maxRows);
    this.scoring = scoring;
  }

  @Override
  public boolean hasNext() {
    return scored.hasNext() || !groups.isEmpty() || rows.hasNext();
  }

  @Override
  public Outputs next() {
    if (!scored.hasNext()) {
      readAhead();
      scored = nextGroup();
    }
    return scored.next();
  }

  private void readAhead() {
    while (groups.size() < GROUPS && rows.hasNext()) {
      List<List<String>> group = new ArrayList<>();
      while (group.size() < groupRows && rows.hasNext()) {
        group.add(rows.next());
      }
      groups.add(scoring.apply(group));
    }
  }

  private Iterator<Outputs> nextGroup() {
    CompletableFuture<List<Outputs>> group = groups.poll();
    if (group == null) {
      throw new NoSuchElementException();
    }
    try {
      return group.join().iterator();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException reason) {
        throw reason;
      }
      throw e;
    }
  }
}
