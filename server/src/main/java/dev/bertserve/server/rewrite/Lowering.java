package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/**
 * Replaces recognised ops by TensorFlow's. Token tensors become matrices, [tokens, width], in the
 * compute type. Unrecognised nodes stay as exported, in float32.
 *
 * <p>A projection whose only reader is a GELU or a residual sum is fused with it. If projections
 * are sums of halves, each of which is rounded, residual sums and layer norms are in float32, so
 * that the halves do not cost accuracy.
 */
final class Lowering {

  private final FlatGraph source;
  private final DataType type;
  private final DataType attentionType;
  private final Emitter emit;
  private final LayerOps ops;
  private final Set<GraphNode> fusable;
  private final Map<NodeOutput, NodeOutput> exported = new HashMap<>();
  private final DataType sumType;
  private final Map<TypedTensor, NodeOutput> matrices = new HashMap<>();
  private final LoweredWeights weights;
  private final TokenShapes shapes;
  private final AttentionLowering attention;
  private final ProductLowering products;

  /** A token tensor in a number type. */
  private record TypedTensor(NodeOutput tensor, DataType format) {}

  private Lowering(FlatGraph source, DataType type, DataType attentionType, Target target) {
    this.source = source;
    this.type = type;
    this.attentionType = attentionType;
    emit = new Emitter(type);
    weights = new LoweredWeights(emit);
    ops = target.ops(emit);
    sumType = Match.count(source, node -> node.is(Ops.JOIN)) > 0 ? DataType.DT_FLOAT : type;
    fusable = FusableProjections.in(source, sumType == type);
    shapes = new TokenShapes(emit, () -> exported(TokenShapes.anyTokenInput(source)));
    attention =
        new AttentionLowering(
            emit.in(attentionType),
            shapes,
            attentionType == type ? ops.statisticsType() : attentionType);
    products =
        new ProductLowering(emit, ops, weights, fusable, Match.readCounts(source), this::matrix);
  }

  static FlatGraph lower(FlatGraph source, DataType type, Target target) {
    return new Lowering(source, type, type, target).lowered();
  }

  /** Lowers a graph with quantised projections, in float32 but for attention. */
  static FlatGraph lowerInInt8(FlatGraph source, DataType attentionType) {
    return new Lowering(source, DataType.DT_FLOAT, attentionType, Target.ONE_DNN).lowered();
  }

  private FlatGraph lowered() {
    // In topological order, which keeps the recursion shallow.
    for (GraphNode node : source.nodes()) {
      NodeOutput tensor = node.output();
      if (TokenTensor.is(tensor)) {
        if (!fusable.contains(node) && !TokenTensor.isWidthUnknown(node)) {
          matrix(tensor, 0);
        }
      } else {
        exported(tensor);
      }
    }
    Map<String, NodeOutput> outputs = new LinkedHashMap<>();
    source.outputs().forEach((name, tensor) -> outputs.put(name, exported(tensor)));
    FlatGraph lowered = new FlatGraph(outputs);
    // Every op costs time in each run, even a duplicate constant.
    new MergeDuplicates().apply(lowered);
    return lowered;
  }

  /** {@code tensor} in float32 and in its exported shape. */
  private NodeOutput exported(NodeOutput tensor) {
    NodeOutput lowered = exported.get(tensor);
    if (lowered == null) {
      lowered =
          TokenTensor.is(tensor)
              ? shapes.exportedShape(tensor, matrix(tensor, 0, DataType.DT_FLOAT))
              : copy(tensor);
      exported.put(tensor, lowered);
    }
    return lowered;
  }

  private NodeOutput copy(NodeOutput tensor) {
    GraphNode node = tensor.node();
    NodeOutput known = exported.get(node.output());
    if (known != null) {
      return new NodeOutput(known.node(), tensor.argument(), tensor.index());
    }
    if (node.is(Ops.EMBEDDING) || node.is(Ops.POSITIONS)) {
      NodeOutput values = embedded(tensor, DataType.DT_FLOAT);
      if (node.is(Ops.POSITIONS)) {
        int width = Math.toIntExact(LoweredWeights.of(node.input(0)).shape().get(1));
        values = shapes.repeatForEachRow(values, width);
      }
      exported.put(node.output(), values);
      return values;
    }
    Weight weight = node.weight();
    GraphNode copy =
        weight == null ? new GraphNode(node.name(), node.op()) : new GraphNode(node.name(), weight);
    copy.attributes().putAll(node.attributes());
    node.inputs().forEach(input -> copy.inputs().add(exported(input)));
    exported.put(node.output(), copy.output());
    return new NodeOutput(copy, tensor.argument(), tensor.index());
  }

  /** A token tensor as [tokens, width] in the compute type. */
  private NodeOutput matrix(NodeOutput tensor, int width) {
    return matrix(tensor, width, type);
  }

  /** A tensor as [tokens, width]; {@code width} is used only if it is not a token tensor. */
  private NodeOutput matrix(NodeOutput tensor, int width, DataType format) {
    TypedTensor key = new TypedTensor(tensor, format);
    NodeOutput lowered = matrices.get(key);
    if (lowered == null) {
      lowered = newMatrix(tensor, width, format);
      matrices.put(key, lowered);
    }
    return lowered;
  }

  private NodeOutput newMatrix(NodeOutput tensor, int width, DataType format) {
    GraphNode node = tensor.node();
    if (!TokenTensor.is(tensor)) {
      return emit.op("Reshape", embedded(tensor, format), emit.integers(-1, width));
    }
    if (node.is(Ops.FIRST_TOKEN)) {
      return firstToken(node, width, format);
    }
    DataType computed = computedIn(node);
    return format == computed
        ? computed(node)
        : emit.cast(matrix(tensor, width, computed), computed, format);
  }

  private DataType computedIn(GraphNode node) {
    return switch (node.op()) {
      case Ops.LAYER_NORM, Ops.JOIN, "AddV2" -> sumType;
      case Ops.ATTENTION -> attentionType;
      default -> type;
    };
  }

  /** The output of {@code node} in the type {@link #computedIn}. */
  private NodeOutput computed(GraphNode node) {
    return switch (node.op()) {
      case Ops.LAYER_NORM -> layerNorm(node);
      case Ops.GELU -> gelu(node);
      case Ops.DENSE -> dense(node, "", null);
      case Ops.ATTENTION -> attend(node);
      default -> sum(node);
    };
  }

  private NodeOutput layerNorm(GraphNode node) {
    DataType statistics = sumType == type ? ops.statisticsType() : sumType;
    return ops.layerNorm(
        matrix(node.input(0), TokenTensor.width(node.output()), sumType),
        weights.single(node.input(1), statistics),
        weights.single(node.input(2), statistics),
        node.attribute(Ops.EPSILON).getF());
  }

  /** A sum of embeddings, [rows, length, width]. */
  private NodeOutput embedded(NodeOutput tensor, DataType format) {
    GraphNode node = tensor.node();
    return switch (node.op()) {
      case Ops.EMBEDDING, Ops.POSITIONS -> emit.cast(lookUp(node), type, format);
      case "AddV2" ->
          emit.op("AddV2", embedded(node.input(0), format), embedded(node.input(1), format));
      default -> emit.cast(exported(tensor), DataType.DT_FLOAT, format);
    };
  }

  private NodeOutput lookUp(GraphNode node) {
    NodeOutput table = weights.single(node.input(0));
    NodeOutput ids =
        node.is(Ops.EMBEDDING)
            ? exported(node.input(1))
            : emit.op("Range", emit.integer(0), shapes.length(), emit.integer(1));
    return emit.gather(table, ids);
  }

  private NodeOutput gelu(GraphNode gelu) {
    GraphNode dense = gelu.input(0).node();
    if (fusable.contains(dense)) {
      return dense(dense, Ops.fusedGelu(gelu), null);
    }
    return ops.gelu(matrix(gelu.input(0), 0), gelu.attribute(Ops.APPROXIMATE).getB());
  }

  private NodeOutput sum(GraphNode sum) {
    for (int i = 0; i < 2; i++) {
      GraphNode dense = sum.input(i).node();
      if (fusable.contains(dense)) {
        return dense(dense, "", matrix(sum.input(1 - i), 0));
      }
    }
    GraphNode all = emit.node("AddN");
    InHalves.terms(sum).forEach(term -> all.inputs().add(matrix(term, 0, sumType)));
    all.attributes().put("N", Match.number(all.inputs().size()));
    all.setType("T", sumType);
    return all.output();
  }

  private NodeOutput dense(GraphNode dense, String activation, @Nullable NodeOutput residual) {
    return products.product(List.of(dense), 1, activation, residual, type);
  }

  private NodeOutput attend(GraphNode node) {
    GraphNode query = node.input(0).node();
    GraphNode key = node.input(1).node();
    GraphNode value = node.input(2).node();
    float scale = node.attribute(Ops.SCALE).getF();
    int heads = Math.toIntExact(node.attribute(Ops.HEADS).getI());
    int width = TokenTensor.width(query.output());
    float penalty = node.attribute(Ops.PENALTY).getF();
    NodeOutput penalties =
        Ops.readsRowNumbers(node)
            ? attention.otherRowPenalty(exported(node.input(3)), exported(node.input(4)), penalty)
            : attention.maskPenalty(exported(node.input(3)), penalty);
    boolean first = TokenTensor.isFirstOnly(node.output());
    AttentionLowering.Projections projections;
    boolean oneSource = key.input(0).equals(value.input(0));
    if (first && oneSource) {
      NodeOutput q = project(List.of(query), scale);
      NodeOutput kv = project(List.of(key, value), 1);
      projections = attention.splitWithFirstQuery(q, kv, heads, width / heads);
    } else if (oneSource && query.input(0).equals(key.input(0))) {
      projections =
          attention.split(project(List.of(query, key, value), scale), heads, width / heads);
    } else {
      projections =
          attention.separate(
              project(List.of(query), scale),
              project(List.of(key), 1),
              project(List.of(value), 1),
              first,
              heads,
              width / heads);
    }
    List<NodeOutput> mixers =
        Ops.mixers(node).stream().map(mixer -> weights.single(mixer, attentionType)).toList();
    return attention.attend(projections, penalties, mixers, heads, width);
  }

  /** Several projections of one tensor in one matrix product; the first one is scaled. */
  private NodeOutput project(List<GraphNode> projections, float scale) {
    return products.product(projections, scale, "", null, attentionType);
  }

  /** {@code readerWidth} is the width that the reader expects, used if x is no token tensor. */
  private NodeOutput firstToken(GraphNode node, int readerWidth, DataType format) {
    NodeOutput x = node.input(0);
    int width = TokenTensor.is(x) ? TokenTensor.width(x) : readerWidth;
    NodeOutput tokens = matrix(x, width, format);
    return node.inputs().size() == 1
        ? shapes.firstTokens(tokens, width)
        : emit.gather(tokens, exported(node.input(1)));
  }
}
