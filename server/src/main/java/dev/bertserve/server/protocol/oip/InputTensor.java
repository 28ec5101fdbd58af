package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.protocol.json.JsonToken;
import java.util.List;

/**
 * An input of a request.
 *
 * @param binaryBytes number of bytes behind the JSON; -1 if the values are in the JSON
 * @param kind what the values in the JSON are; END if there are none
 * @param values in row-major order, as JSON writes them
 */
record InputTensor(
    String name,
    String datatype,
    List<Long> shape,
    int binaryBytes,
    JsonToken kind,
    List<String> values) {

  InputTensor with(JsonToken binaryKind, List<String> binaryValues) {
    return new InputTensor(name, datatype, shape, binaryBytes, binaryKind, binaryValues);
  }
}
