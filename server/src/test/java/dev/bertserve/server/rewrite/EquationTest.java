package dev.bertserve.server.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.GraphNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.AttrValue;

final class EquationTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "abc,cde->abde | abc,cde->abde",
        "BTC,CD->BTD | abc,cd->abd",
        "aecd,abcd->acbe | abcd,aecd->aceb",
        "acbe,aecd->abcd | abcd,adbe->acbe",
        "xyz , zw -> xyw | abc,cd->abd"
      })
  void of_anyLetters_renamesThemInOrder(String given, String expected) {
    GraphNode einsum = new GraphNode("einsum", "Einsum");
    einsum
        .attributes()
        .put("equation", AttrValue.newBuilder().setS(ByteString.copyFromUtf8(given)).build());

    assertThat(Equation.of(einsum)).isEqualTo(expected);
  }
}
