package dev.bertserve.server.tensorflow;

import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Times of ops by kind, as a Markdown table. */
final class ProfileTable {

  /** Kinds with a smaller share are summed. */
  private static final double MIN_SHARE = 0.005;

  private final OpTimes served;
  private final OpTimes alone;
  private final Map<String, Kind> kinds = new TreeMap<>();

  ProfileTable(FlatGraph flat, BatchShape shape, OpTimes served, OpTimes alone) {
    this.served = served;
    this.alone = alone;
    for (GraphNode node : flat.nodes()) {
      kinds.computeIfAbsent(kind(node, shape), name -> new Kind()).add(node);
    }
  }

  String markdown(double untracedMillis) {
    double all = served.allMillis();
    List<Map.Entry<String, Kind>> sorted = new ArrayList<>(kinds.entrySet());
    sorted.sort(Comparator.comparing(entry -> -entry.getValue().millis));
    StringBuilder table =
        new StringBuilder(
            "| op | times | ms | share | GF/s | alone, ms | alone, GF/s |\n|---|---|---|---|---|---|---|\n");
    Kind products = new Kind();
    Kind rest = new Kind();
    for (Map.Entry<String, Kind> entry : sorted) {
      Kind kind = entry.getValue();
      if (kind.flops > 0) {
        products.add(kind);
      }
      if (kind.millis < MIN_SHARE * all) {
        rest.count += kind.count;
        rest.millis += kind.millis;
      } else {
        row(table, entry.getKey(), kind, all);
      }
    }
    row(table, "all that take less than 0.5 %", rest, all);
    row(table, "all fused products", products, all);
    table.append(
        String.format(
            Locale.ROOT,
            "%nOps %.2f ms together; a run that is not traced takes %.2f ms. Products alone: %.0f %% of it.%n",
            all,
            untracedMillis,
            100 * products.aloneMillis / untracedMillis));
    return table.toString();
  }

  private static void row(StringBuilder table, String name, Kind kind, double all) {
    table.append(
        String.format(
            Locale.ROOT,
            "| %s | %d | %.2f | %.1f %% |",
            name,
            kind.count,
            kind.millis,
            100 * kind.millis / all));
    table.append(
        kind.flops == 0
            ? " | | |\n"
            : String.format(
                Locale.ROOT,
                " %.0f | %.2f | %.0f |%n",
                kind.flops / kind.millis / 1e6,
                kind.aloneMillis,
                kind.flops / kind.aloneMillis / 1e6));
  }

  private String kind(GraphNode node, BatchShape shape) {
    if (!BareProducts.isProduct(node)) {
      return node.op().replaceAll("^_", "");
    }
    String fused = String.join(", ", BareProducts.fusedOps(node));
    List<Long> kernel = BareProducts.kernelShape(node);
    boolean first = served.rows(node.name()) != shape.tokens();
    return String.format(
        Locale.ROOT,
        "%sproduct with %d x %d, %s%s",
        node.is(BareProducts.QUANTISED) ? "8-bit " : "",
        kernel.get(0),
        kernel.get(1),
        fused,
        first ? ", first tokens" : "");
  }

  /** Sums over the ops of one kind. */
  private final class Kind {

    private int count;
    private double millis;
    private double flops;
    private double aloneMillis;

    private void add(GraphNode node) {
      count++;
      millis += served.millis(node.name());
      if (BareProducts.isProduct(node)) {
        List<Long> kernel = BareProducts.kernelShape(node);
        flops += 2.0 * served.rows(node.name()) * kernel.get(0) * kernel.get(1);
        aloneMillis += alone.millis(BareProducts.name(node));
      }
    }

    private void add(Kind other) {
      count += other.count;
      millis += other.millis;
      flops += other.flops;
      aloneMillis += other.aloneMillis;
    }
  }
}
