package dev.bertserve.server.cli;

import java.lang.reflect.Proxy;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a further order to stop does while the first is being followed: it ends the process. */
final class SecondSignal {

  private static final Logger LOG = LoggerFactory.getLogger(SecondSignal.class);

  /** Those that the JVM takes for an order to stop, and their numbers. */
  private static final Map<String, Integer> SIGNALS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

  private SecondSignal() {}

  /**
   * From now on a signal ends the process at once. By reflection, because the compiler's warning of
   * {@code sun.misc} cannot be suppressed; where there is none, further signals change nothing.
   */
  static void endsAtOnce() {
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
    LOG.error("stopped at once by a second signal, with work undone");
    Runtime.getRuntime().halt(ExitStatus.ofSignal(number));
    throw new IllegalStateException("halted (expected: not to come back)");
  }
}
