/** Strict JSON, read and written as a stream. */
@NullMarked
package dev.bertserve.server.protocol.json;

import org.jspecify.annotations.NullMarked;
