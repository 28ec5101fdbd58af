package dev.bertserve.server.protocol.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.ValueType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Long bodies are written in pieces, which join to the same text. */
final class RowsWriterTest {

  /** Bytes that the generator buffers beyond a full piece. */
  private static final int SLACK = 16 * 1024;

  @ParameterizedTest
  @EnumSource
  void write_manyScores_piecesMakeUpTheText(PredictionForm form) throws IOException {
    int rows = 50_000;
    Prediction prediction =
        new Prediction(rows, List.of(new OutputSpec("score", List.of(1))), List.of(counted(rows)));
    StringBuilder expected = new StringBuilder("{\"predictions\":[");
    for (int row = 0; row < rows; row++) {
      expected.append(row == 0 ? "" : ",");
      expected.append(
          switch (form) {
            case TENSOR -> "[" + row + ".5]";
            case SCALAR -> row + ".5";
            case OBJECT -> "{\"score\":[" + row + ".5]}";
          });
    }
    assertPieces(prediction, form, expected.append("]}").toString());
  }

  @Test
  void write_oneLongRow_isCutWithinTheRow() throws IOException {
    OutputSpec states = new OutputSpec("states", List.of(300, 100));
    Prediction prediction = new Prediction(1, List.of(states), List.of(counted(30_000)));
    StringBuilder expected = new StringBuilder("{\"predictions\":[[");
    for (int i = 0; i < 30_000; i++) {
      expected.append(i % 100 > 0 ? "," : i == 0 ? "[" : "],[").append(i).append(".5");
    }
    assertPieces(prediction, PredictionForm.TENSOR, expected.append("]]]}").toString());
  }

  @Test
  void write_manyOutputs_areCutWithinAndBetweenThem() throws IOException {
    int rows = 3_000;
    List<OutputSpec> outputs =
        List.of(
            new OutputSpec("a", List.of(2, 2)),
            new OutputSpec("label".repeat(20), List.of(), ValueType.INT64),
            new OutputSpec("none", List.of(2, 0)));
    Prediction prediction =
        new Prediction(rows, outputs, List.of(counted(4 * rows), wholes(rows), Column.of()));
    StringBuilder expected = new StringBuilder("{\"predictions\":[");
    for (int row = 0; row < rows; row++) {
      int at = 4 * row;
      expected.append(row == 0 ? "" : ",").append("{\"a\":[[").append(at).append(".5,");
      expected.append(at + 1).append(".5],[").append(at + 2).append(".5,").append(at + 3);
      expected.append(".5]],\"").append("label".repeat(20)).append("\":").append(row);
      expected.append(",\"none\":[[],[]]}");
    }
    assertPieces(prediction, PredictionForm.TENSOR, expected.append("]}").toString());
  }

  /** 0.5, 1.5, 2.5 and so on. */
  private static Column counted(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i + 0.5f;
    }
    return Column.of(values);
  }

  /** 0, 1, 2 and so on. */
  private static Column wholes(int count) {
    return new Column.Longs(LongStream.range(0, count).toArray());
  }

  private static void assertPieces(Prediction prediction, PredictionForm form, String expected)
      throws IOException {
    RowList rows = new RowList("instances", prediction.rows());
    for (int i = 0; i < prediction.rows(); i++) {
      rows.add(new String[] {"text"});
    }
    RowsWriter writer =
        new RowsWriter(prediction, rows, new RowsForm("predictions", form, NumberText.SHORTEST));
    List<Integer> sizes = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    boolean more = true;
    while (more) {
      ByteArrayOutputStream piece = new ByteArrayOutputStream();
      more = writer.writeTo(piece);
      sizes.add(piece.size());
      text.append(piece.toString(StandardCharsets.UTF_8));
    }
    assertThat(text).hasToString(expected);
    assertThat(sizes).hasSizeGreaterThan(2);
    assertThat(sizes.subList(0, sizes.size() - 1))
        .allSatisfy(
            size -> assertThat(size).isBetween(Payload.PIECE_BYTES, Payload.PIECE_BYTES + SLACK));
    assertThat(sizes.get(sizes.size() - 1)).isPositive();
  }
}
