package dev.bertserve.server.serving;

/** Finds the model that serves a request. Any thread; never blocks. */
public interface ModelSource {

  /** A lease on the current model; the caller closes it. Throws UNAVAILABLE while there is none. */
  ModelLease lease();
}
