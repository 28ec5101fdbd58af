/** Environment and flags to settings. */
@NullMarked
package dev.bertserve.server.cli;

import org.jspecify.annotations.NullMarked;
