/** Limits on work in flight: gate, permits, response sizes and Retry-After. */
@NullMarked
package dev.bertserve.server.serving.admission;

import org.jspecify.annotations.NullMarked;
