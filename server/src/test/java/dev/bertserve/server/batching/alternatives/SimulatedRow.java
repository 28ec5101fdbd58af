package dev.bertserve.server.batching.alternatives;

import dev.bertserve.server.batching.Batchable;

/** A row without contents: its length and its request. */
public final class SimulatedRow implements Batchable {

  public final int request;
  public final int index;
  private final int tokens;

  /** Whether its caller has disconnected. */
  public boolean unwanted;

  public int drops;

  public SimulatedRow(int request, int index, int tokens) {
    this.request = request;
    this.index = index;
    this.tokens = tokens;
  }

  @Override
  public int tokens() {
    return tokens;
  }

  @Override
  public boolean closeIfUnwanted(long nowNanos) {
    return unwanted;
  }

  @Override
  public void drop() {
    drops++;
  }

  @Override
  public String toString() {
    return request + "." + index + ":" + tokens;
  }
}
