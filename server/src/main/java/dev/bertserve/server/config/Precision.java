package dev.bertserve.server.config;

/** The number format of weights and arithmetic; its name in flags is in lower case. */
public enum Precision {
  FP32
}
