package dev.bertserve.server.protocol.oip;

import com.google.protobuf.CodedOutputStream;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.protocol.rows.PieceSink;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes an inference response: JSON, then the values of binary outputs. Stops after the value that
 * fills a piece, and continues there with the next piece. Owns the prediction.
 */
final class InferWriter implements Payload {

  private final InferResponse response;
  private final PieceSink sink = new PieceSink();

  private @Nullable JsonWriter started;
  private boolean inHead = true;
  private int output;

  /** Index of the next value of the current output; -1 before its first member is written. */
  private int at = -1;

  InferWriter(InferResponse response) {
    this.response = response;
  }

  /** Number of bytes of the JSON, which is written for that without being kept. */
  static int headBytes(InferResponse response) throws IOException {
    InferWriter writer = new InferWriter(response);
    CountingStream count = new CountingStream();
    writer.sink.begin(count);
    while (!writer.writeHead()) {
      writer.sink.begin(count);
    }
    return count.bytes();
  }

  @Override
  public boolean writeTo(OutputStream piece) throws IOException {
    sink.begin(piece);
    if (inHead) {
      if (!writeHead()) {
        return true;
      }
      inHead = false;
      output = 0;
      at = 0;
    }
    return response.hasBinary() && !writeBinary();
  }

  @Override
  public void close() {
    response.prediction().close();
  }

  /** Returns whether the JSON is complete; if not, the piece is full. */
  private boolean writeHead() throws IOException {
    JsonWriter json = started;
    if (json == null) {
      json = new JsonWriter(sink);
      started = json;
      begin(json);
    }
    List<InferResponse.Output> outputs = response.outputs();
    for (; output < outputs.size(); output++) {
      if (!writeOutput(json, outputs.get(output))) {
        return false;
      }
      at = -1;
    }
    json.endArray();
    json.endObject();
    json.close();
    return true;
  }

  private void begin(JsonWriter json) throws IOException {
    json.beginObject();
    json.member("model_name", response.model().name());
    json.member("model_version", Long.toString(response.model().number()));
    if (response.id().isPresent()) {
      json.member("id", response.id().get());
    }
    json.beginArray("outputs");
  }

  private boolean writeOutput(JsonWriter json, InferResponse.Output one) throws IOException {
    OutputTensor tensor = one.tensor();
    if (at < 0) {
      beginOutput(json, one);
      at = 0;
    }
    if (!one.binary()) {
      for (; at < tensor.count(); at++) {
        if (sink.isFull()) {
          return false;
        }
        tensor.write(json, at);
      }
      json.endArray();
    }
    json.endObject();
    return true;
  }

  private static void beginOutput(JsonWriter json, InferResponse.Output one) throws IOException {
    OutputTensor tensor = one.tensor();
    json.beginObject();
    json.member("name", tensor.name());
    json.member("datatype", tensor.datatype());
    json.member("shape", tensor.shape());
    if (one.binary()) {
      json.beginObject("parameters");
      json.member("binary_data_size", tensor.bytes());
      json.endObject();
    } else {
      json.beginArray("data");
    }
  }

  /** Returns whether all values are written; if not, the piece is full. */
  private boolean writeBinary() throws IOException {
    CodedOutputStream buffered = CodedOutputStream.newInstance(sink);
    List<InferResponse.Output> outputs = response.outputs();
    for (; output < outputs.size(); output++) {
      OutputTensor tensor = outputs.get(output).tensor();
      for (; outputs.get(output).binary() && at < tensor.count(); at++) {
        if (sink.isFull()) {
          buffered.flush();
          return false;
        }
        tensor.write(buffered, at);
      }
      at = 0;
    }
    buffered.flush();
    return true;
  }

  /** Counts bytes and drops them. */
  private static final class CountingStream extends OutputStream {

    private int count;

    int bytes() {
      return count;
    }

    @Override
    public void write(int b) {
      count++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      count += length;
    }
  }
}
