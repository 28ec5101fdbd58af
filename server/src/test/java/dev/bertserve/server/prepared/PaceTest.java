package dev.bertserve.server.prepared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PaceTest {

  private final List<Long> rests = new ArrayList<>();
  private long nowNanos = 100;

  @Test
  void endPiece_afterWork_restsForAMultipleOfIt() throws IOException {
    Pace pace = new Pace(4, () -> nowNanos, this::rest);
    nowNanos += 10;
    pace.endPiece();
    nowNanos += 5;
    pace.endPiece();

    assertThat(rests).containsExactly(40L, 20L);
  }

  @Test
  void endPiece_interrupted_endsTheWritingAndStaysInterrupted() {
    Pace pace =
        new Pace(
            4,
            () -> nowNanos,
            nanos -> {
              throw new InterruptedException();
            });

    assertThatThrownBy(pace::endPiece).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  private void rest(long nanos) {
    rests.add(nanos);
    nowNanos += nanos;
  }
}
