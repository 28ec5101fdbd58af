package dev.bertserve.server.preprocessing;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.tokenizer.BytePairModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;

/** Reads the tables of KerasHub's byte-pair encoding: tokens, merges and bytes. */
final class BytePairTables {

  private final Tables tables;

  BytePairTables(Tables tables) {
    this.tables = tables;
  }

  /** The token of each id of {@code table}; empty if there is none. */
  List<String> tokens(GraphNode table) throws IOException {
    return tokens(tables.entriesOf(table));
  }

  private static List<String> tokens(Tables.Entries entries) {
    List<ByteString> keys = Constants.strings(entries.keys().output());
    long[] ids = Constants.integers(entries.values().output());
    String[] tokens = new String[Math.toIntExact(Arrays.stream(ids).max().orElse(-1) + 1)];
    Arrays.fill(tokens, "");
    for (int i = 0; i < ids.length; i++) {
      String token = keys.get(i).toStringUtf8();
      if (ids[i] < 0 || !tokens[(int) ids[i]].isEmpty() || token.matches("(?s).*\\R.*")) {
        throw TextRefusal.of(
            entries.keys(), token + " with id " + ids[i], "tokens of one id, on a line");
      }
      tokens[(int) ids[i]] = token;
    }
    return List.of(tokens);
  }

  /** The merges in the table of numbers that {@code choice} reads; the other table is of bytes. */
  List<String> merges(GraphNode choice) throws IOException {
    List<String> merges = List.of();
    int read = 0;
    for (NodeOutput input : choice.inputs()) {
      if (!input.node().is("HashTableV2")) {
        continue;
      }
      Tables.Entries entries = tables.entriesOf(input.node());
      read++;
      if (entries.values().attribute("dtype").getType() == DataType.DT_STRING) {
        requireBytes(entries);
      } else {
        merges = tokens(entries);
      }
    }
    if (read != 2 || merges.contains("")) {
      throw TextRefusal.of(choice, read + " tables", "one of bytes, and one of numbered merges");
    }
    return merges;
  }

  private static void requireBytes(Tables.Entries entries) {
    List<ByteString> bytes = Constants.strings(entries.keys().output());
    List<ByteString> symbols = Constants.strings(entries.values().output());
    String alphabet = BytePairModel.alphabet();
    Map<ByteString, ByteString> found = new HashMap<>();
    for (int i = 0; i < bytes.size(); i++) {
      found.put(bytes.get(i), symbols.get(i));
    }
    for (int b = 0; b < alphabet.length(); b++) {
      ByteString symbol = found.get(ByteString.copyFrom(new byte[] {(byte) b}));
      String expected = alphabet.substring(b, b + 1);
      BytePairReader.requireText(
          entries.keys(), symbol == null ? "nothing" : symbol.toStringUtf8(), expected);
    }
  }
}
