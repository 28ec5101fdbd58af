package dev.bertserve.server.protocol.oip;

import com.google.protobuf.ByteString;
import dev.bertserve.proto.oip.InferParameter;
import dev.bertserve.proto.oip.InferTensorContents;
import dev.bertserve.proto.oip.ModelInferRequest;
import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.ModelSignature;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads an inference request that came as a message, with values as bytes or in lists of their
 * type. One message, one thread.
 */
final class InferMessageReader {

  private final ModelInferRequest message;
  private final int maxValues;

  private InferMessageReader(ModelInferRequest message, int maxValues) {
    this.message = message;
    this.maxValues = maxValues;
  }

  /**
   * Throws INVALID for a request that the model does not allow, and TOO_LARGE if it has more than
   * {@code maxRows} rows. Outputs are to return in the form in which inputs came.
   */
  static InferRequest read(ModelInferRequest message, ModelSignature signature, int maxRows) {
    requireFew("inputs", message.getInputsCount());
    requireFew("outputs", message.getOutputsCount());
    InferMessageReader reader =
        new InferMessageReader(message, InferReader.maxValues(signature, maxRows));
    boolean raw = message.getRawInputContentsCount() > 0;
    List<InputTensor> inputs = raw ? reader.rawInputs() : reader.typedInputs();
    return new InferRequest(
        Optional.of(message.getId()).filter(id -> !id.isEmpty()),
        new InputRows(signature.inputs(), maxRows).of(inputs),
        reader.outputs(),
        raw,
        Optional.of(Duration.of(number(message.getParametersMap(), "timeout"), ChronoUnit.MICROS))
            .filter(timeout -> !timeout.isZero()));
  }

  private static void requireFew(String tensors, int count) {
    if (count > InferReader.MAX_TENSORS) {
      throw InferReader.tooMany(tensors);
    }
  }

  private List<InputTensor> rawInputs() {
    if (message.getRawInputContentsCount() != message.getInputsCount()) {
      throw InferReader.invalid(
          "raw_input_contents: "
              + message.getRawInputContentsCount()
              + " (expected: "
              + message.getInputsCount()
              + ", one for each input)");
    }
    List<InputTensor> inputs = new ArrayList<>();
    for (int i = 0; i < message.getInputsCount(); i++) {
      ByteString bytes = message.getRawInputContents(i);
      InputTensor input = tensor(message.getInputs(i), bytes.size());
      if (message.getInputs(i).hasContents()) {
        throw InferReader.wrong(input, "contents and raw_input_contents", "one of them");
      }
      inputs.addAll(new BinaryReader(bytes.asReadOnlyByteBuffer(), maxValues).fill(List.of(input)));
    }
    return inputs;
  }

  private List<InputTensor> typedInputs() {
    List<InputTensor> inputs = new ArrayList<>();
    for (ModelInferRequest.InferInputTensor input : message.getInputsList()) {
      inputs.add(typed(tensor(input, -1), input.getContents()));
    }
    return inputs;
  }

  private static InputTensor tensor(ModelInferRequest.InferInputTensor input, int bytes) {
    if (input.getShapeCount() > InputFields.MAX_DIMENSIONS) {
      throw InputFields.tooManyDimensions();
    }
    input.getParametersMap().keySet().forEach(InferReader::requireInMessage);
    return new InputTensor(
        input.getName(),
        input.getDatatype(),
        input.getShapeList(),
        bytes,
        JsonToken.END,
        List.of());
  }

  private InputTensor typed(InputTensor input, InferTensorContents contents) {
    return switch (input.datatype()) {
      case Datatype.BYTES ->
          texts(
              input,
              contents.getBytesContentsCount(),
              i -> text(input, contents.getBytesContents(i)));
      case "BOOL" ->
          input.with(
              JsonToken.BOOLEAN,
              values(
                  contents.getBoolContentsCount(),
                  i -> Boolean.toString(contents.getBoolContents(i))));
      case "INT8", "INT16", "INT32" ->
          numbers(
              input,
              contents.getIntContentsCount(),
              i -> Integer.toString(contents.getIntContents(i)));
      case "INT64" ->
          numbers(
              input,
              contents.getInt64ContentsCount(),
              i -> Long.toString(contents.getInt64Contents(i)));
      case "UINT8", "UINT16", "UINT32" ->
          numbers(
              input,
              contents.getUintContentsCount(),
              i -> Integer.toUnsignedString(contents.getUintContents(i)));
      case "UINT64" ->
          numbers(
              input,
              contents.getUint64ContentsCount(),
              i -> Long.toUnsignedString(contents.getUint64Contents(i)));
      case "FP32" ->
          numbers(
              input,
              contents.getFp32ContentsCount(),
              i -> Float.toString(contents.getFp32Contents(i)));
      case "FP64" ->
          numbers(
              input,
              contents.getFp64ContentsCount(),
              i -> Double.toString(contents.getFp64Contents(i)));
      default ->
          throw InferReader.wrong(
              input, "datatype " + Shown.of(input.datatype()), "that of the model");
    };
  }

  private InputTensor numbers(InputTensor input, int count, IntFunction<String> value) {
    return input.with(JsonToken.NUMBER, values(count, value));
  }

  private InputTensor texts(InputTensor input, int count, IntFunction<String> value) {
    return input.with(JsonToken.STRING, values(count, value));
  }

  private List<String> values(int count, IntFunction<String> value) {
    RowList room = new RowList("inputs", maxValues);
    List<String> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      room.add(null);
      values.add(value.apply(i));
    }
    return values;
  }

  private static String text(InputTensor input, ByteString bytes) {
    if (!bytes.isValidUtf8()) {
      throw InferReader.malformedText(input);
    }
    return bytes.toStringUtf8();
  }

  private List<RequestedOutput> outputs() {
    List<RequestedOutput> outputs = new ArrayList<>();
    for (ModelInferRequest.InferRequestedOutputTensor output : message.getOutputsList()) {
      output.getParametersMap().keySet().forEach(InferReader::requireInMessage);
      long classes = number(output.getParametersMap(), "classification");
      outputs.add(
          new RequestedOutput(
              output.getName(), Optional.empty(), (int) Math.min(classes, Integer.MAX_VALUE)));
    }
    return outputs;
  }

  /** The parameter {@code name}; 0 if it is not given. */
  private static long number(Map<String, InferParameter> parameters, String name) {
    @Nullable InferParameter parameter = parameters.get(name);
    if (parameter == null) {
      return 0;
    }
    long value =
        parameter.hasUint64Param() ? parameter.getUint64Param() : parameter.getInt64Param();
    if (value < 0 || !(parameter.hasUint64Param() || parameter.hasInt64Param())) {
      throw InferReader.invalid(name + ": not understood (expected: a whole number, 0 or more)");
    }
    return value;
  }
}
