package dev.bertserve.server.lifecycle;

import java.util.Locale;

/** The states of a {@link Lifecycle}, in the only order in which they follow each other. */
public enum State {
  /** Listening; no model yet. */
  STARTING,
  /** Answers predictions. */
  READY,
  /** The model could not be loaded, or broke; stays up to say so. */
  FAILED,
  /** Finishes what was accepted. */
  DRAINING,
  STOPPED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name as clients read it. */
  public String label() {
    return label;
  }
}
