package dev.bertserve.server.prepared;

import java.util.Locale;

/**
 * What a graph in 8 bits did on texts that did not choose its ranges.
 *
 * @param move how far it moved outputs
 * @param speed its rows a second, relative to those of the fastest other precision
 * @param processor where the speed was measured
 */
public record Int8Trial(Move move, double speed, String processor) {

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "changes outputs by %s; %.2f times as fast as the next precision on %s",
        move,
        speed,
        processor);
  }
}
