package dev.bertserve.server.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bertserve.tokenizer.WordSplit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Cuts texts by patterns, one after the other, as RegexSplitWithOffsets and RegexReplace do.
 * Immutable; any thread. Strings hold a byte a character, since TensorFlow's strings are bytes.
 */
public final class PatternSplit implements WordSplit {

  private final List<Step> steps;
  private final String dropped;
  private final List<Function<byte[], Stream<byte[]>>> work = new ArrayList<>();
  private final byte[] droppedBytes;

  /**
   * What is done to each part.
   *
   * @param pattern matches no empty text, and does not look at what is before a match
   * @param rewrite what replaces matches; empty if they become parts, like what is between them
   */
  public record Step(String pattern, Optional<String> rewrite) {}

  /**
   * Compiles {@code steps}.
   *
   * @param dropped a part that is no word
   * @throws IllegalArgumentException if a pattern is none that is matched exactly
   */
  public PatternSplit(List<Step> steps, String dropped) {
    this.steps = List.copyOf(steps);
    this.dropped = dropped;
    this.droppedBytes = dropped.getBytes(ISO_8859_1);
    for (Step step : steps) {
      Re2Pattern pattern = new Re2Pattern(new String(step.pattern.getBytes(ISO_8859_1), UTF_8));
      if (step.rewrite.isEmpty()) {
        work.add(pattern::split);
      } else {
        Rewrite rewrite = new Rewrite(step.rewrite.get().getBytes(ISO_8859_1));
        work.add(part -> Stream.of(pattern.replace(part, rewrite, true)));
      }
    }
  }

  public List<Step> steps() {
    return steps;
  }

  public String dropped() {
    return dropped;
  }

  @Override
  public Stream<byte[]> words(String text) {
    Stream<byte[]> parts = Stream.of(TextBytes.of(text));
    for (Function<byte[], Stream<byte[]>> step : work) {
      parts = parts.flatMap(step);
    }
    return parts.filter(part -> !Arrays.equals(part, droppedBytes));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PatternSplit split
        && split.steps.equals(steps)
        && split.dropped.equals(dropped);
  }

  @Override
  public int hashCode() {
    return 31 * steps.hashCode() + dropped.hashCode();
  }
}
