package dev.bertserve.server.graph;

/**
 * One tensor: an output of a node.
 *
 * @param node the node that produces it
 * @param argument name of the output in the op's definition; if empty, {@code index} counts all
 *     outputs of the node
 * @param index position within the argument
 */
public record NodeOutput(GraphNode node, String argument, int index) {

  @Override
  public String toString() {
    return node + ":" + argument + ":" + index;
  }
}
