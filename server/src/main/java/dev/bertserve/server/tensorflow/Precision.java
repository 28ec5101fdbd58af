package dev.bertserve.server.tensorflow;

import java.util.Locale;

/** The number format of weights and of the arithmetic on token tensors. */
public enum Precision {
  /** The fastest that this machine has units for and that keeps the answers. */
  AUTO,
  FP32,
  BF16;

  /** The name in flags and logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
