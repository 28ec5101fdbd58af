package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.wiring.LoadedModel;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorProto;

/** Models that cannot be served are rejected with one line that says what was expected. */
final class BadModelsTest {

  private static final String PROTO = "saved_model.pb";
  private static final String VOCABULARY = "assets/vocab.txt";
  private static final String SIGNATURE = "serving_default";

  @TempDir Path folder;

  /** A defect, how to introduce it into a valid model, and the expected message. */
  record Bad(String what, Spoiler spoiler, List<String> said) {
    Bad(String what, Spoiler spoiler, String... said) {
      this(what, spoiler, List.of(said));
    }

    @Override
    public String toString() {
      return what;
    }
  }

  interface Spoiler {
    void spoil(Path model) throws IOException;
  }

  static Stream<Bad> models() {
    return Stream.of(
        new Bad("no serve tag", meta(BadModelsTest::untag), "tags [[train]]", "tagged serve"),
        new Bad("no signature", meta(MetaGraphDef.Builder::clearSignatureDef), "signatures []"),
        new Bad(
            "TensorFlow 1",
            meta(MetaGraphDef.Builder::clearObjectGraphDef),
            "(expected: a model saved by TensorFlow 2"),
        new Bad(
            "an op nobody has",
            nodes(node -> rename(node, "Sigmoid", "NobodysOp")),
            "op NobodysOp (expected: an op of TensorFlow 2.18"),
        new Bad(
            "an op of another normalisation",
            nodes(node -> rename(node, "CaseFoldUTF8", "DecodeBase64")),
            "DecodeBase64 (expected: a known string op)"),
        new Bad(
            "another normal form",
            nodes(node -> replace(node, "normalization_form", "NFX")),
            "NormalizeUTF8: NFX (expected: NFC, NFD, NFKC or NFKD)"),
        new Bad(
            "another pattern",
            nodes(node -> replace(node, "pattern", "[aeiou]")),
            "replace [aeiou] by",
            "(expected: '"),
        new Bad(
            "a length that is computed",
            nodes(BadModelsTest::padToComputedLength),
            "(expected: a constant whole number), the length of rows; serve --op-library runs"),
        new Bad(
            "a string output",
            signature(
                s ->
                    s.putOutputs(
                        "classifier",
                        s.getOutputsOrThrow("classifier").toBuilder()
                            .setDtype(DataType.DT_STRING)
                            .build())),
            "Sigmoid makes an output's texts (expected: "),
        new Bad(
            "an int input",
            signature(
                s ->
                    s.putInputs(
                        "text",
                        s.getInputsOrThrow("text").toBuilder()
                            .setDtype(DataType.DT_INT32)
                            .build())),
            "input text: DT_INT32 (expected: DT_STRING"),
        new Bad(
            "an asset above the folder",
            meta(m -> m.getAssetFileDefBuilder(0).setFilename("../saved_model.pb")),
            "asset: ../saved_model.pb (expected: the name of a file under assets)"),
        new Bad(
            "an asset of another folder",
            meta(m -> m.getAssetFileDefBuilder(0).setFilename("/etc/passwd")),
            "asset: /etc/passwd (expected: the name of a file under assets)"),
        new Bad(
            "the folder as an asset",
            meta(m -> m.getAssetFileDefBuilder(0).setFilename("")),
            "(expected: the name of a file under assets)"),
        new Bad(
            "no outputs", signature(SignatureDef.Builder::clearOutputs), "signature: no outputs"),
        new Bad(
            "a token too many",
            model -> Files.writeString(model.resolve(VOCABULARY), vocabulary(model) + "zzz\n"),
            "vocabulary vocab.txt: 301 tokens (expected: 300, the rows of the embedding table)"),
        new Bad(
            "a token too few",
            model ->
                Files.writeString(
                    model.resolve(VOCABULARY), vocabulary(model).replaceFirst("[^\n]*\n\\z", "")),
            "vocabulary vocab.txt: 299 tokens (expected: 300"),
        new Bad(
            "an empty vocabulary",
            model -> Files.write(model.resolve(VOCABULARY), new byte[0]),
            "vocabulary vocab.txt"),
        new Bad(
            "2 GiB",
            model -> {
              try (RandomAccessFile file =
                  new RandomAccessFile(model.resolve(PROTO).toFile(), "rw")) {
                file.setLength(1L << 31);
              }
            },
            "2147483648 bytes (expected: less than 2 GiB)"));
  }

  @ParameterizedTest
  @MethodSource("models")
  void load_badModel_saysWhatInOneLine(Bad bad) throws IOException {
    assertRejected("bert_uncased", bad, folder.resolve("model"));
  }

  /** {@code copy} becomes a copy of the small model {@code name} with the defect. */
  static void assertRejected(String name, Bad bad, Path copy) throws IOException {
    Path model = Models.copy(SmallModels.folder(name), copy);
    bad.spoiler().spoil(model);

    assertThatThrownBy(
            () ->
                LoadedModel.load(
                    ModelLocation.of(model.toString(), Optional.empty(), Optional.empty()),
                    EngineSettings.of(Precision.FP32, 1)))
        .isInstanceOf(UnsupportedModelException.class)
        .message()
        .contains(bad.said().toArray(new String[0]))
        .doesNotContain("\n");
  }

  static Stream<Bad> fastModels() {
    return Stream.of(
        new Bad(
            "an op of another normalisation",
            nodes(node -> rename(node, "FastBertNormalize", "DecodeBase64")),
            "DecodeBase64 (expected: a known string op)"),
        new Bad(
            "a vocabulary cut off",
            constants(bytes -> bytes.substring(0, bytes.size() / 2)),
            "FastWordpieceTokenizeWithOffsets: model: ",
            "(expected: within its "),
        new Bad(
            "a vocabulary that is not compiled",
            constants(bytes -> ByteString.copyFromUtf8("[PAD]\n[UNK]\n")),
            "FastWordpieceTokenizeWithOffsets: model: "),
        new Bad(
            "rules that are not text",
            constants(BadModelsTest::malformedRules),
            "normalized_string_pool: malformed (expected: UTF-8)"));
  }

  @ParameterizedTest
  @MethodSource("fastModels")
  void load_badFastModel_saysWhatInOneLine(Bad bad) throws IOException {
    assertRejected("fast_uncased", bad, folder.resolve("model"));
  }

  private static String vocabulary(Path model) throws IOException {
    return Files.readString(model.resolve(VOCABULARY));
  }

  private static void untag(MetaGraphDef.Builder meta) {
    meta.getMetaInfoDefBuilder().clearTags().addTags("train");
  }

  static Spoiler signature(Consumer<SignatureDef.Builder> change) {
    return meta(
        meta -> {
          SignatureDef.Builder signature = meta.getSignatureDefOrThrow(SIGNATURE).toBuilder();
          change.accept(signature);
          meta.putSignatureDef(SIGNATURE, signature.build());
        });
  }

  static Spoiler nodes(Consumer<NodeDef.Builder> change) {
    return meta(
        meta -> {
          List<FunctionDef.Builder> functions =
              meta.getGraphDefBuilder().getLibraryBuilder().getFunctionBuilderList();
          functions.forEach(function -> function.getNodeDefBuilderList().forEach(change));
        });
  }

  /** Changes byte constants, which hold compiled vocabularies and rules. */
  private static Spoiler constants(UnaryOperator<ByteString> change) {
    return meta(
        meta ->
            meta.getGraphDefBuilder().getNodeBuilderList().stream()
                .filter(node -> node.getOp().equals("Const"))
                .forEach(node -> change(node, change)));
  }

  private static void change(NodeDef.Builder constant, UnaryOperator<ByteString> change) {
    AttrValue.Builder value = constant.getAttrOrThrow("value").toBuilder();
    TensorProto tensor = value.getTensor();
    if (tensor.getDtype() == DataType.DT_UINT8) {
      value.setTensor(tensor.toBuilder().setTensorContent(change.apply(tensor.getTensorContent())));
      constant.putAttr("value", value.build());
    }
  }

  /** Cuts into the slash of a quarter. */
  private static ByteString malformedRules(ByteString bytes) {
    String rules = bytes.toString(StandardCharsets.ISO_8859_1);
    String quarter = "1\u00e2\u0081\u00844";
    return ByteString.copyFrom(
        rules.replace(quarter, quarter.replace('\u0081', 'a')), StandardCharsets.ISO_8859_1);
  }

  static Spoiler meta(Consumer<MetaGraphDef.Builder> change) {
    return model -> {
      SavedModel.Builder proto =
          SavedModel.parseFrom(Files.readAllBytes(model.resolve(PROTO))).toBuilder();
      change.accept(proto.getMetaGraphsBuilder(0));
      Files.write(model.resolve(PROTO), proto.build().toByteArray());
    };
  }

  static void rename(NodeDef.Builder node, String op, String newOp) {
    if (node.getOp().equals(op)) {
      node.setOp(newOp);
    }
  }

  private static void padToComputedLength(NodeDef.Builder node) {
    if (node.getOp().equals("RaggedTensorToTensor")) {
      node.setInput(0, node.getInput(1));
    }
  }

  static void replace(NodeDef.Builder node, String attribute, String value) {
    if (node.containsAttr(attribute)) {
      var changed = node.getAttrOrThrow(attribute).toBuilder();
      node.putAttr(attribute, changed.setS(ByteString.copyFromUtf8(value)).build());
    }
  }
}
