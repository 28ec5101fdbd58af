package dev.bertserve.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.http.ByteBound;
import dev.bertserve.server.http.TakenBytes;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ArrivalTest {

  private static final int CALLS = 3;

  private final ByteBound small = new ByteBound(CALLS * Arrival.CALL_BYTES);
  private final ByteBound large = new ByteBound(100_000);
  private final AtomicInteger refused = new AtomicInteger();

  private Arrival arrival(ByteBound ofSmall, boolean smallOnly) {
    Arrival arrival = new Arrival(new ArrivalLimits(ofSmall, large), smallOnly);
    arrival.begin(refused::incrementAndGet);
    return arrival;
  }

  @Test
  void calls_beforeTheirMessages_areCounted() {
    Arrival first = arrival(small, false);
    for (int i = 1; i < CALLS; i++) {
      arrival(small, false);
    }
    assertThat(refused).hasValue(0);

    arrival(small, false);
    assertThat(refused).hasValue(1);

    first.streamClosed(Status.OK);
    arrival(small, false);
    assertThat(refused).hasValue(1);
  }

  @Test
  void smallMessages_haveALimitOfTheirOwn() {
    ByteBound many = new ByteBound(1_000_000);
    Arrival arrival = arrival(many, false);

    arrival.inboundWireSize(10_000);
    assertThat(TakenBytes.of(many)).isEqualTo(Arrival.CALL_BYTES + 10_000);
    assertThat(TakenBytes.of(large)).isZero();

    arrival.inboundWireSize(10_000);
    assertThat(TakenBytes.of(many)).isEqualTo(Arrival.CALL_BYTES + ArrivalLimits.SMALL_BYTES);
    assertThat(TakenBytes.of(large)).isEqualTo(20_000 - ArrivalLimits.SMALL_BYTES);

    arrival.inboundWireSize(200_000);
    assertThat(refused).hasValue(1);
    arrival.end();
    arrival.inboundWireSize(1_000);
    assertThat(TakenBytes.of(many)).isZero();
    assertThat(TakenBytes.of(large)).isZero();
    assertThat(refused).hasValue(1);
  }

  @Test
  void smallOnly_refusesALargeMessageButNotManySmallOnes() {
    Arrival arrival = arrival(new ByteBound(1_000_000), true);
    for (int i = 0; i < 10; i++) {
      arrival.inboundMessage(i);
      arrival.inboundWireSize(ArrivalLimits.SMALL_BYTES);
    }
    assertThat(refused).hasValue(0);

    arrival.inboundWireSize(1);
    assertThat(refused).hasValue(1);
  }
}
