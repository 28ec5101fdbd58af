package dev.bertserve.server.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

final class SignatureChoiceTest {

  private static final SignatureDef TEXT = taking(DataType.DT_STRING);
  private static final SignatureDef IDS = taking(DataType.DT_INT32);

  @Test
  void of_default_isTaken() {
    assertThat(chosen(Map.of("a", TEXT, "serving_default", IDS))).isEqualTo("serving_default");
  }

  @Test
  void of_onlyOneThatTakesText_isTaken() {
    SignatureDef examples = TEXT.toBuilder().setMethodName("tensorflow/serving/classify").build();
    SignatureDef pixels = taking(DataType.DT_FLOAT);
    assertThat(
            chosen(
                Map.of(
                    "score", TEXT,
                    "ids", IDS,
                    "examples", examples,
                    "pixels", pixels,
                    "__saved_model_init_op", TEXT)))
        .isEqualTo("score");
  }

  @Test
  void of_idsAlone_isTaken() {
    assertThat(chosen(Map.of("encode", IDS, "pixels", taking(DataType.DT_FLOAT))))
        .isEqualTo("encode");
  }

  @Test
  void of_severalWithoutDefault_listsThem() {
    assertThatThrownBy(() -> chosen(Map.of("a", TEXT, "b", TEXT, "c", IDS)))
        .hasMessage("model: signatures [a, b, c] (expected: --signature with one of [a, b])");
  }

  @Test
  void of_name_isTakenOrRefused() {
    Map<String, SignatureDef> signatures = Map.of("a", TEXT, "serving_default", TEXT);
    assertThat(SignatureChoice.of(Path.of("model"), signatures, Optional.of("a")).name())
        .isEqualTo("a");
    assertThatThrownBy(() -> SignatureChoice.of(Path.of("model"), signatures, Optional.of("c")))
        .hasMessage(
            "model: signatures [a, serving_default] (expected: one of them as --signature)");
  }

  @Test
  void orOnlyText_defaultThatTakesNoText_isTheOnlyTextSignature() {
    assertThat(orOnlyText(Map.of("a", TEXT, "serving_default", IDS))).isEqualTo("a");
    assertThat(orOnlyText(Map.of("a", TEXT, "serving_default", TEXT))).isEqualTo("serving_default");
    assertThat(orOnlyText(Map.of("a", TEXT, "b", TEXT, "serving_default", IDS)))
        .isEqualTo("serving_default");
    assertThat(orOnlyText(Map.of("__saved_model_init_op", TEXT, "serving_default", IDS)))
        .isEqualTo("serving_default");
  }

  @Test
  void inputsOf_oneOfAnotherName_isTheOneLeft() {
    SignatureChoice usual = pair("a", "b");
    assertThat(usual.inputsOf(pair("b", "a").definition())).hasValue(Map.of("a", "a", "b", "b"));
    assertThat(usual.inputsOf(pair("a", "c").definition())).hasValue(Map.of("a", "a", "c", "b"));
  }

  @Test
  void inputsOf_severalOfOtherNamesOrOtherTypes_isEmpty() {
    SignatureChoice usual = pair("a", "b");
    assertThat(usual.inputsOf(pair("c", "d").definition())).isEmpty();
    assertThat(usual.inputsOf(TEXT)).isEmpty();
    assertThat(new SignatureChoice("usual", TEXT).inputsOf(IDS)).isEmpty();
    assertThat(new SignatureChoice("usual", TEXT).inputsOf(pair("in", "b").definition())).isEmpty();
  }

  private static SignatureChoice pair(String first, String second) {
    TensorInfo text = TensorInfo.newBuilder().setDtype(DataType.DT_STRING).build();
    return new SignatureChoice(
        "pair", SignatureDef.newBuilder().putInputs(first, text).putInputs(second, text).build());
  }

  private static String orOnlyText(Map<String, SignatureDef> signatures) {
    return SignatureChoice.of(Path.of("model"), signatures, Optional.empty())
        .orOnlyText(signatures)
        .name();
  }

  private static String chosen(Map<String, SignatureDef> signatures) {
    return SignatureChoice.of(Path.of("model"), signatures, Optional.empty()).name();
  }

  private static SignatureDef taking(DataType type) {
    return SignatureDef.newBuilder()
        .putInputs("in", TensorInfo.newBuilder().setDtype(type).build())
        .putOutputs("out", TensorInfo.newBuilder().setDtype(DataType.DT_FLOAT).build())
        .build();
  }
}
