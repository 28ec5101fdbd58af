package dev.bertserve.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class OpenCallTest {

  private static final long LIMIT = 10;

  private final AtomicInteger tooSlow = new AtomicInteger();
  private final OpenCall call = new OpenCall(0, ended -> {});
  private final Context context = call.filterContext(Context.ROOT);

  @Test
  void expire_arrivingTooSlowly_isTold() {
    call.begin(tooSlow::incrementAndGet);

    call.expire(LIMIT - 1, LIMIT);
    assertThat(tooSlow).hasValue(0);

    call.expire(LIMIT, LIMIT);
    assertThat(tooSlow).hasValue(1);
    assertThat(context.isCancelled()).isFalse();
  }

  @Test
  void expire_notStarted_isCancelled() {
    call.expire(LIMIT, LIMIT);

    assertThat(context.cancellationCause()).isInstanceOf(TimeoutException.class);
  }

  @Test
  void expire_arrived_goesOn() {
    call.begin(tooSlow::incrementAndGet);
    call.arrived();

    call.expire(Long.MAX_VALUE, LIMIT);

    assertThat(tooSlow).hasValue(0);
    assertThat(context.isCancelled()).isFalse();
  }

  @Test
  void expire_answeredBeforeItArrived_isCancelledAfterTheLimit() {
    call.answered(0);
    call.arrived();

    call.expire(LIMIT, LIMIT);

    assertThat(context.isCancelled()).isTrue();
  }

  @Test
  void expire_answered_isCancelledAfterTheLimit() {
    call.begin(tooSlow::incrementAndGet);
    call.arrived();
    call.answered(LIMIT);

    call.expire(2 * LIMIT - 1, LIMIT);
    assertThat(context.isCancelled()).isFalse();

    call.expire(2 * LIMIT, LIMIT);
    assertThat(context.cancellationCause()).isInstanceOf(TimeoutException.class);
    assertThat(tooSlow).hasValue(0);
  }
}
