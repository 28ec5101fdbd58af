package dev.bertserve.server.cli;

import java.lang.reflect.Proxy;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a second signal halt the process while it is stopping. */
final class SecondSignal {

  private static final Logger LOG = LoggerFactory.getLogger(SecondSignal.class);

  /** Signals on which the JVM stops, with their numbers. */
  private static final Map<String, Integer> SIGNALS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

  private SecondSignal() {}

  /**
   * From now on, a signal halts the process. Uses reflection because the compiler's warning about
   * {@code sun.misc} cannot be suppressed. Where that package is missing, further signals are
   * ignored.
   */
  static void haltOnNextSignal() {
    try {
      Class<?> type = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      for (Map.Entry<String, Integer> one : SIGNALS.entrySet()) {
        Object signal = type.getConstructor(String.class).newInstance(one.getKey());
        Object handler =
            Proxy.newProxyInstance(
                SecondSignal.class.getClassLoader(),
                new Class<?>[] {handlerType},
                (proxy, method, arguments) -> end(one.getValue()));
        type.getMethod("handle", type, handlerType).invoke(null, signal, handler);
      }
    } catch (ReflectiveOperationException e) {
      LOG.debug("a second signal will be ignored", e);
    }
  }

  private static Object end(int number) {
    LOG.error("halted by a second signal before all work was finished");
    Runtime.getRuntime().halt(ExitStatus.ofSignal(number));
    throw new IllegalStateException("halt: returned (expected: not to return)");
  }
}
