package dev.bertserve.server.text;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value made when it is first asked for; made twice if two threads ask at once. */
final class Lazily<T> implements Supplier<T> {

  private final Supplier<T> maker;
  private volatile @Nullable T value;

  Lazily(Supplier<T> maker) {
    this.maker = maker;
  }

  @Override
  public T get() {
    T known = value;
    if (known == null) {
      known = maker.get();
      value = known;
    }
    return known;
  }
}
