package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.savedmodel.TextSignature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** Inputs and outputs of a SavedModel with its original graph. */
final class TextSignatureTest {

  @TempDir Path folder;

  @Test
  void read_pairThatIsUnderstood_hasTheOrderOfItsSegments() throws IOException {
    assertThat(
            TextSignature.read(SmallModels.folder("albert_pair"), Optional.empty())
                .signature()
                .inputNames())
        .containsExactly("b", "a");
  }

  @Test
  void read_pairThatIsNotUnderstood_isInAlphabeticalOrder() throws IOException {
    Path model = Models.copy(SmallModels.folder("albert_pair"), folder.resolve("model"));
    BadModelsTest.nodes(node -> BadModelsTest.rename(node, "NormalizeUTF8", "DecodeBase64"))
        .spoil(model);

    assertThat(TextSignature.read(model, Optional.empty()).signature().inputNames())
        .containsExactly("a", "b");
  }

  @Test
  void read_model_namesTheOpsThatItNeeds() throws IOException {
    assertThat(TextSignature.read(SmallModels.folder("fast_uncased"), Optional.empty()).ops())
        .contains("FastBertNormalize", "FastWordpieceTokenizeWithOffsets", "MatMul", "RestoreV2")
        .doesNotContain("SaveV2");
  }

  @Test
  void read_columnOfTexts_isFedAsOne() throws IOException {
    TextSignature signature = TextSignature.read(columns(1), Optional.empty());

    assertThat(signature.feeds()).hasSize(1);
    assertThat(signature.signature().inputs().get(0).rowShape()).containsExactly(1);
  }

  @Test
  void read_severalTextsInARow_isRejected() throws IOException {
    Path model = columns(2);

    assertThatThrownBy(() -> TextSignature.read(model, Optional.empty()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage("input text: 2 texts in a row (expected: one text a row)");
  }

  private Path columns(int count) throws IOException {
    Path model = Models.copy(SmallModels.folder("bert_uncased"), folder.resolve("model"));
    BadModelsTest.signature(
            signature -> {
              TensorInfo.Builder text = signature.getInputsOrThrow("text").toBuilder();
              TensorShapeProto.Dim columns =
                  TensorShapeProto.Dim.newBuilder().setSize(count).build();
              text.getTensorShapeBuilder().addDim(columns);
              signature.putInputs("text", text.build());
            })
        .spoil(model);
    return model;
  }
}
