package dev.bertserve.server.protocol.tfserving;

import com.google.protobuf.Message;
import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.proto.tfserving.PredictionLog;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelSource;
import dev.bertserve.server.serving.PredictionService;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The file of a SavedModel with requests that a server sends itself before it is ready: records of
 * TensorFlow, each a {@code tensorflow.serving.PredictionLog}.
 */
public final class WarmUpFile {

  private static final String NAME = "assets.extra/tf_serving_warmup_requests";

  /** As many as TensorFlow Serving allows. */
  private static final int MAX_RECORDS = 1_000;

  private static final int MAX_RECORD_BYTES = 64 << 20;
  private static final int MASK_DELTA = 0xa282ead8;
  private static final int MASK_BITS = 15;

  private WarmUpFile() {}

  /** The file of the SavedModel in {@code folder}, if there is one. */
  public static Optional<Path> of(Path folder) {
    return Optional.of(folder.resolve(NAME)).filter(Files::isRegularFile);
  }

  /**
   * Sends the requests of {@code file} to {@code models}, whatever model they name, one after the
   * other; returns their number. Throws for a damaged file, for more than 1000 records, and for a
   * request that fails.
   */
  public static int replay(Path file, ModelSource models) throws IOException {
    int records = 0;
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (byte[] record = next(in); record.length > 0; record = next(in)) {
        if (records == MAX_RECORDS) {
          throw new IOException("more than " + MAX_RECORDS + " records (expected: at most that)");
        }
        replay(PredictionLog.parseFrom(record), models);
        records++;
      }
    }
    return records;
  }

  /** The next record; empty at the end. */
  private static byte[] next(DataInputStream in) throws IOException {
    byte[] head = in.readNBytes(Long.BYTES);
    if (head.length == 0) {
      return head;
    }
    requireChecksum(head, in);
    long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 1 || length > MAX_RECORD_BYTES) {
      throw new IOException(
          "a record of " + length + " bytes (expected: 1 to " + MAX_RECORD_BYTES + ")");
    }
    byte[] record = in.readNBytes((int) length);
    requireChecksum(record, in);
    return record;
  }

  private static void requireChecksum(byte[] bytes, DataInputStream in) throws IOException {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    int masked = Integer.rotateRight((int) checksum.getValue(), MASK_BITS) + MASK_DELTA;
    try {
      if (Integer.reverseBytes(in.readInt()) != masked) {
        throw new IOException("a record with a wrong checksum (expected: a file of TensorFlow)");
      }
    } catch (EOFException e) {
      throw new IOException("a record is cut off (expected: whole ones)", e);
    }
  }

  private static void replay(PredictionLog log, ModelSource models) {
    switch (log.getLogTypeCase()) {
      case PREDICT_LOG ->
          replay(
              log.getPredictLog().getRequest().getModelSpec(),
              models,
              (signature, maxRows) ->
                  PredictMessages.read(log.getPredictLog().getRequest(), signature, maxRows));
      case CLASSIFY_LOG ->
          replay(
              log.getClassifyLog().getRequest().getModelSpec(),
              models,
              (signature, maxRows) ->
                  ClassifyMessages.read(log.getClassifyLog().getRequest(), signature, maxRows));
      case REGRESS_LOG ->
          replay(
              log.getRegressLog().getRequest().getModelSpec(),
              models,
              (signature, maxRows) ->
                  RegressMessages.read(log.getRegressLog().getRequest(), signature, maxRows));
      case LOGTYPE_NOT_SET -> {
        // A kind of request that this server does not have.
      }
    }
  }

  private static <A extends Message> void replay(
      ModelSpec spec, ModelSource models, ScoreMessages.Reader<A> reader) {
    try (ModelLease lease = models.lease()) {
      PredictionService service = ModelSpecs.service(spec, lease, TfFaults::noSignatureKey);
      service
          .predict(
              reader
                  .read(service.signature(), service.maxRows())
                  .rows()
                  .request(Caller.inProcess(System.nanoTime())))
          .toCompletableFuture()
          .join()
          .close();
    }
  }
}
