package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.rows.InstanceReader;
import dev.bertserve.server.protocol.rows.RowFault;
import dev.bertserve.server.protocol.rows.TextReader;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Failures in the words of TensorFlow Serving, and of the op of TensorFlow that parses examples.
 */
final class TfFaults {

  private TfFaults() {}

  /** A signature that Classify or Regress does not find. */
  static ServingException noSignature(String name) {
    return TfBody.invalid("No signature was found with the name: " + name);
  }

  /** A signature that Predict does not find over gRPC. */
  static ServingException noSignatureKey(String name) {
    return new ServingException(
        FailureKind.NOT_OFFERED, "Serving signature key \"" + name + "\" not found.");
  }

  /** The instance that {@code reader} reads. */
  static ServingException instance(RowFault fault, InstanceReader reader, List<InputSpec> inputs) {
    String key = reader.key();
    String element = "Failed to process element: " + reader.row();
    if (key == null && InputSpec.required(inputs).size() > 1) {
      return TfBody.invalid(
          reader.row() == 0
              ? "instances is a plain list, but expecting list of objects as multiple input tensors"
                  + " required as per tensorinfo_map"
              : "Expecting object but got list at item " + reader.row() + " of input list");
    }
    if (fault.rule() == RowFault.Rule.KEYS && fault.found().isEmpty()) {
      String names = sorted(InputSpec.required(inputs));
      return TfBody.invalid(
          element + " of 'instances' list. JSON object: {...} keys must be equal to: " + names);
    }
    String at = key == null || key.equals(TextReader.BASE64) ? "" : " key: " + Shown.of(key);
    InputSpec input =
        inputs.stream().filter(one -> one.name().equals(key)).findFirst().orElse(inputs.get(0));
    return TfBody.invalid(
        element + at + " of 'instances' list. Error: INVALID_ARGUMENT: " + value(fault, input));
  }

  /** A value of {@code input} in a column. */
  static String columnar(RowFault fault, InputSpec input) {
    return fault.rule() == RowFault.Rule.SIZE
        ? "Encountered list at unexpected size: %s at level: 1 expected size: %d"
            .formatted(fault.found(), input.rowSize())
        : value(fault, input);
  }

  /** A value of {@code input}. */
  static String value(RowFault fault, InputSpec input) {
    String found = fault.found();
    return switch (fault.rule()) {
      case KEYS -> "JSON object: does not have named input: " + found;
      case BASE64 -> "Unable to base64 decode";
      case SIZE -> "Expecting tensor size: " + input.rowSize() + " but got: " + found;
      case TYPE ->
          found.startsWith("{") && input.type() == ValueType.STRING
              ? "JSON Value: " + found + " not formatted correctly for base64 data"
              : "JSON Value: %s Type: %s is not of expected type: %s"
                  .formatted(found, jsonType(found), type(input.type()));
    };
  }

  /** A value of a feature that is {@code json}. */
  static ServingException element(String json, InputSpec input) {
    return TfBody.invalid(
        "Feature: %s has element with unexpected JSON type: %s"
            .formatted(input.name(), jsonType(json)));
  }

  /** A value of a feature whose other values are of {@code kind}. */
  static ServingException mixedKinds(ValueType kind, InputSpec input) {
    return TfBody.invalid(
        "Unexpected element type in feature: %s expecting type: %s"
            .formatted(input.name(), listed(kind)));
  }

  /** A feature with a list of another kind than {@code input}. */
  static ServingException wrongKind(ValueType kind, InputSpec input, int row) {
    return feature(
        "Data types don't match. Data type: %s but expected type: %s"
            .formatted(type(kind), type(input.type())),
        input,
        row);
  }

  /** A feature with more or fewer values than {@code input}. */
  static ServingException wrongCount(int count, InputSpec input, int row) {
    boolean tooManyTexts = input.type() == ValueType.STRING && count > input.rowSize();
    return feature(
        tooManyTexts
            ? "Can't parse serialized Example."
            : "Number of %s values != expected.  Values size: %d but output shape: %s"
                .formatted(listed(input.type()), count, input.rowShape()),
        input,
        row);
  }

  private static ServingException feature(String problem, InputSpec input, int row) {
    return TfBody.invalid(
        "Name: <unknown>, Key: %s, Index: %d.  %s".formatted(input.name(), row, problem));
  }

  /** Example {@code row}, and its context, lack a feature. */
  static ServingException missing(InputSpec input, int row) {
    return TfBody.invalid(
        ("Name: <unknown>, Feature: %s (data type: %s) is required but could not be found."
                + " (examples[%d])")
            .formatted(input.name(), type(input.type()), row));
  }

  /** A request with tensors of the names {@code given}, which are not those of {@code inputs}. */
  static ServingException wrongInputs(Set<String> given, List<InputSpec> inputs) {
    TreeSet<String> extra = new TreeSet<>(given);
    inputs.forEach(input -> extra.remove(input.name()));
    List<InputSpec> missing =
        InputSpec.required(inputs).stream().filter(one -> !given.contains(one.name())).toList();
    String sent = Shown.of(String.join(",", new TreeSet<>(given)));
    if (given.size() == inputs.size() && !missing.isEmpty()) {
      return TfBody.invalid(
          ("Signature input alias: %1$s(feed name: %1$s:0) not found in request and no default"
                  + " value provided. Inputs expected to be in the request {%2$s}, or default input"
                  + " alias set: ")
              .formatted(missing.get(0).name(), sent));
    }
    return TfBody.invalid(
        ("input size does not match signature: %d!=%d len({%s}) != len({%s}). Sent extra: {%s}."
                + " Missing but required: {%s}.")
            .formatted(
                given.size(),
                inputs.size(),
                sent,
                sorted(inputs),
                Shown.of(String.join(",", extra)),
                sorted(missing)));
  }

  /** A tensor of the type {@code found}, which is not that of {@code input}. */
  static ServingException wrongType(String found, InputSpec input, List<InputSpec> inputs) {
    long index = inputs.stream().filter(one -> one.name().compareTo(input.name()) < 0).count();
    return TfBody.invalid(
        "Expects arg[%d] to be %s but %s is provided"
            .formatted(
                index, type(input.type()), found.replace("DT_", "").toLowerCase(Locale.ROOT)));
  }

  /** The type of a JSON value, as RapidJSON names it. */
  static String jsonType(String json) {
    return switch (json.charAt(0)) {
      case '{' -> "Object";
      case '[' -> "Array";
      case '"' -> "String";
      case 't' -> "True";
      case 'f' -> "False";
      case 'n' -> "Null";
      default -> "Number";
    };
  }

  private static String type(ValueType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  /** The type of values in a list of a feature. */
  private static String listed(ValueType type) {
    return type == ValueType.STRING ? "bytes" : type(type);
  }

  private static String sorted(List<InputSpec> inputs) {
    return String.join(",", inputs.stream().map(InputSpec::name).sorted().toList());
  }
}
