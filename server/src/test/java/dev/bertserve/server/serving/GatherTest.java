package dev.bertserve.server.serving;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.serving.admission.Permit;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

final class GatherTest {

  private static final List<OutputSpec> OUTPUTS =
      List.of(new OutputSpec("score", List.of(1)), new OutputSpec("state", List.of(2)));

  private int left;
  private final Gather gather =
      new Gather(
          3,
          NamedSignature.only("serving_default", ModelSignature.ofTexts(List.of("text"), OUTPUTS)),
          () -> false,
          100,
          new Permit(() -> left++));

  @Test
  void complete_rowsOutOfOrder_putsEachInItsPlace() {
    List<Column> batch = List.of(Column.of(10, 11, 12), Column.of(1, 2, 3, 4, 5, 6));

    gather.complete(2, batch, 0);
    gather.complete(0, batch, 1);
    assertThat(gather.result()).isNotDone();
    gather.complete(1, batch, 2);

    Prediction prediction = gather.result().join();
    assertThat(prediction.rows()).isEqualTo(3);
    assertThat(prediction.outputs()).isEqualTo(OUTPUTS);
    assertThat(floats(prediction, 0)).containsExactly(11, 12, 10);
    assertThat(floats(prediction, 1)).containsExactly(3, 4, 5, 6, 1, 2);
  }

  @Test
  void close_ofThePrediction_leavesTheGateOnce() {
    for (int i = 0; i < 3; i++) {
      gather.complete(i, List.of(Column.of(1), Column.of(1, 2)), 0);
    }
    Prediction prediction = gather.result().join();
    assertThat(left).isZero();

    prediction.close();
    prediction.close();

    assertThat(left).isEqualTo(1);
  }

  @Test
  void fail_rowThatIsAnswered_changesNothing() {
    List<Column> batch = List.of(Column.of(7), Column.of(8, 9));
    gather.complete(0, batch, 0);
    gather.fail(0, new IllegalStateException("late"));
    gather.drop(0);
    assertThat(gather.result()).isNotDone();
    gather.complete(1, batch, 0);
    gather.complete(1, batch, 0);
    assertThat(gather.result()).isNotDone();
    gather.complete(2, batch, 0);

    assertThat(floats(gather.result().join(), 0)).containsExactly(7, 7, 7);
  }

  @Test
  void complete_arrayTooShort_settlesNothingAndMayStillFail() {
    List<Column> tooShort = List.of(Column.of(7), Column.of(8));

    assertThatThrownBy(() -> gather.complete(0, tooShort, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(gather.result()).isNotDone();
    gather.failMissing(new IllegalStateException("broken"));

    assertThat(gather.result()).isCompletedExceptionally();
    assertThat(left).isEqualTo(1);
  }

  @Test
  void fail_oneRow_failsTheRequestAtOnceAndSettlesWithTheLast() {
    ServingException failure = new ServingException(FailureKind.INTERNAL, "broken");
    List<Column> batch = List.of(Column.of(1), Column.of(1, 2));

    gather.fail(0, failure);
    assertThat(gather.result()).isCompletedExceptionally();
    gather.complete(1, batch, 0);
    assertThat(left).isZero();
    gather.fail(2, new ServingException(FailureKind.INTERNAL, "broken again"));

    assertThatThrownBy(() -> gather.result().join())
        .isInstanceOf(CompletionException.class)
        .hasCause(failure);
    assertThat(left).isEqualTo(1);
  }

  @Test
  void completeIfFinite_notFinite_isInternalAndNamesTheRow() {
    List<Column> batch = List.of(Column.of(1), Column.of(1, 2));

    gather.completeIfFinite(0, List.of(Column.of(Float.NaN), Column.of(1, 2)), 1, 0);
    gather.complete(1, batch, 0);
    gather.complete(2, batch, 0);

    assertThatThrownBy(() -> gather.result().join())
        .cause()
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.NOT_FINITE))
        .hasMessage("instances[0]: the model answered NaN (expected: a finite number)");
  }

  @Test
  void completeIfFinite_otherColumnNotFinite_returnsTheSignaturesOutputs() {
    ModelSignature second = ModelSignature.ofTexts(List.of("text"), OUTPUTS.subList(1, 2));
    Gather ofSecond =
        new Gather(
            1, new NamedSignature("second", second, List.of(1)), () -> false, 100, Permit.none());

    ofSecond.completeIfFinite(0, List.of(Column.of(Float.NaN), Column.of(1, 2)), 1, 0);

    assertThat(ofSecond.result().join().values()).containsExactly(Column.of(1, 2));
  }

  @Test
  void expire_atTheDeadline_failsOnceAndLeavesRowsUnwanted() {
    gather.expire(99);
    assertThat(gather.result()).isNotDone();
    assertThat(gather.unwanted(99)).isFalse();
    gather.expire(100);

    assertThatThrownBy(() -> gather.result().join())
        .cause()
        .isInstanceOfSatisfying(
            ServingException.class,
            e -> assertThat(e.kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED));
    assertThat(gather.unwanted(99)).isTrue();
    assertThat(left).isZero();
  }

  @Test
  void drop_allRows_completesTheRequest() {
    for (int i = 0; i < 3; i++) {
      assertThat(left).isZero();
      gather.drop(i);
    }

    assertThat(gather.result()).isCompletedExceptionally();
    assertThat(left).isEqualTo(1);
  }
}
