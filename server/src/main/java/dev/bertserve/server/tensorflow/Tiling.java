package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.prepare.RowLengths;
import dev.bertserve.server.tensorflow.rewrite.PackedInput;
import dev.bertserve.tokenizer.TokenIds;
import java.util.List;

/** How batches are cut into tiles of a few shapes. */
sealed interface Tiling permits PackedTiles, PaddedTiles {

  /** As {@code graph} allows; {@code bounds} are the model's. */
  static Tiling of(FlatGraph graph, RowLengths bounds, TileRule rule) {
    return PackedInput.readBy(graph).isEmpty()
        ? new PaddedTiles(new ShapeClasses(bounds, rule))
        // Packed rows see nothing but their own tokens.
        : new PackedTiles(new ShapeClasses(new RowLengths(1, bounds.most()), rule));
  }

  /** All shapes that tiles ever have, the largest first. */
  List<TileShape> shapes();

  /** Tiles with every row of {@code batch} in one of them. */
  default List<Tile> cut(List<TokenIds> batch) {
    return cut(batch, Tile.longestFirst(batch));
  }

  /** The same for some rows, given by their places in {@code batch}, the longest first. */
  List<Tile> cut(List<TokenIds> batch, int... places);
}
