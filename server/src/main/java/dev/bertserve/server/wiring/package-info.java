/** Connects the parts of a server: listeners, registry of models, loading, start and stop. */
@NullMarked
package dev.bertserve.server.wiring;

import org.jspecify.annotations.NullMarked;
