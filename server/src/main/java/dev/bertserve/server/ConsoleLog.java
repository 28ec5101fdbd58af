package dev.bertserve.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.LevelFilter;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.spi.FilterReply;

/**
 * The log of the process: up to WARN to standard output, ERROR to standard error, which Vertex AI
 * shows as errors. All of it goes to standard error if standard output has what a command prints.
 * One line a record.
 *
 * <p>Logback finds it as a service. It does nothing unless {@link #PROPERTY} is set, because
 * programs that use the library log as they like. It takes the place of a configuration file,
 * because reading Logback's XML takes a fifth of a start.
 */
public final class ConsoleLog extends ContextAwareBase implements Configurator {

  static final String OUT = "System.out";
  static final String ERR = "System.err";

  /** The system property that turns it on: where records up to WARN go. */
  static final String PROPERTY = "bertserve.console-log";

  private static final String LINE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5level %logger{0} "
          + "%replace(%replace(%msg%n%ex){'\\s+$', ''}){'[\\r\\n]+\\s*', ' | '}%nopex%n";

  private final String stream;

  /** Logback's way to make it. */
  public ConsoleLog() {
    this(System.getProperty(PROPERTY, ""));
  }

  /**
   * @param stream as of the property; empty if it is off
   */
  ConsoleLog(String stream) {
    this.stream = stream;
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (stream.isEmpty()) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    var upToWarn = new LevelFilter();
    upToWarn.setLevel(Level.ERROR);
    upToWarn.setOnMatch(FilterReply.DENY);
    upToWarn.setOnMismatch(FilterReply.NEUTRAL);
    var errors = new ThresholdFilter();
    errors.setLevel(Level.ERROR.levelStr);
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    if (stream.equals(ERR)) {
      errors.setLevel(Level.INFO.levelStr);
    } else {
      root.addAppender(appender(OUT, upToWarn));
    }
    root.addAppender(appender(ERR, errors));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private ConsoleAppender<ILoggingEvent> appender(String target, Filter<ILoggingEvent> filter) {
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(getContext());
    encoder.setPattern(LINE);
    encoder.start();
    filter.start();
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(getContext());
    appender.setName(target);
    appender.setTarget(target);
    appender.addFilter(filter);
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }
}
