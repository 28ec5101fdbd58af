package dev.bertserve.server.prepared;

import dev.bertserve.server.graph.FlatGraph;
import java.util.Optional;

/**
 * A graph with the products of its layers in 8 bits.
 *
 * @param graph what the rewriter has made of the exported graph
 * @param trial empty if it was made where it does not run
 */
public record Quantised(FlatGraph graph, Optional<Int8Trial> trial) {}
