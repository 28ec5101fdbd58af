/** Environment and flags to settings. */
@NullMarked
package dev.bertserve.server.config;

import org.jspecify.annotations.NullMarked;
