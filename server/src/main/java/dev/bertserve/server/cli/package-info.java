/** The commands, and the only declaration of the settings. */
@NullMarked
package dev.bertserve.server.cli;

import org.jspecify.annotations.NullMarked;
