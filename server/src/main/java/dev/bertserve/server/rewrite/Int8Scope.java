package dev.bertserve.server.rewrite;

import java.util.Locale;

/** Which products of layers run in 8 bits, the fastest scope first. */
public enum Int8Scope {
  /**
   * All but the first layer's query, key and value: what is rounded there passes through all
   * layers.
   */
  LAYERS,
  /** {@link #LAYERS} without the queries, keys and values of the other layers. */
  WITHOUT_QUERIES,
  /** The feed-forward parts only. */
  FEED_FORWARD;

  /** The name in logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  boolean rounds(Places.Place place) {
    return switch (this) {
      case LAYERS -> true;
      case WITHOUT_QUERIES -> place.reader() != Places.Reader.ATTENTION;
      case FEED_FORWARD -> place.reader() == Places.Reader.FEED_FORWARD;
    };
  }
}
