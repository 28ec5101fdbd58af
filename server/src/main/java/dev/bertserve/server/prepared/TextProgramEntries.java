package dev.bertserve.server.prepared;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.bertserve.server.text.TextOp;
import dev.bertserve.server.text.TextProgram;
import dev.bertserve.server.text.TextStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** A prepared model's text program among the manifest's entries. */
final class TextProgramEntries {

  private static final String INPUTS = "text.inputs";
  private static final String SEGMENTS = "text.results";
  private static final String OTHERS = "text.others";
  private static final String STEP = "text.step.";
  private static final String SEPARATOR = " ";

  private TextProgramEntries() {}

  /** A step is its op, its operands, and its arguments in base64. */
  static void write(TextProgram program, Manifest manifest) {
    manifest.put(INPUTS, program.inputs());
    manifest.put(SEGMENTS, numbers(program.segments()));
    manifest.put(OTHERS, numbers(program.others()));
    for (int i = 0; i < program.steps().size(); i++) {
      TextStep step = program.steps().get(i);
      List<String> words = new ArrayList<>();
      words.add(step.op().name());
      words.add(numbers(step.operands()));
      for (String argument : step.op().arguments()) {
        words.add(Base64.getEncoder().encodeToString(argument.getBytes(ISO_8859_1)));
      }
      manifest.put(STEP + i, String.join(SEPARATOR, words));
    }
  }

  static TextProgram read(Manifest manifest) {
    List<TextStep> steps = new ArrayList<>();
    for (int i = 0; manifest.has(STEP + i); i++) {
      String[] words = manifest.get(STEP + i).split(SEPARATOR, -1);
      List<String> arguments =
          Arrays.stream(words, 2, words.length)
              .map(word -> new String(Base64.getDecoder().decode(word), ISO_8859_1))
              .toList();
      steps.add(new TextStep(TextOp.of(words[0], arguments), numbers(words[1])));
    }
    return new TextProgram(
        manifest.number(INPUTS),
        steps,
        numbers(manifest.get(SEGMENTS)),
        numbers(manifest.get(OTHERS)));
  }

  private static String numbers(List<Integer> numbers) {
    return String.join(",", numbers.stream().map(String::valueOf).toList());
  }

  private static List<Integer> numbers(String joined) {
    return joined.isEmpty()
        ? List.of()
        : Arrays.stream(joined.split(",", -1)).map(Integer::valueOf).toList();
  }
}
