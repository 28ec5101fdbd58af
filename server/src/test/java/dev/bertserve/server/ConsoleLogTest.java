package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.FilterReply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConsoleLogTest {

  private final LoggerContext context = new LoggerContext();
  private final Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

  @Test
  void configure_programOfItsOwn_leavesItsLogAlone() {
    assertThat(configure("")).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
    assertThat(root.iteratorForAppenders()).isExhausted();
  }

  @Test
  void configure_warning_goesToStandardOutputAlone() {
    assertThat(configure(ConsoleLog.OUT)).isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
    assertThat(line("System.out", Level.WARN, "queue is full", null))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\S+ WARN  ConsoleLogTest queue is full\n");
    assertThat(line("System.err", Level.WARN, "queue is full", null)).isEmpty();
  }

  @Test
  void configure_commandThatPrints_leavesStandardOutputAlone() {
    configure(ConsoleLog.ERR);
    assertThat(root.getAppender("System.out")).isNull();
    assertThat(line("System.err", Level.INFO, "runners", null)).endsWith(" runners\n");
    assertThat(line("System.err", Level.ERROR, "broken", null)).endsWith(" broken\n");
  }

  @Test
  void configure_errorWithTrace_isOneLineOfStandardError() {
    configure(ConsoleLog.OUT);
    String line =
        line("System.err", Level.ERROR, "first\n second", new IllegalStateException("broken"));
    assertThat(line)
        .contains("first | second | java.lang.IllegalStateException: broken | at ")
        .endsWith("\n")
        .containsOnlyOnce("\n");
    assertThat(line("System.out", Level.ERROR, "first", null)).isEmpty();
  }

  @Test
  void configure_debugging_isNotLogged() {
    configure(ConsoleLog.OUT);
    assertThat(root.isDebugEnabled()).isFalse();
    assertThat(root.isInfoEnabled()).isTrue();
  }

  @Test
  void logStream_command_isTheFirstWordThatIsNoOption() {
    assertThat(Main.logStream(List.of("--verbose", "serve", "m"))).isEqualTo(ConsoleLog.OUT);
    assertThat(Main.logStream(List.of("predict", "serve", "f.txt"))).isEqualTo(ConsoleLog.ERR);
    assertThat(Main.logStream(List.of())).isEqualTo(ConsoleLog.ERR);
  }

  private ExecutionStatus configure(String stream) {
    var log = new ConsoleLog(stream);
    log.setContext(context);
    return log.configure(context);
  }

  /** What the appender of {@code stream} writes; empty if it filters the record out. */
  private String line(String stream, Level level, String message, @Nullable Throwable cause) {
    Logger logger = context.getLogger(ConsoleLogTest.class);
    var event =
        new LoggingEvent(ConsoleLogTest.class.getName(), logger, level, message, cause, null);
    var appender = (ConsoleAppender<ILoggingEvent>) root.getAppender(stream);
    assertThat(appender.getTarget()).isEqualTo(stream);
    return appender.getFilterChainDecision(event) == FilterReply.DENY
        ? ""
        : new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
  }
}
