package dev.bertserve.server.serving;

/** Where an endpoint finds the model that serves a request. Any thread; never blocks. */
public interface ModelSource {

  /** The model that serves now; close the lease. Throws UNAVAILABLE while there is none. */
  ModelLease lease();
}
