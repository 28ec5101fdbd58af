package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.json.Utf8;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads an inference request: JSON, and values behind it. A member that is null counts as not
 * given. One body, one thread.
 */
final class InferReader {

  static final int MAX_TENSORS = 1_000;

  private final JsonReader json;
  private final int maxValues;

  private Optional<String> id = Optional.empty();
  private Optional<Duration> timeout = Optional.empty();
  private boolean binary;
  private List<InputTensor> inputs = List.of();
  private List<RequestedOutput> outputs = List.of();

  private InferReader(JsonReader json, int maxValues) {
    this.json = json;
    this.maxValues = maxValues;
  }

  /**
   * Reads a body whose first {@code jsonBytes} bytes are JSON. Throws INVALID for a malformed body,
   * and TOO_LARGE as soon as there are more than {@code maxRows} rows.
   */
  static InferRequest read(byte[] body, int jsonBytes, ModelSignature signature, int maxRows) {
    if (jsonBytes == 0 && body.length > 0) {
      return raw(body, signature);
    }
    byte[] head = jsonBytes == body.length ? body : Arrays.copyOf(body, jsonBytes);
    if (head.length == 0) {
      throw invalid("body: empty (expected: {\"inputs\": [...]})");
    }
    try (JsonReader json = new JsonReader(head)) {
      int maxValues = maxValues(signature, maxRows);
      InferReader reader = new InferReader(json, maxValues);
      reader.document();
      List<InputTensor> whole =
          new BinaryReader(binary(body, jsonBytes), maxValues).fill(reader.inputs);
      RowList rows = new InputRows(signature.inputs(), maxRows).of(whole);
      return new InferRequest(reader.id, rows, reader.outputs, reader.binary, reader.timeout);
    }
  }

  /** The most values of an input in a request of {@code maxRows} rows. */
  static int maxValues(ModelSignature signature, int maxRows) {
    int largestRow = signature.inputs().stream().mapToInt(InputSpec::rowSize).max().orElse(1);
    return (int) Math.min((long) maxRows * largestRow, Integer.MAX_VALUE);
  }

  private static ByteBuffer binary(byte[] body, int jsonBytes) {
    return ByteBuffer.wrap(body, jsonBytes, body.length - jsonBytes);
  }

  /** A body without JSON is the text of the only input, for one row; outputs are binary then. */
  private static InferRequest raw(byte[] body, ModelSignature signature) {
    if (signature.required().size() > 1) {
      throw invalid("body: no JSON (expected: JSON for a model with several inputs)");
    }
    String text = Utf8.decode(body);
    if (text == null) {
      throw invalid("body: malformed UTF-8 (expected: one text in UTF-8)");
    }
    RowList rows = new RowList("inputs", 1);
    rows.add(new String[] {text});
    return new InferRequest(Optional.empty(), rows, List.of(), true, Optional.empty());
  }

  private void document() {
    object(json, json.next(), "body", this::member);
    json.requireEnd(" (expected: one object)");
  }

  private void member(String key, JsonToken value) {
    switch (key) {
      case "id" -> id = Optional.of(json.string(value, key));
      case "parameters" -> parameters(value);
      case "inputs" -> inputs = list(value, key, this::input);
      case "outputs" -> outputs = list(value, key, this::output);
      default -> json.skip();
    }
  }

  private void parameters(JsonToken start) {
    object(
        json,
        start,
        "parameters",
        (key, value) -> {
          switch (key) {
            case "binary_data_output" -> binary = json.flag(value, key);
            case "timeout" ->
                timeout =
                    Optional.of(Duration.of(json.wholeNumber(value, key), ChronoUnit.MICROS))
                        .filter(limit -> !limit.isZero());
            default -> json.skip();
          }
        });
  }

  private InputTensor input(JsonToken start) {
    InputFields fields = new InputFields(json, maxValues);
    object(json, start, "inputs", fields::read);
    return fields.tensor();
  }

  private RequestedOutput output(JsonToken start) {
    OutputFields fields = new OutputFields();
    object(json, start, "outputs", fields::read);
    return fields.output();
  }

  /** The members of an output in the request. */
  private final class OutputFields {

    private String name = "";
    private Optional<Boolean> binaryData = Optional.empty();
    private int classes;

    void read(String key, JsonToken value) {
      switch (key) {
        case "name" -> name = json.string(value, "outputs.name");
        case "parameters" -> object(json, value, "outputs.parameters", this::parameter);
        default -> json.skip();
      }
    }

    private void parameter(String key, JsonToken value) {
      requireInMessage(key);
      switch (key) {
        case "binary_data" -> binaryData = Optional.of(json.flag(value, key));
        case "classification" ->
            classes = (int) Math.min(json.wholeNumber(value, key), Integer.MAX_VALUE);
        default -> json.skip();
      }
    }

    RequestedOutput output() {
      return new RequestedOutput(name, binaryData, classes);
    }
  }

  private interface Element<T> {
    T read(JsonToken start);
  }

  /** Reads the members of the object {@code name}, without those that are null. */
  static void object(JsonReader json, JsonToken start, String name, JsonReader.Member member) {
    json.object(
        start,
        name,
        (key, value) -> {
          if (value != JsonToken.NULL) {
            member.read(key, value);
          }
        });
  }

  private <T> List<T> list(JsonToken start, String name, Element<T> element) {
    start.require(JsonToken.ARRAY, name);
    List<T> list = new ArrayList<>();
    JsonToken token = json.next();
    while (token != JsonToken.ARRAY_END) {
      if (list.size() == MAX_TENSORS) {
        throw tooMany(name);
      }
      list.add(element.read(token));
      token = json.next();
    }
    return list;
  }

  static ServingException tooMany(String tensors) {
    return invalid(tensors + ": more than " + MAX_TENSORS + " (expected: those of the model)");
  }

  static ServingException invalid(String message) {
    return new ServingException(FailureKind.INVALID, message);
  }

  /** Throws INVALID if {@code parameter} says that values are not in the messages. */
  static void requireInMessage(String parameter) {
    if (parameter.equals("shared_memory_region")) {
      throw invalid("parameters." + parameter + ": not supported (expected: values in messages)");
    }
  }

  static ServingException malformedText(InputTensor input) {
    return wrong(input, "malformed UTF-8", "texts in UTF-8");
  }

  /** One line about {@code input}. */
  static ServingException wrong(InputTensor input, String problem, String expected) {
    return invalid(
        "input " + Shown.of(input.name()) + ": " + problem + " (expected: " + expected + ")");
  }
}
