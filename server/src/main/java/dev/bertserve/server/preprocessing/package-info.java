/** The text half of a graph: how its ops make token ids of texts. */
@NullMarked
package dev.bertserve.server.preprocessing;

import org.jspecify.annotations.NullMarked;
