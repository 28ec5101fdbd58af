package dev.bertserve.server.prepared;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.bertserve.server.preprocessing.TokenSource;
import dev.bertserve.server.text.PatternSplit;
import dev.bertserve.tokenizer.RowTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A prepared model's byte-pair tokens: lists, each after a line with its length. */
final class BytePairFile {

  private BytePairFile() {}

  static void write(TokenSource.BytePair source, Path file) throws IOException {
    List<String> steps = new ArrayList<>();
    for (PatternSplit.Step step : source.split().steps()) {
      steps.add(
          encoded(step.pattern()) + step.rewrite().map(text -> " " + encoded(text)).orElse(""));
    }
    List<String> lines = new ArrayList<>();
    for (List<String> list :
        List.of(
            source.tokens(),
            source.merges(),
            source.wholeWords(),
            steps,
            List.of(encoded(source.split().dropped())))) {
      lines.add(Integer.toString(list.size()));
      lines.addAll(list);
    }
    Files.write(file, lines);
  }

  static TokenSource.BytePair read(Path file, RowTemplate rows) throws IOException {
    List<List<String>> lists = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    for (int at = 0; at < lines.size(); ) {
      int end = at + 1 + Integer.parseInt(lines.get(at));
      lists.add(lines.subList(at + 1, end));
      at = end;
    }
    List<PatternSplit.Step> steps = new ArrayList<>();
    for (String step : lists.get(3)) {
      String[] texts = step.split(" ", -1);
      steps.add(
          new PatternSplit.Step(
              decoded(texts[0]),
              texts.length == 1 ? Optional.empty() : Optional.of(decoded(texts[1]))));
    }
    return new TokenSource.BytePair(
        List.copyOf(lists.get(0)),
        List.copyOf(lists.get(1)),
        new PatternSplit(steps, decoded(lists.get(4).get(0))),
        List.copyOf(lists.get(2)),
        rows);
  }

  private static String encoded(String bytes) {
    return Base64.getEncoder().encodeToString(bytes.getBytes(ISO_8859_1));
  }

  private static String decoded(String encoded) {
    return new String(Base64.getDecoder().decode(encoded), ISO_8859_1);
  }
}
