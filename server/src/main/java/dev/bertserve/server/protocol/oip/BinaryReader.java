package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.json.Utf8;
import dev.bertserve.server.protocol.rows.RowList;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reads the values behind the JSON of a request: numbers from their lowest byte, and each text as
 * its number of bytes, in four bytes, and its bytes in UTF-8. One body, one thread.
 */
final class BinaryReader {

  private final ByteBuffer rest;
  private final int maxValues;

  BinaryReader(ByteBuffer bytes, int maxValues) {
    this.rest = bytes.order(ByteOrder.LITTLE_ENDIAN);
    this.maxValues = maxValues;
  }

  /** The inputs with all values. */
  List<InputTensor> fill(List<InputTensor> inputs) {
    List<InputTensor> whole = new ArrayList<>(inputs.size());
    for (InputTensor input : inputs) {
      whole.add(input.binaryBytes() < 0 ? input : values(input));
    }
    if (rest.hasRemaining()) {
      throw InferReader.invalid(
          "body: " + rest.remaining() + " bytes more than the inputs (expected: none)");
    }
    return whole;
  }

  private InputTensor values(InputTensor input) {
    if (input.kind() != JsonToken.END) {
      throw InferReader.wrong(input, "data and binary_data_size", "one of them");
    }
    if (input.binaryBytes() > rest.remaining()) {
      throw malformed(input, rest.remaining() + " bytes in the body");
    }
    return switch (input.datatype()) {
      case Datatype.BYTES -> input.with(JsonToken.STRING, texts(input));
      case "BOOL" -> numbers(input, 1, () -> rest.get() == 0 ? "false" : "true");
      case "INT8" -> numbers(input, 1, () -> Byte.toString(rest.get()));
      case "UINT8" -> numbers(input, 1, () -> Integer.toString(rest.get() & 0xFF));
      case "INT16" -> numbers(input, Short.BYTES, () -> Short.toString(rest.getShort()));
      case "UINT16" ->
          numbers(input, Short.BYTES, () -> Integer.toString(rest.getShort() & 0xFFFF));
      case "INT32" -> numbers(input, Integer.BYTES, () -> Integer.toString(rest.getInt()));
      case "UINT32" -> numbers(input, Integer.BYTES, () -> Integer.toUnsignedString(rest.getInt()));
      case "INT64" -> numbers(input, Long.BYTES, () -> Long.toString(rest.getLong()));
      case "UINT64" -> numbers(input, Long.BYTES, () -> Long.toUnsignedString(rest.getLong()));
      case "FP32" -> numbers(input, Float.BYTES, () -> Float.toString(rest.getFloat()));
      case "FP64" -> numbers(input, Double.BYTES, () -> Double.toString(rest.getDouble()));
      default ->
          throw InferReader.wrong(
              input, "datatype " + Shown.of(input.datatype()), "that of the model");
    };
  }

  private InputTensor numbers(InputTensor input, int width, Supplier<String> next) {
    if (input.binaryBytes() % width != 0) {
      throw malformed(input, "not a multiple of " + width);
    }
    RowList room = new RowList("inputs", maxValues);
    List<String> values = new ArrayList<>();
    int end = rest.position() + input.binaryBytes();
    while (rest.position() < end) {
      room.add(null);
      values.add(next.get());
    }
    boolean isFlag = input.datatype().equals("BOOL");
    return input.with(isFlag ? JsonToken.BOOLEAN : JsonToken.NUMBER, values);
  }

  private List<String> texts(InputTensor input) {
    RowList room = new RowList("inputs", maxValues);
    List<String> texts = new ArrayList<>();
    int end = rest.position() + input.binaryBytes();
    while (rest.position() < end) {
      room.add(null);
      texts.add(text(input, end));
    }
    return texts;
  }

  private String text(InputTensor input, int end) {
    int left = end - rest.position() - Integer.BYTES;
    if (left < 0) {
      throw malformed(input, "a length is cut off");
    }
    int length = rest.getInt();
    if (length < 0 || length > left) {
      throw malformed(input, "a text of " + Integer.toUnsignedString(length) + " bytes");
    }
    byte[] bytes = new byte[length];
    rest.get(bytes);
    String text = Utf8.decode(bytes);
    if (text == null) {
      throw InferReader.malformedText(input);
    }
    return text;
  }

  private static RuntimeException malformed(InputTensor input, String problem) {
    return InferReader.wrong(input, problem, input.binaryBytes() + " bytes of whole values");
  }
}
