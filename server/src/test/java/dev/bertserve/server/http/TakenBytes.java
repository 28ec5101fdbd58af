package dev.bertserve.server.http;

/** What a bound has given out. */
public final class TakenBytes {

  private TakenBytes() {}

  public static long of(ByteBound bound) {
    return bound.taken.get();
  }
}
