package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.CalledFunctions;
import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.text.PatternSplit;
import dev.bertserve.tokenizer.RowTemplate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;

/**
 * Reads byte-pair encoding from KerasHub's ops: patterns that cut texts into words, then a loop
 * that merges the tokens of words which are not in a table yet. Source:
 * keras_hub/src/tokenizers/byte_pair_tokenizer.py, 0.16 to 0.32, and KerasNLP's before it.
 */
final class BytePairReader {

  private static final String SPACES = "\\x{a0}\\x{2009}\\x{202f}\\x{3000}";

  /** Stands where a space is kept apart from the word after it. */
  private static final String SIGN = "\u096C";

  private static final String WORDS =
      "'s|'t|'re|'ve|'m|'ll|'d|[\\s"
          + SPACES
          + "]+[\\n\\r\\t\\f"
          + SIGN
          + SPACES
          + "]| ?\\p{L}+| ?[\\p{N}]+| ?[^\\s\\p{L}\\p{N}"
          + SPACES
          + "]+";

  /** By version: of KerasHub, and of KerasNLP before it. */
  private static final List<String> LAST_SPACES =
      List.of("[ \\t\\r\\f\\v" + SIGN + SPACES + "]$", "[\\s" + SIGN + SPACES + "]$");

  private static final List<List<String>> SPLITS = List.of(List.of(WORDS), LAST_SPACES);

  /** How often the loop has each op that makes or compares texts, or chooses among them. */
  private static final Map<String, Long> MERGING =
      Map.ofEntries(
          Map.entry("StringSplit", 1L),
          Map.entry("LookupTableFindV2", 3L),
          Map.entry("LookupTableInsertV2", 1L),
          Map.entry("Fingerprint", 2L),
          Map.entry("While", 1L),
          Map.entry("StringJoin ' '", 1L),
          Map.entry("StringJoin ''", 1L),
          Map.entry("UnsortedSegmentJoin ' '", 1L),
          Map.entry("UnsortedSegmentMin", 1L),
          Map.entry("ArgMin", 1L),
          Map.entry("TensorScatterUpdate", 3L));

  private static final Set<String> CHOOSING =
      Set.of(
          "ArgMin",
          "ArgMax",
          "UnsortedSegmentMin",
          "UnsortedSegmentMax",
          "TensorScatterUpdate",
          "While",
          "Fingerprint");

  private final BytePairTables tables;

  BytePairReader(BytePairTables tables) {
    this.tables = tables;
  }

  /**
   * What was read.
   *
   * @param text before it is cut into words
   * @param source every choice of the tokenizer
   */
  record Reading(NodeOutput text, TokenSource.BytePair source) {}

  /** Whether {@code lookup} gives the ids of tokens that were joined by spaces. */
  static boolean isBytePair(GraphNode lookup) {
    return Shaping.through(lookup.input(1)).node().is("StringSplitV2");
  }

  Reading read(GraphNode lookup, RowTemplate rows) throws IOException {
    GraphNode joined = Shaping.through(lookup.input(1)).node();
    requireText(joined, Constants.string(joined.input(1)), " ");
    GraphNode choice = Shaping.through(joined.input(0)).node();
    Expected.op(choice, "If");
    requireMerging(choice);
    NodeOutput kept = Shaping.through(choice.input(1));
    requireCached(choice, kept);
    NodeOutput words = Shaping.through(kept.node().input(0));
    List<GraphNode> patterns = patterns(words);
    NodeOutput dropped = dropped(kept.node(), words);
    requireText(kept.node(), Constants.string(dropped), SIGN);
    return new Reading(
        patterns.get(0).input(0),
        new TokenSource.BytePair(
            tables.tokens(lookup.input(0).node()),
            tables.merges(choice),
            new PatternSplit(
                patterns.stream().map(BytePairReader::step).toList(),
                TextProgramReader.constant(dropped)),
            wholeWords(patterns),
            rows));
  }

  static void requireText(GraphNode node, String found, String expected) {
    if (!found.equals(expected)) {
      throw TextRefusal.of(node, "'" + found + "'", "'" + expected + "'");
    }
  }

  /** Requires the ops of the loop in the functions of {@code choice}, and nothing in its else. */
  private static void requireMerging(GraphNode choice) {
    Map<String, Long> found = new HashMap<>();
    String otherwise = choice.attribute("else_branch").getFunc().getName();
    for (FunctionDef function : CalledFunctions.of(choice)) {
      for (NodeDef node : function.getNodeDefList()) {
        String op = node.getOp();
        if (function.getSignature().getName().equals(otherwise)) {
          if (!op.equals("Identity")) {
            throw TextRefusal.of(choice, op + " of known words", "the table's tokens as they are");
          }
        } else if (op.matches(".*String.*|.*Join|LookupTable.*") || CHOOSING.contains(op)) {
          String separator =
              op.endsWith("Join")
                  ? " '"
                      + node.getAttrOrDefault("separator", AttrValue.getDefaultInstance())
                          .getS()
                          .toStringUtf8()
                      + "'"
                  : "";
          found.merge(op + separator, 1L, Long::sum);
        }
      }
    }
    if (!found.equals(MERGING)) {
      throw TextRefusal.of(choice, "a loop of " + found, MERGING.toString());
    }
  }

  /** Requires that {@code choice} takes the tokens that a table has of {@code words}. */
  private static void requireCached(GraphNode choice, NodeOutput words) {
    GraphNode cached = Shaping.through(choice.input(choice.inputs().size() - 1)).node();
    Expected.op(cached, "LookupTableFindV2");
    Expected.op(cached.input(0).node(), "MutableHashTableV2");
    GraphNode fingerprint = cached.input(1).node();
    for (String op : List.of("Squeeze", "MatMul", "Cast")) {
      Expected.op(fingerprint, op);
      fingerprint = fingerprint.input(0).node();
    }
    Expected.op(fingerprint, "Fingerprint");
    if (!Shaping.through(fingerprint.input(0)).equals(words)) {
      throw TextRefusal.of(fingerprint, "other words", "those that are merged");
    }
  }

  /** The ops that make {@code words}, in order, from the first that splits on. */
  private static List<GraphNode> patterns(NodeOutput words) {
    List<GraphNode> backwards = new ArrayList<>();
    for (NodeOutput at = words; isPattern(at); at = Shaping.through(at.node().input(0))) {
      backwards.add(at.node());
      if (!TextProgramReader.replacesAll(at.node())) {
        throw TextRefusal.of(at.node(), "the first match", "all of them replaced");
      }
    }
    while (!backwards.isEmpty() && !isSplit(backwards.get(backwards.size() - 1))) {
      // Done to the whole text
      backwards.remove(backwards.size() - 1);
    }
    Collections.reverse(backwards);
    int specials = (backwards.size() - SPLITS.size()) / 3;
    for (int i = 0; i < SPLITS.size(); i++) {
      int place = 2 * specials + i;
      if (specials < 0 || place >= backwards.size() || !isSplit(backwards.get(place))) {
        throw TextRefusal.of(words.node(), backwards.size() + " patterns", "KerasHub's");
      }
      requireSplit(backwards.get(place), SPLITS.get(i));
    }
    for (int i = 0; i < specials; i++) {
      GraphNode special = backwards.get(2 * i + 1);
      GraphNode back = backwards.get(2 * specials + SPLITS.size() + i);
      Expected.op(special, "StaticRegexReplace");
      Expected.op(back, "StaticRegexReplace");
      requireSplit(backwards.get(2 * i), List.of(text(special, "pattern")));
      requireText(special, text(special, "pattern").replace("\\", ""), text(back, "rewrite"));
      requireText(back, text(back, "pattern"), text(special, "rewrite"));
    }
    return backwards;
  }

  private static boolean isPattern(NodeOutput tensor) {
    return tensor.index() == 0
        && (isSplit(tensor.node()) || tensor.node().is("StaticRegexReplace"));
  }

  private static boolean isSplit(GraphNode node) {
    return node.is("RegexSplitWithOffsets");
  }

  private static void requireSplit(GraphNode split, List<String> patterns) {
    Expected.op(split, "RegexSplitWithOffsets");
    String found = Constants.string(split.input(1));
    boolean known = patterns.stream().anyMatch(pattern -> found.equals("(" + pattern + ")"));
    requireText(split, found, known ? found : "(" + patterns.get(0) + ")");
    requireText(split, Constants.string(split.input(2)), found);
  }

  private static String text(GraphNode node, String attribute) {
    return node.attribute(attribute).getS().toStringUtf8();
  }

  private static PatternSplit.Step step(GraphNode node) {
    return isSplit(node)
        ? new PatternSplit.Step(TextProgramReader.constant(node.input(1)), Optional.empty())
        : new PatternSplit.Step(
            TextProgramReader.text(node, "pattern", ""),
            Optional.of(TextProgramReader.text(node, "rewrite", "")));
  }

  /** The tokens that the last patterns put back. */
  private static List<String> wholeWords(List<GraphNode> patterns) {
    List<String> words = new ArrayList<>();
    for (int i = patterns.size() - 1; !isSplit(patterns.get(i)); i--) {
      words.add(0, text(patterns.get(i), "rewrite"));
    }
    for (String word : words) {
      if (word.contains(" ")) {
        throw TextRefusal.of(patterns.get(0), "token '" + word + "'", "tokens without spaces");
      }
    }
    return words;
  }

  /** Which of {@code words} the indices of {@code gather} leave out. */
  private static NodeOutput dropped(GraphNode gather, NodeOutput words) {
    Expected.op(gather, "GatherV2");
    return new FlatGraph(Map.of("", gather.input(1)))
        .nodes().stream()
            .filter(node -> node.is("NotEqual") && Shaping.through(node.input(0)).equals(words))
            .findFirst()
            .map(kept -> kept.input(1))
            .orElseThrow(
                () -> TextRefusal.of(gather, gather.op(), "words other than one that is dropped"));
  }
}
