package dev.bertserve.server.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.batching.Simulation.Report;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Half an hour of mixed traffic: the assembler must win where docs/decisions/batching.md says so.
 */
final class SimulationTest {

  private static final long HALF_AN_HOUR_NANOS = 1_800_000_000_000L;
  private static final long SEED = 11;

  private final Traffic traffic = new Traffic(Traffic.Machine.CPU, 0.25, 0.45, 128, 8, 40);

  @ParameterizedTest
  @ValueSource(strings = {"fifo", "bucketed", "sorted"})
  void assembler_mixedTraffic_beatsThePolicy(String rival) {
    Report chosen = report("chosen");
    Report other = report(rival);

    assertThat(List.of(chosen, other))
        .as("%s%n%s%n%s", Report.HEADER, chosen.line(), other.line())
        .satisfies(
            reports -> {
              assertThat(chosen.rowsPerBusySecond()).isGreaterThan(other.rowsPerBusySecond());
              assertThat(chosen.waste()).isLessThan(other.waste());
              assertThat(chosen.onlineP50Millis()).isLessThan(other.onlineP50Millis());
              assertThat(chosen.onlineP99Millis()).isLessThan(other.onlineP99Millis());
            });
  }

  private Report report(String policy) {
    return Simulation.run(policy, traffic, Simulation.policy(policy), HALF_AN_HOUR_NANOS, SEED);
  }
}
