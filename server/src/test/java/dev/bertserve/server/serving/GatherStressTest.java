package dev.bertserve.server.serving;

import static dev.bertserve.server.fixture.Columns.floats;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.server.fixture.PuppetEngine;
import dev.bertserve.server.fixture.Stress;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.serving.admission.Permit;
import dev.bertserve.server.text.TextProgram;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Threads race on a request and its rows: the request completes once with all outputs, or fails.
 */
@Timeout(60)
final class GatherStressTest {

  private static final RowEncoding ENCODING =
      new TokenEncoding(TextProgram.unchanged(1), LetterTokenizer.create());
  private static final EncodedRow A = ENCODING.encode("a");
  private static final List<Column> ANSWERS = List.of(Column.of(7, 8));
  private static final RowCache CACHE =
      new RowCache(0, new InferenceMetrics(new MetricsPage(), "bert", () -> 0, () -> 0));

  @Test
  void complete_lastTwoRowsAtOnce_completesWithBoth() throws Exception {
    Stress.run(
        () ->
            new GatherRace(2) {
              @Override
              public List<Callable<?>> actors() {
                return List.of(() -> answer(0), () -> answer(1));
              }
            },
        Map.of("[7.0, 8.0] settled 1", "whoever comes last sees the other's value, and completes"));
  }

  @Test
  void fail_racesWithTheOtherRowsAnswer_fails() throws Exception {
    Stress.run(
        () ->
            new GatherRace(2) {
              @Override
              public List<Callable<?>> actors() {
                return List.of(() -> answer(0), () -> fail());
              }
            },
        Map.of("broken settled 1", "one failed row fails the request, whichever row comes last"));
  }

  @Test
  void expire_racesWithTheLastAnswer_isOneOfBoth() throws Exception {
    Stress.run(
        () ->
            new GatherRace(1) {
              @Override
              public List<Callable<?>> actors() {
                return List.of(() -> answer(0), () -> expire());
              }
            },
        Map.of(
            "[7.0] settled 1", "the answer came first",
            "deadline: passed before the answer was there settled 1",
                "the deadline came first; the row is still counted"));
  }

  @Test
  void row_isFailedWhileItIsAnswered_isOneOfBoth() throws Exception {
    Stress.run(
        () ->
            new GatherRace(1) {
              private final Row row = row();

              @Override
              public List<Callable<?>> actors() {
                return List.of(() -> answer(row), () -> fail(row));
              }
            },
        Map.of(
            "[7.0] settled 1", "the answer came first; the watch is too late",
            "broken settled 1", "the watch gave it up first; the answer is dropped"));
  }

  @Test
  void row_isJoinedWhileItIsAnswered_answersBothOrLetsTheOtherGo() throws Exception {
    Stress.run(
        () ->
            new GatherRace(1) {
              private final Row row = row();
              private final GatherRace other = new Bystander();
              private boolean joined;

              @Override
              public List<Callable<?>> actors() {
                return List.of(
                    () -> answer(row), () -> joined = row.join(new Row.Waiter(other.gather, 0)));
              }

              @Override
              public String outcome() {
                return super.outcome() + (joined ? ", joined " + other.outcome() : ", alone");
              }
            },
        Map.of(
            "[7.0] settled 1, joined [7.0] settled 1", "it joined in time, and has the answer too",
            "[7.0] settled 1, alone", "it came too late, and makes a row of its own"));
  }

  @Test
  void row_isJoinedWhileItIsClosed_staysWantedOrLetsTheOtherGo() throws Exception {
    Stress.run(
        () ->
            new GatherRace(1) {
              private final Row row = row();
              private final GatherRace other = new Bystander();
              private boolean joined;
              private boolean closed;

              @Override
              public List<Callable<?>> actors() {
                gone = true;
                return List.of(
                    () -> closed = row.closeIfUnwanted(0),
                    () -> joined = row.join(new Row.Waiter(other.gather, 0)));
              }

              @Override
              public String outcome() {
                return (closed ? "closed" : "wanted") + (joined ? ", joined" : ", alone");
              }
            },
        Map.of(
            "wanted, joined", "the new caller keeps the row of the one that left",
            "closed, alone", "it was closed first; the new caller makes a row of its own"));
  }

  private static ServingException broken() {
    return new ServingException(FailureKind.INTERNAL, "broken");
  }

  /** A request and its outcome. */
  private abstract static class GatherRace implements Stress.Race {
    final AtomicInteger settled = new AtomicInteger();
    final Gather gather;
    volatile boolean gone;

    GatherRace(int rows) {
      gather =
          new Gather(
              rows,
              PuppetEngine.SIGNATURE,
              () -> gone,
              100,
              new Permit(() -> settled.incrementAndGet()));
    }

    Row row() {
      return new Row(A, new Row.Waiter(gather, 0), 0, CACHE);
    }

    Object answer(int index) {
      gather.complete(index, ANSWERS, index);
      return gather;
    }

    Object fail() {
      gather.fail(1, broken());
      return gather;
    }

    Object expire() {
      gather.expire(100);
      return gather;
    }

    Object answer(Row row) {
      row.complete(ANSWERS, 2, 0);
      return row;
    }

    Object fail(Row row) {
      row.fail(broken());
      return row;
    }

    @Override
    public String outcome() {
      if (!gather.result().isDone()) {
        return "open settled " + settled;
      }
      String result;
      try (Prediction prediction = gather.result().join()) {
        result = Arrays.toString(floats(prediction, 0)) + (settled.get() > 0 ? " early" : "");
      } catch (CompletionException e) {
        result = e.getCause().getMessage();
      }
      return result + " settled " + settled;
    }
  }

  /** A request that no actor uses directly. */
  private static final class Bystander extends GatherRace {
    Bystander() {
      super(1);
    }

    @Override
    public List<Callable<?>> actors() {
      return List.of();
    }
  }
}
