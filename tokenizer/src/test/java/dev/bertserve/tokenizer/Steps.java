package dev.bertserve.tokenizer;

/** What classes that a {@link StepCounter} loaded have done. Public for them; one thread. */
public final class Steps {

  private static long count;
  private static long limit;

  private Steps() {}

  /** Starts to count; fails once there are more than {@code limit} steps. */
  static void start(long limit) {
    Steps.limit = limit;
    count = 0;
  }

  static long count() {
    return count;
  }

  /** Counts one turn of a loop, or one call. */
  public static void one() {
    add(1);
  }

  /** Counts {@code elements} that are copied at once. */
  public static void add(int elements) {
    count += elements;
    if (count > limit) {
      throw new AssertionError("steps: " + count + " (expected: at most " + limit + ")");
    }
  }
}
