package dev.bertserve.server.protocol.oip;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.ValueType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClassTensorTest {

  @Test
  void values_negativeAndEqual_areRankedRowByRow() throws IOException {
    ClassTensor tensor = tensor(3, -1.5f, 2, -0.5f, 2, 0, 0, 0, -0f);

    assertThat(tensor.shape()).containsExactly(2, 3);
    assertThat(texts(tensor))
        .containsExactly("2.0:1", "2.0:3", "-0.5:2", "0.0:0", "0.0:1", "0.0:2");
  }

  @Test
  void classes_moreThanValues_areAllValues() throws IOException {
    assertThat(texts(tensor(9, 1, 4, 3, 2))).containsExactly("4.0:1", "3.0:2", "2.0:3", "1.0:0");
  }

  @Test
  void values_thatAFloatCannotHold_areRankedAndWrittenExactly() throws IOException {
    Column doubles = new Column.Doubles(new double[] {0.1, 0.100000000001, -1e300, 0.1});
    assertThat(texts(tensor(3, doubles, ValueType.DOUBLE)))
        .containsExactly("0.100000000001:1", "0.1:0", "0.1:3");

    Column longs = new Column.Longs(new long[] {7, 9_007_199_254_740_993L, -1, 7});
    assertThat(texts(tensor(4, longs, ValueType.INT64)))
        .containsExactly("9007199254740993:1", "7:0", "7:3", "-1:2");
  }

  @Test
  void classes_ofAModelWithLabels_haveThem() throws IOException {
    Prediction prediction =
        new Prediction(
            2,
            List.of(
                new OutputSpec("label", List.of(2), ValueType.STRING),
                new OutputSpec("score", List.of(2)),
                new OutputSpec("best", List.of(), ValueType.STRING)),
            List.of(
                new Column.Texts(new String[] {"bad", "gut \u00fc", "bad", "gut \u00fc"}),
                Column.of(1, 2, 4, 3),
                new Column.Texts(new String[] {"x", "y"})));

    assertThat(texts(new ClassTensor(prediction, 1, 1)))
        .containsExactly("2.0:1:gut \u00fc", "4.0:0:bad");
  }

  private static ClassTensor tensor(int classes, float... values) {
    return tensor(classes, Column.of(values), ValueType.FLOAT);
  }

  private static ClassTensor tensor(int classes, Column values, ValueType type) {
    OutputSpec spec = new OutputSpec("score", List.of(4), type);
    return new ClassTensor(
        new Prediction(values.size() / 4, List.of(spec), List.of(values)), 0, classes);
  }

  private static List<String> texts(ClassTensor tensor) throws IOException {
    List<String> texts = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < tensor.count(); i++) {
      ByteArrayOutputStream sink = new ByteArrayOutputStream();
      CodedOutputStream coded = CodedOutputStream.newInstance(sink);
      tensor.write(coded, i);
      coded.flush();
      bytes += sink.size();
      texts.add(sink.toString(StandardCharsets.UTF_8).substring(Integer.BYTES));
    }
    assertThat(tensor.bytes()).isEqualTo(bytes);
    return texts;
  }
}
