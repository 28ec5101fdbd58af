/** A graph in plain Java: nodes, tensors and weights. */
@NullMarked
package dev.bertserve.server.tensorflow.graph;

import org.jspecify.annotations.NullMarked;
