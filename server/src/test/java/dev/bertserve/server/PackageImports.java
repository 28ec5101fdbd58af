package dev.bertserve.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What each package may import, as docs/architecture.md has it. */
final class PackageImports {

  static final String ROOT = "dev.bertserve.server";

  /** Generated from the proto files. */
  static final String MESSAGES = "dev.bertserve.proto";

  private static final String TOKENIZER = "dev.bertserve.tokenizer";

  /** Packages that every package may import. */
  static final List<String> EVERYWHERE =
      List.of("java..", "org.jspecify..", "com.google.errorprone.annotations..", "org.slf4j..");

  /** Further packages that each package may import: our own by name, others by pattern. */
  static final Map<String, List<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("failure", List.of()),
          Map.entry("lifecycle", List.of()),
          Map.entry("access", ours("failure")),
          Map.entry("batching", List.of()),
          Map.entry("metrics", List.of("io.micrometer..")),
          Map.entry("text", with(ours("failure"), TOKENIZER, "com.google.re2j")),
          Map.entry("endpoint", ours("failure")),
          Map.entry("rpc", List.of("com.google.protobuf..")),
          Map.entry("protocol.json", with(ours("failure"), "com.fasterxml.jackson..")),
          Map.entry("serving.admission", ours("failure")),
          Map.entry("serving.cache", List.of("com.github.benmanes.caffeine..")),
          Map.entry(
              "serving",
              with(
                  ours(
                      "batching",
                      "failure",
                      "lifecycle",
                      "metrics",
                      "serving.admission",
                      "serving.cache",
                      "text"),
                  TOKENIZER)),
          Map.entry("graph", List.of("org.tensorflow..", "com.google.protobuf..")),
          Map.entry(
              "huggingface",
              with(
                  ours("failure"),
                  TOKENIZER,
                  "ai.djl.huggingface.tokenizers.jni",
                  "com.fasterxml.jackson..")),
          Map.entry(
              "preprocessing",
              with(
                  ours("huggingface", "graph", "rewrite", "text"),
                  TOKENIZER,
                  "org.tensorflow..",
                  "com.google.protobuf..")),
          Map.entry(
              "prepared",
              with(
                  ours("preprocessing", "serving", "huggingface", "graph", "rewrite", "text"),
                  TOKENIZER,
                  "org.tensorflow..",
                  "com.google.protobuf..")),
          Map.entry(
              "savedmodel",
              with(
                  ours(
                      "preprocessing",
                      "prepared",
                      "serving",
                      "huggingface",
                      "graph",
                      "rewrite",
                      "text"),
                  TOKENIZER,
                  "org.tensorflow..",
                  "com.google.protobuf..")),
          Map.entry("rewrite", with(ours("graph"), "org.tensorflow..", "com.google.protobuf..")),
          Map.entry(
              "tensorflow",
              with(
                  ours(
                      "batching",
                      "serving",
                      "failure",
                      "graph",
                      "preprocessing",
                      "prepared",
                      "savedmodel",
                      "rewrite"),
                  TOKENIZER,
                  "org.tensorflow..",
                  "org.bytedeco.javacpp",
                  "com.google.protobuf..")),
          Map.entry(
              "versions", ours("serving", "prepared", "savedmodel", "graph", "metrics", "failure")),
          Map.entry("protocol.rows", ours("endpoint", "serving", "protocol.json", "failure")),
          Map.entry("protocol.vertex", dialect()),
          Map.entry(
              "protocol.tfserving",
              with(rpcDialect(), MESSAGES + ".tfserving", "org.tensorflow.proto..")),
          Map.entry("protocol.oip", with(rpcDialect(), MESSAGES + ".oip")),
          Map.entry("protocol.bigquery", dialect()),
          Map.entry(
              "protocol.operations",
              ours("endpoint", "protocol.json", "lifecycle", "metrics", "failure")),
          Map.entry(
              "http",
              with(
                  ours("access", "endpoint", "lifecycle", "failure", "metrics"),
                  "io.netty..",
                  "javax.net.ssl")),
          Map.entry(
              "grpc",
              with(
                  ours("access", "rpc", "http", "lifecycle", "failure"),
                  "io.grpc..",
                  "io.netty..",
                  "com.google.protobuf..",
                  "com.google.rpc")),
          Map.entry(
              "storage",
              List.of("com.google.cloud..", "com.google.auth..", "com.google.api.gax..")),
          Map.entry(
              "bulk",
              with(
                  ours("serving", "protocol.json", "protocol.rows", "failure"),
                  "de.siegmar..",
                  "io.airlift.compress..",
                  "org.apache.avro..",
                  "org.apache.parquet..")),
          Map.entry(
              "wiring",
              with(
                  ours(
                      "access",
                      "http",
                      "grpc",
                      "endpoint",
                      "rpc",
                      "protocol.rows",
                      "protocol.vertex",
                      "protocol.tfserving",
                      "protocol.oip",
                      "protocol.bigquery",
                      "protocol.operations",
                      "serving",
                      "versions",
                      "batching",
                      "bulk",
                      "preprocessing",
                      "prepared",
                      "savedmodel",
                      "storage",
                      "tensorflow",
                      "metrics",
                      "lifecycle",
                      "failure"),
                  TOKENIZER)),
          Map.entry("embedded", ours("access", "wiring", "serving", "tensorflow", "failure")),
          Map.entry(
              "cli",
              with(
                  ours(
                      "access",
                      "wiring",
                      "bulk",
                      "http",
                      "protocol.json",
                      "protocol.rows",
                      "serving",
                      "versions",
                      "preprocessing",
                      "prepared",
                      "savedmodel",
                      "graph",
                      "rewrite",
                      "tensorflow",
                      "text",
                      "failure"),
                  TOKENIZER,
                  "picocli..")));

  private PackageImports() {}

  private static List<String> ours(String... names) {
    List<String> packages = new ArrayList<>();
    for (String name : names) {
      packages.add(ROOT + "." + name);
    }
    return packages;
  }

  /** No dialect imports another one. */
  private static List<String> dialect() {
    return ours("endpoint", "serving", "protocol.json", "protocol.rows", "failure");
  }

  /** A dialect that is spoken over gRPC too. */
  private static List<String> rpcDialect() {
    return with(dialect(), ROOT + ".rpc", "com.google.protobuf..");
  }

  private static List<String> with(List<String> ours, String... others) {
    List<String> all = new ArrayList<>(ours);
    all.addAll(List.of(others));
    return all;
  }
}
