/** The commands, and the one declaration of the settings. */
@NullMarked
package dev.bertserve.server.cli;

import org.jspecify.annotations.NullMarked;
