package dev.bertserve.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Meters of HTTP requests, by route and status. Any thread. */
public final class HttpMetrics {

  private static final int STATUS_BOUND = 600;

  private final MeterRegistry registry;
  private final ConcurrentMap<String, RouteMeters> routes = new ConcurrentHashMap<>();

  public HttpMetrics(MetricsPage page) {
    this.registry = page.registry();
  }

  /**
   * Records one finished request.
   *
   * @param route name of its route; there are few
   * @param status HTTP status, from 0 to 599
   * @param nanos from its first header to the last byte of its response
   */
  public void recordRequest(String route, int status, long nanos) {
    RouteMeters meters = routes.get(route);
    if (meters == null) {
      meters = routes.computeIfAbsent(route, name -> new RouteMeters(registry, name));
    }
    meters.timer.record(nanos, TimeUnit.NANOSECONDS);
    meters.count(status);
  }

  /** The meters of one route: one timer, and a counter for each status. */
  private static final class RouteMeters {
    final Timer timer;
    private final MeterRegistry registry;
    private final String route;
    private final AtomicReferenceArray<@Nullable Counter> counters =
        new AtomicReferenceArray<>(STATUS_BOUND);

    RouteMeters(MeterRegistry registry, String route) {
      this.registry = registry;
      this.route = route;
      this.timer =
          Timer.builder("bertserve.http.request")
              .description("Time from a request's head to the end of its response")
              .tag("route", route)
              .serviceLevelObjectives(Buckets.latency())
              .register(registry);
    }

    void count(int status) {
      Counter counter = counters.get(status);
      if (counter == null) {
        counter =
            Counter.builder("bertserve.http.requests")
                .description("Finished requests")
                .tag("route", route)
                .tag("status", Integer.toString(status))
                .register(registry);
        counters.set(status, counter);
      }
      counter.increment();
    }
  }
}
