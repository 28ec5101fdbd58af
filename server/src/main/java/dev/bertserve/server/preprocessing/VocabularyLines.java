package dev.bertserve.server.preprocessing;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.Constants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A vocabulary as a model keeps it.
 *
 * @param place where, for people
 * @param lines a token a line; the number of its line, from 0, is its id
 */
public record VocabularyLines(String place, ByteString lines) {

  /** The place of tokens that are no file, for people. */
  static final String IN_THE_GRAPH = "in the graph";

  private static final ByteString LINE_FEED = ByteString.copyFromUtf8("\n");

  public static VocabularyLines read(Path file) throws IOException {
    return new VocabularyLines(
        String.valueOf(file.getFileName()), ByteString.copyFrom(Files.readAllBytes(file)));
  }

  /** Of constants in a graph; refuses other ids than the places of the tokens. */
  public static VocabularyLines of(Tables.Entries entries) {
    List<ByteString> tokens = Constants.strings(entries.keys().output());
    long[] ids = Constants.integers(entries.values().output());
    if (!Arrays.equals(ids, LongStream.range(0, tokens.size()).toArray())) {
      throw TextRefusal.of(
          entries.values(), "ids in another order", "0, 1, 2 and so on, that of the tokens");
    }
    for (ByteString token : tokens) {
      if (token.isEmpty() || token.toStringUtf8().matches("(?s).*(\n.*|\r)")) {
        throw TextRefusal.of(entries.keys(), "a token that is no line", "texts without line ends");
      }
    }
    return new VocabularyLines(
        IN_THE_GRAPH,
        ByteString.copyFrom(tokens.stream().map(token -> token.concat(LINE_FEED)).toList()));
  }
}
