package dev.bertserve.server.protocol.oip;

import java.util.List;

/**
 * An input of a request.
 *
 * @param binaryBytes number of bytes behind the JSON; -1 if the values are in the JSON
 * @param texts the values in row-major order; empty until read if they are behind the JSON
 */
record InputTensor(
    String name, String datatype, List<Long> shape, int binaryBytes, List<String> texts) {

  InputTensor with(List<String> values) {
    return new InputTensor(name, datatype, shape, binaryBytes, values);
  }
}
