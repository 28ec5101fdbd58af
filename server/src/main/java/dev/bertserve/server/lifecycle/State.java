package dev.bertserve.server.lifecycle;

import java.util.Locale;

/** States of a {@link Lifecycle}, in order. */
public enum State {
  /** Listening, without a model. */
  STARTING,
  /** Serves predictions. */
  READY,
  /** The model could not be loaded, or a serving thread failed; health reports the reason. */
  FAILED,
  /** Finishes accepted requests. */
  DRAINING,
  STOPPED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name in responses. */
  public String label() {
    return label;
  }
}
