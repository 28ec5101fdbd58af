package dev.bertserve.server.protocol.oip;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
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

  private static ClassTensor tensor(int classes, float... values) {
    OutputSpec spec = new OutputSpec("score", List.of(4));
    return new ClassTensor(
        new Prediction(values.length / 4, List.of(spec), List.of(Column.of(values))), 0, classes);
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
