package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What StridedSlice takes of a tensor. */
final class Slices {

  private Slices() {}

  /** The shape of a slice that takes whole axes or a single index of them; otherwise null. */
  static @Nullable List<Dimension> shape(GraphNode slice, TensorShapes shapes) {
    List<Dimension> from = shapes.of(slice.input(0));
    List<Dimension> begin = shapes.elements(slice.input(1));
    List<Dimension> end = shapes.elements(slice.input(2));
    if (from == null || begin == null || end == null) {
      return null;
    }
    List<Dimension> shape = new ArrayList<>();
    int axis = 0;
    for (int i = 0; i < begin.size(); i++) {
      if (has(slice, "ellipsis_mask", i)) {
        int rest = from.size() - axis - axesAfter(slice, i, begin.size());
        for (int k = 0; k < rest; k++) {
          shape.add(from.get(axis++));
        }
      } else if (has(slice, "new_axis_mask", i)) {
        shape.add(Dimension.ONE);
      } else if (has(slice, "shrink_axis_mask", i)) {
        axis++;
      } else {
        Dimension size = from.get(axis++);
        boolean fromStart = has(slice, "begin_mask", i) || begin.get(i).is(0);
        boolean toEnd = has(slice, "end_mask", i) || end.get(i).equals(size);
        if (!fromStart || !isStepOne(slice, i, shapes)) {
          return null;
        }
        if (!toEnd && !isWithin(end.get(i), size)) {
          return null;
        }
        boolean length = i == 0 && shapes.isFixedLength(end.get(i));
        shape.add(length ? Dimension.LENGTH : toEnd ? size : end.get(i));
      }
    }
    shape.addAll(from.subList(axis, from.size()));
    return shape;
  }

  /** The shape of a Slice, whose sizes are given; -1 stands for the rest of an axis. */
  static @Nullable List<Dimension> sizes(GraphNode slice, TensorShapes shapes) {
    List<Dimension> from = shapes.of(slice.input(0));
    List<Dimension> begin = shapes.elements(slice.input(1));
    List<Dimension> sizes = shapes.elements(slice.input(2));
    if (from == null || begin == null || sizes == null) {
      return null;
    }
    List<Dimension> shape = new ArrayList<>(sizes);
    for (int axis = 0; axis < shape.size(); axis++) {
      if (shape.get(axis).is(-1)) {
        if (!begin.get(axis).is(0)) {
          return null;
        }
        shape.set(axis, from.get(axis));
      }
    }
    if (shapes.isFixedLength(shape.get(0)) && begin.get(0).is(0)) {
      shape.set(0, Dimension.LENGTH);
    }
    return shape;
  }

  /** The elements that a slice takes of a vector of known elements; null if not known. */
  static @Nullable List<Dimension> elements(GraphNode slice, ShapeArithmetic arithmetic) {
    List<Dimension> vector = arithmetic.elements(slice.input(0));
    List<Dimension> begin = arithmetic.elements(slice.input(1));
    List<Dimension> end = arithmetic.elements(slice.input(2));
    List<Dimension> step = arithmetic.elements(slice.input(3));
    if (vector == null
        || begin == null
        || end == null
        || begin.size() != 1
        || end.size() != 1
        || !List.of(Dimension.ONE).equals(step)
        || !begin.get(0).isConstant()
        || !end.get(0).isConstant()) {
      return null;
    }
    int from = index(begin.get(0), vector);
    if (has(slice, "shrink_axis_mask", 0)) {
      return from < vector.size() ? List.of(vector.get(from)) : null;
    }
    int first = has(slice, "begin_mask", 0) ? 0 : from;
    int last = has(slice, "end_mask", 0) ? vector.size() : index(end.get(0), vector);
    return first <= last && last <= vector.size() ? vector.subList(first, last) : null;
  }

  static boolean has(GraphNode slice, String mask, int axis) {
    return (slice.number(mask) >> axis & 1) == 1;
  }

  /** Whether an end is known to be inside; a batch is never longer than a table of positions. */
  private static boolean isWithin(Dimension end, Dimension size) {
    if (size.isConstant()) {
      return end.equals(Dimension.LENGTH) || (end.isConstant() && isUpTo(end, size.factor()));
    }
    return end.is(1);
  }

  private static boolean isUpTo(Dimension end, long size) {
    return end.factor() > 0 && end.factor() <= size;
  }

  private static boolean isStepOne(GraphNode slice, int axis, TensorShapes shapes) {
    List<Dimension> steps = shapes.elements(slice.input(3));
    return steps != null && steps.get(axis).is(1);
  }

  private static int axesAfter(GraphNode slice, int ellipsis, int count) {
    int axes = 0;
    for (int i = ellipsis + 1; i < count; i++) {
      axes += has(slice, "new_axis_mask", i) ? 0 : 1;
    }
    return axes;
  }

  private static int index(Dimension index, List<Dimension> vector) {
    return (int) (index.factor() < 0 ? index.factor() + vector.size() : index.factor());
  }
}
