package dev.bertserve.server.protocol.oip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.ValueType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class InferWriterTest {

  private static final int ROWS = 5_000;
  private static final String TEXT = "clichés and more of them";

  /** Floats, longs of two bytes and texts, each of several pieces or a part of one. */
  private static InferResponse response() {
    float[] floats = new float[4 * ROWS];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = i + 0.5f;
    }
    String[] texts = new String[ROWS];
    Arrays.fill(texts, TEXT);
    List<OutputSpec> specs =
        List.of(
            new OutputSpec("floats", List.of(4)),
            new OutputSpec("wholes", List.of(), ValueType.INT16),
            new OutputSpec("texts", List.of(), ValueType.STRING));
    List<Column> values =
        List.of(
            Column.of(floats),
            new Column.Longs(LongStream.range(-10, ROWS - 10).toArray()),
            new Column.Texts(texts));
    InferRequest request =
        new InferRequest(
            Optional.empty(), new RowList("inputs", ROWS), List.of(), true, Optional.empty());
    return InferResponse.of(
        new ModelVersion("bert", 1), request, new Prediction(ROWS, specs, values));
  }

  @Test
  void binary_overSeveralPieces_isEachValueFromItsLowestByte() throws IOException {
    InferResponse response = response();
    InferWriter writer = new InferWriter(response);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int pieces = 1;
    int before = 0;
    while (writer.writeTo(body)) {
      assertThat(body.size() - before).isBetween(Payload.PIECE_BYTES, 2 * Payload.PIECE_BYTES);
      before = body.size();
      pieces++;
    }
    assertThat(pieces).isGreaterThan(3);
    ByteBuffer values =
        ByteBuffer.wrap(body.toByteArray())
            .order(ByteOrder.LITTLE_ENDIAN)
            .position(InferWriter.headBytes(response));
    for (int i = 0; i < 4 * ROWS; i++) {
      assertThat(values.getFloat()).isEqualTo(i + 0.5f);
    }
    for (int i = 0; i < ROWS; i++) {
      assertThat(values.getShort()).isEqualTo((short) (i - 10));
    }
    for (int i = 0; i < ROWS; i++) {
      byte[] text = new byte[values.getInt()];
      values.get(text);
      assertThat(new String(text, StandardCharsets.UTF_8)).isEqualTo(TEXT);
    }
    assertThat(values.hasRemaining()).isFalse();
  }
}
