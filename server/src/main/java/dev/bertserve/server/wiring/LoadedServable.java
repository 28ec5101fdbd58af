package dev.bertserve.server.wiring;

import dev.bertserve.server.savedmodel.Pace;
import dev.bertserve.server.serving.Servable;
import java.util.function.Consumer;

/**
 * A loaded model, and what is left to do for the next start.
 *
 * @param keeping writes what was prepared to the cache
 */
record LoadedServable(Servable servable, Consumer<Pace> keeping) {}
