/** The wiring: commands, threads, start and stop. */
@NullMarked
package dev.bertserve.server;

import org.jspecify.annotations.NullMarked;
