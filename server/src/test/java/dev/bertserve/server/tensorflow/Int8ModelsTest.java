package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.graph.Calibration;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.prepared.RowLengths;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.rewrite.Int8Scope;
import dev.bertserve.server.rewrite.Target;
import dev.bertserve.server.savedmodel.LibraryModels;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.DataType;

/** Encoders that other libraries exported, with the products of their layers in 8 bits. */
final class Int8ModelsTest {

  /** Untrained models of width 32, which move more than trained ones. */
  private static final double TOLERANCE = 0.05;

  /** Its outputs are the states of all tokens, up to 4. */
  private static final String OF_STATES = "hf_bert_states";

  private static final double TOLERANCE_OF_STATES = 0.25;

  private static final ObjectMapper JSON = new ObjectMapper();

  @BeforeEach
  void requireInt8() {
    assumeThat(CpuFeatures.ofThisMachine().hasInt8())
        .as("8-bit products of the processor (avx512_vnni, avx_vnni or amx_int8)")
        .isTrue();
  }

  @ParameterizedTest
  @MethodSource("dev.bertserve.server.tensorflow.LibraryModelsTest#models")
  void lowerInInt8_model_answersNearlyTheSame(String model) throws IOException {
    Encoder encoder = LibraryModelsTest.recognised(model);
    RowLengths lengths = new RowLengths(LibraryModels.length(model), LibraryModels.length(model));

    Calibration calibration =
        new Calibrator(Device.ofThisMachine(), 1).calibrate(encoder, lengths, rows(model));

    FlatGraph lowered =
        encoder
            .inInt8(calibration, Int8Scope.LAYERS)
            .lowerInInt8(DataType.DT_FLOAT, Target.ONE_DNN);
    double move =
        LibraryModelsTest.largestDifference(
            lowered, model, LibraryModelsTest.float32(model), GraphForm.AS_EXPORTED);
    assertThat(move)
        .isLessThanOrEqualTo(model.equals(OF_STATES) ? TOLERANCE_OF_STATES : TOLERANCE)
        .isPositive();
  }

  private static List<TokenIds> rows(String model) throws IOException {
    List<TokenIds> rows = new ArrayList<>();
    for (String line : LibraryModels.goldens(LibraryModelsTest.float32(model))) {
      JsonNode golden = JSON.readTree(line);
      int[] ids = JSON.convertValue(golden.get("ids"), int[].class);
      rows.add(TokenIds.of(ids, golden.get("second").asInt()));
    }
    return rows;
  }
}
