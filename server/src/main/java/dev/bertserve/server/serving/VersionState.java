package dev.bertserve.server.serving;

/** States of a model version; the names are those of TensorFlow Serving's status. */
public enum VersionState {
  /** Is being loaded or warmed up. */
  LOADING,
  /** Serves requests. */
  AVAILABLE,
  /** Finishes its requests and closes. */
  UNLOADING,
  /** Was unloaded, or could not be loaded. */
  END
}
