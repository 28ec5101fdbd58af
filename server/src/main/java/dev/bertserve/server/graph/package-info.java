/** A graph in plain Java: nodes, tensors and weights. */
@NullMarked
package dev.bertserve.server.graph;

import org.jspecify.annotations.NullMarked;
