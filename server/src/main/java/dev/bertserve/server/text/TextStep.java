package dev.bertserve.server.text;

import java.util.List;

/**
 * An op in a program.
 *
 * @param op what is done
 * @param operands to what: inputs by their number, then results of earlier steps
 */
public record TextStep(TextOp op, List<Integer> operands) {

  public TextStep {
    operands = List.copyOf(operands);
  }
}
