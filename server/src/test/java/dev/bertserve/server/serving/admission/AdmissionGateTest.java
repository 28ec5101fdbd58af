package dev.bertserve.server.serving.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class AdmissionGateTest {

  private final AdmissionGate gate = new AdmissionGate(4, 100, () -> 7_500_000_000L);

  @Test
  void enter_upToTheBound_countsRows() {
    gate.enter(1, 1);
    gate.enter(3, 1);

    assertThat(gate.rowsInFlight()).isEqualTo(4);
  }

  @Test
  void enter_oneRowTooMany_isOverloadedAndLetsNoneIn() {
    gate.enter(3, 1);

    ServingException refusal = catchThrowableOfType(ServingException.class, () -> gate.enter(2, 1));

    assertThat(refusal.kind()).isEqualTo(FailureKind.OVERLOADED);
    assertThat(refusal.retryAfterSeconds()).isEqualTo(8);
    assertThat(refusal)
        .hasMessage(
            "overloaded: 3 rows in flight (expected: at most 4 with the 2 of this request)");
    assertThat(gate.rowsInFlight()).isEqualTo(3);
  }

  @Test
  void requireRoom_fullOfRowsOrBytes_isOverloaded() {
    gate.requireRoom();
    Permit permit = gate.enter(4, 1);

    ServingException refusal = catchThrowableOfType(ServingException.class, gate::requireRoom);

    assertThat(refusal.kind()).isEqualTo(FailureKind.OVERLOADED);
    assertThat(refusal.retryAfterSeconds()).isEqualTo(8);
    assertThat(refusal).hasMessage("overloaded: 4 rows in flight (expected: fewer than 4)");

    permit.close();
    gate.requireRoom();
    gate.enter(1, 100);
    assertThatThrownBy(gate::requireRoom)
        .hasMessage(
            "overloaded: 100 bytes of text and answers in flight (expected: fewer than 100)");
  }

  @Test
  void enter_moreThanTheGateEverLetsIn_isTooLarge() {
    ServingException refusal = catchThrowableOfType(ServingException.class, () -> gate.enter(5, 1));

    assertThat(refusal.kind()).isEqualTo(FailureKind.TOO_LARGE);
    assertThat(refusal.retryAfterSeconds()).isZero();
    assertThat(refusal).hasMessage("instances: 5 rows (expected: at most 4 in one request)");
    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  void enter_afterLeave_isLetInAgain() {
    gate.enter(2, 1);
    Permit permit = gate.enter(2, 1);
    permit.close();
    permit.close();
    assertThat(gate.rowsInFlight()).isEqualTo(2);

    gate.enter(2, 1);

    assertThat(gate.rowsInFlight()).isEqualTo(4);
  }

  @Test
  void enter_fromManyThreads_neverPassesTheBound() throws Exception {
    long seed = System.nanoTime();
    AtomicInteger inside = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> most = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Random random = new Random(seed + i);
        most.add(threads.submit(() -> maxInside(random, inside)));
      }
      for (Future<Integer> one : most) {
        assertThat(one.get()).as("seed " + seed).isLessThanOrEqualTo(4);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  void enter_moreBytesThanTheBound_isOverloadedAndLetsNoneIn() {
    gate.enter(1, 60);

    ServingException refusal =
        catchThrowableOfType(ServingException.class, () -> gate.enter(1, 41));

    assertThat(refusal.kind()).isEqualTo(FailureKind.OVERLOADED);
    assertThat(gate.rowsInFlight()).isEqualTo(1);
    gate.enter(1, 40);
  }

  @Test
  void enter_moreBytesThanEver_isTooLargeAndSaysHowManyRowsFit() {
    ServingException refusal =
        catchThrowableOfType(ServingException.class, () -> gate.enter(4, 160));

    assertThat(refusal.kind()).isEqualTo(FailureKind.TOO_LARGE);
    assertThat(refusal)
        .hasMessage(
            "instances: 4 rows of 160 bytes of text and answers (expected: at most 100, about 2"
                + " such rows, in one request)");
    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  void gate_noRows_isRefused() {
    assertThatThrownBy(() -> new AdmissionGate(0, 1, () -> 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxRows: 0 (expected: >= 1)");
  }

  private int maxInside(Random random, AtomicInteger inside) {
    int most = 0;
    for (int i = 0; i < 20_000; i++) {
      int rows = 1 + random.nextInt(4);
      try (Permit permit = gate.enter(rows, 1)) {
        assertThat(permit).isNotNull();
        most = Math.max(most, inside.addAndGet(rows));
        inside.addAndGet(-rows);
      } catch (ServingException refused) {
        // Full; the next attempt may find room.
      }
    }
    return most;
  }
}
