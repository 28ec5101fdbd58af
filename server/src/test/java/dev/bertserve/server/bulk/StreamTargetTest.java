package dev.bertserve.server.bulk;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

final class StreamTargetTest {

  private static final PrintStream CLOSED =
      new PrintStream(
          new OutputStream() {
            @Override
            public void write(int value) throws IOException {
              throw new IOException("Broken pipe");
            }
          });

  private final StreamTarget target = new StreamTarget(CLOSED, System.err);

  @Test
  void write_toAStreamThatNobodyReads_fails() {
    assertThatThrownBy(() -> target.write(new byte[1], new byte[0], 1, 0, 0))
        .isInstanceOf(IOException.class)
        .hasMessage("standard output: closed, or its disk is full (expected: to be written)");
  }

  @Test
  void resume_headerThatCannotBeWritten_fails() {
    assertThatThrownBy(() -> target.resume(new byte[1])).isInstanceOf(IOException.class);
  }
}
