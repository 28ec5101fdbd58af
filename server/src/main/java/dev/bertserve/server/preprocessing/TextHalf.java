package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.text.TextProgram;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The text half of a graph, which makes token ids of texts.
 *
 * @param cutPoints for each token input the op that gave it
 * @param texts reads what is done to texts before they are tokenised
 * @param segments the values of {@code texts} that are tokenised
 * @param source every choice of the tokenizer
 */
public record TextHalf(
    Map<TokenInput, String> cutPoints,
    TextProgramReader texts,
    List<Integer> segments,
    TokenSource source) {

  /** What is done to texts before they are tokenised, and what makes the texts {@code others}. */
  public TextProgram program(List<Integer> others) {
    return texts.program(segments, others);
  }

  /**
   * Cuts it off {@code graph}, which reads token inputs afterwards; empty if the graph has none.
   *
   * @param inputName the name of the input that a placeholder is
   */
  public static Optional<TextHalf> cut(
      FlatGraph graph, Tables tables, Function<GraphNode, String> inputName) throws IOException {
    LatePadding.replace(graph);
    LengthMasks.replace(graph);
    Map<TokenInput, GraphNode> packings = new TextCut(graph).cut();
    GraphNode wordIds = packings.get(TokenInput.WORD_IDS);
    if (wordIds == null) {
      return Optional.empty();
    }
    TextProgramReader texts = new TextProgramReader(inputName);
    TokenizerReader.TextReading reading =
        new TokenizerReader(tables, texts)
            .read(wordIds, packings.get(TokenInput.TYPE_IDS), TokenInput.paddingId(graph));
    Map<TokenInput, String> cutPoints = new TreeMap<>();
    packings.forEach((input, packing) -> cutPoints.put(input, packing.name()));
    return Optional.of(new TextHalf(cutPoints, texts, reading.segments(), reading.source()));
  }
}
