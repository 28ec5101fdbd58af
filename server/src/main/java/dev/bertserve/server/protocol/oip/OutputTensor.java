package dev.bertserve.server.protocol.oip;

import com.google.protobuf.CodedOutputStream;
import dev.bertserve.proto.oip.InferTensorContents;
import dev.bertserve.server.protocol.json.JsonWriter;
import java.io.IOException;
import java.util.List;

/** An output of a response, value by value in row-major order. One thread. */
interface OutputTensor {

  String name();

  String datatype();

  List<Integer> shape();

  /** Number of values. */
  int count();

  void write(JsonWriter json, int index) throws IOException;

  /** Writes a value as it stands behind the JSON. */
  void write(CodedOutputStream sink, int index) throws IOException;

  /** Adds a value to the list of its type. */
  void write(InferTensorContents.Builder contents, int index);

  /** Number of bytes of all values behind the JSON. */
  long bytes();
}
