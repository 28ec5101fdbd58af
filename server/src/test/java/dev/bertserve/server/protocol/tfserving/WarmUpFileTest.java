package dev.bertserve.server.protocol.tfserving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.bertserve.proto.tfserving.ClassifyLog;
import dev.bertserve.proto.tfserving.PredictLog;
import dev.bertserve.proto.tfserving.PredictionLog;
import dev.bertserve.proto.tfserving.RegressLog;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.fixture.CountingModel;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.TensorProto;

class WarmUpFileTest {

  /** What TensorBoard 2.21's {@code RecordWriter} writes for the bytes of "abc". */
  private static final String TENSORFLOWS_RECORD = "0300000000000000b099490e6162636e57f121";

  @TempDir private Path folder;
  private Path file;

  private final CountingModel model =
      new CountingModel(
          ModelSignature.ofTexts(List.of("text"), List.of(new OutputSpec("score", List.of(1)))));

  @BeforeEach
  void makeFolder() throws IOException {
    file = folder.resolve("assets.extra/tf_serving_warmup_requests");
    Files.createDirectory(file.getParent());
  }

  private static PredictionLog predict(String text) {
    PredictLog.Builder log = PredictLog.newBuilder();
    TensorProto.Builder tensor = TensorProto.newBuilder().setDtype(DataType.DT_STRING);
    tensor.getTensorShapeBuilder().addDimBuilder().setSize(1);
    log.getRequestBuilder()
        .putInputs("text", tensor.addStringVal(ByteString.copyFromUtf8(text)).build());
    return PredictionLog.newBuilder().setPredictLog(log).build();
  }

  private static Example example(String text) {
    Example.Builder example = Example.newBuilder();
    Feature.Builder feature = Feature.newBuilder();
    feature.getBytesListBuilder().addValue(ByteString.copyFromUtf8(text));
    example.getFeaturesBuilder().putFeature("text", feature.build());
    return example.build();
  }

  private void write(List<PredictionLog> logs) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (PredictionLog log : logs) {
      byte[] record = log.toByteArray();
      byte[] length =
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(record.length).array();
      bytes.writeBytes(length);
      bytes.writeBytes(checksum(length));
      bytes.writeBytes(record);
      bytes.writeBytes(checksum(record));
    }
    Files.write(file, bytes.toByteArray());
  }

  private static byte[] checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    long rotated = ((crc.getValue() >>> 15) | (crc.getValue() << 17)) & 0xFFFFFFFFL;
    return ByteBuffer.allocate(4)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) (rotated + 0xa282ead8L))
        .array();
  }

  @Test
  void replay_everyKind_isScored() throws IOException {
    ClassifyLog.Builder classify = ClassifyLog.newBuilder();
    classify
        .getRequestBuilder()
        .getInputBuilder()
        .getExampleListBuilder()
        .addExamples(example("b"));
    RegressLog.Builder regress = RegressLog.newBuilder();
    regress.getRequestBuilder().getInputBuilder().getExampleListBuilder().addExamples(example("c"));
    write(
        List.of(
            predict("a"),
            PredictionLog.newBuilder().setClassifyLog(classify).build(),
            PredictionLog.newBuilder().setRegressLog(regress).build()));

    assertThat(WarmUpFile.of(folder)).hasValue(file);
    assertThat(WarmUpFile.replay(file, model::lease)).isEqualTo(3);

    assertThat(model.rows).containsExactly("a", "b", "c");
  }

  @Test
  void of_folderWithoutFile_isEmpty() {
    assertThat(WarmUpFile.of(folder)).isEmpty();
  }

  @Test
  void replay_thousandRecords_isTheMost() throws IOException {
    write(Collections.nCopies(1_000, predict("a")));
    assertThat(WarmUpFile.replay(file, model::lease)).isEqualTo(1_000);

    write(Collections.nCopies(1_001, predict("a")));
    assertThatThrownBy(() -> WarmUpFile.replay(file, model::lease))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("more than 1000 records");
  }

  @Test
  void replay_damagedFile_isTold() throws IOException {
    write(List.of(predict("a")));
    byte[] whole = Files.readAllBytes(file);
    byte[] changed = whole.clone();
    changed[20]++;
    Files.write(file, changed);
    assertThatThrownBy(() -> WarmUpFile.replay(file, model::lease))
        .hasMessageStartingWith("a record with a wrong checksum");

    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> WarmUpFile.replay(file, model::lease))
        .hasMessageStartingWith("a record is cut off");
    assertThat(model.rows).isEmpty();
  }

  @Test
  void replay_recordOfTensorFlow_hasTheSameChecksums() throws IOException {
    Files.write(file, HexFormat.of().parseHex(TENSORFLOWS_RECORD));

    assertThatThrownBy(() -> WarmUpFile.replay(file, model::lease))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }

  @Test
  void replay_requestThatFails_isTold() throws IOException {
    PredictLog.Builder log = PredictLog.newBuilder();
    log.getRequestBuilder().putInputs("other", TensorProto.getDefaultInstance());
    write(List.of(PredictionLog.newBuilder().setPredictLog(log).build()));

    assertThatThrownBy(() -> WarmUpFile.replay(file, model::lease))
        .isInstanceOf(ServingException.class)
        .hasMessageStartingWith(
            "Signature input alias: text(feed name: text:0) not found in request");
  }
}
