package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.protocol.rows.RowList;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the values behind the JSON of a request: each text as its number of bytes, in four bytes
 * from the lowest, and its bytes in UTF-8. One body, one thread.
 */
final class BinaryReader {

  private final ByteBuffer rest;
  private final int maxRows;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();

  /** The values start at {@code from}. */
  BinaryReader(byte[] body, int from, int maxRows) {
    this.rest = ByteBuffer.wrap(body, from, body.length - from).order(ByteOrder.LITTLE_ENDIAN);
    this.maxRows = maxRows;
  }

  /** The text of a whole body. */
  static String utf8(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw InferReader.invalid("body: malformed UTF-8 (expected: one text in UTF-8)");
    }
  }

  /** The inputs with all values. */
  List<InputTensor> fill(List<InputTensor> inputs) {
    List<InputTensor> whole = new ArrayList<>(inputs.size());
    for (InputTensor input : inputs) {
      whole.add(input.binaryBytes() < 0 ? input : input.with(texts(input)));
    }
    if (rest.hasRemaining()) {
      throw InferReader.invalid(
          "body: " + rest.remaining() + " bytes more than the inputs (expected: none)");
    }
    return whole;
  }

  private List<String> texts(InputTensor input) {
    if (input.binaryBytes() > rest.remaining()) {
      throw malformed(input, rest.remaining() + " bytes in the body");
    }
    RowList room = new RowList("inputs", maxRows);
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
    ByteBuffer bytes = rest.slice(rest.position(), length);
    rest.position(rest.position() + length);
    try {
      return utf8.decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw malformed(input, "malformed UTF-8");
    }
  }

  private static RuntimeException malformed(InputTensor input, String problem) {
    return InferReader.invalid(
        "input "
            + InferReader.shown(input.name())
            + ": "
            + problem
            + " (expected: "
            + input.binaryBytes()
            + " bytes of texts, each after its length)");
  }
}
