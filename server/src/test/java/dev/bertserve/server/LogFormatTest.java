package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line per record: errors go to standard error, other records to standard output. */
final class LogFormatTest {

  private static final Logger LOG = LoggerFactory.getLogger(LogFormatTest.class);

  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void catchOutput() {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void giveBack() {
    System.setOut(realOut);
    System.setErr(realErr);
  }

  @Test
  void info_oneLine_goesToStandardOutput() {
    LOG.info("ready");

    assertThat(out.toString(StandardCharsets.UTF_8)).endsWith(" INFO  LogFormatTest ready\n");
    assertThat(err.size()).isZero();
  }

  @Test
  void error_withStackTrace_isOneLineOnStandardError() {
    LOG.error("it broke", new IllegalStateException("two\n  lines"));

    assertThat(err.toString(StandardCharsets.UTF_8))
        .containsOnlyOnce("\n")
        .contains(
            " ERROR LogFormatTest it broke | java.lang.IllegalStateException: two | lines | at ");
    assertThat(out.size()).isZero();
  }
}
