package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Weight;
import java.util.ArrayList;
import java.util.List;

/** Picks channels of float32 weights. */
final class Channels {

  private Channels() {}

  /** The columns {@code picked} of a matrix, or elements of a vector. */
  static Weight columns(Weight weight, List<Integer> picked) {
    List<Long> shape = new ArrayList<>(weight.shape());
    int width = Math.toIntExact(shape.get(shape.size() - 1));
    shape.set(shape.size() - 1, (long) picked.size());
    return Weight.computed(
        shape,
        () -> {
          float[] all = weight.floats();
          float[] some = new float[all.length / width * picked.size()];
          int count = 0;
          for (int row = 0; row < all.length; row += width) {
            for (int column : picked) {
              some[count++] = all[row + column];
            }
          }
          return some;
        });
  }

  /** The rows {@code picked} of a matrix. */
  static Weight rows(Weight weight, List<Integer> picked) {
    int width = Math.toIntExact(weight.shape().get(1));
    return Weight.computed(
        List.of((long) picked.size(), (long) width),
        () -> {
          float[] all = weight.floats();
          float[] some = new float[picked.size() * width];
          for (int i = 0; i < picked.size(); i++) {
            System.arraycopy(all, picked.get(i) * width, some, i * width, width);
          }
          return some;
        });
  }
}
