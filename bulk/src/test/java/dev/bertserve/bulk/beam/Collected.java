package dev.bertserve.bulk.beam;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Instant;

/** The elements of a collection of a pipeline that ran in this process, in any order. */
final class Collected<T> extends DoFn<T, Void> {

  /** Static, since the runner copies the function. */
  private static final Map<UUID, Queue<Placed<?>>> ELEMENTS = new ConcurrentHashMap<>();

  private final UUID id = UUID.randomUUID();

  record Placed<T>(T value, Instant timestamp, BoundedWindow window) {}

  private Collected() {}

  static <T> Collected<T> of(PCollection<T> collection) {
    Collected<T> collected = new Collected<>();
    ELEMENTS.put(collected.id, new ConcurrentLinkedQueue<>());
    collection.apply("Collect " + collected.id, ParDo.of(collected));
    return collected;
  }

  @ProcessElement
  public void process(@Element T value, @Timestamp Instant timestamp, BoundedWindow window) {
    ELEMENTS.get(id).add(new Placed<>(value, timestamp, window));
  }

  @SuppressWarnings("unchecked")
  List<Placed<T>> elements() {
    return ELEMENTS.get(id).stream().map(element -> (Placed<T>) element).toList();
  }

  List<T> values() {
    return elements().stream().map(Placed::value).toList();
  }
}
