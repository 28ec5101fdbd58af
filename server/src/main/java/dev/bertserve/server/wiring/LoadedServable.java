package dev.bertserve.server.wiring;

import dev.bertserve.server.prepared.Pace;
import dev.bertserve.server.serving.Servable;
import java.util.function.Consumer;

/**
 * A loaded model, and the work that remains for the next start.
 *
 * @param cacheWrite writes the prepared model to the cache
 */
record LoadedServable(Servable servable, Consumer<Pace> cacheWrite) {}
