package dev.bertserve.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the imports of each package. */
class ArchitectureTest {

  private static final String ROOT = "dev.bertserve.server";
  private static final String TOKENIZER = "dev.bertserve.tokenizer";

  /** Generated from the proto files. */
  private static final String MESSAGES = "dev.bertserve.proto";

  /** Packages that every package may import. */
  private static final List<String> EVERYWHERE =
      List.of("java..", "org.jspecify..", "com.google.errorprone.annotations..", "org.slf4j..");

  /** Further packages that each package may import: our own by name, others by pattern. */
  private static final Map<String, List<String>> MAY_IMPORT =
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

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  static Iterable<String> packages() {
    return new TreeSet<>(MAY_IMPORT.keySet());
  }

  @ParameterizedTest
  @MethodSource("packages")
  void package_imports_areInItsRow(String name) {
    List<String> allowed = new ArrayList<>(EVERYWHERE);
    allowed.addAll(MAY_IMPORT.get(name));
    allowed.add(ROOT + "." + name);
    classes()
        .that(resideInAPackage(ROOT + "." + name))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(allowed.toArray(new String[0])).or(isArrayOfPrimitives()))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void packages_all_haveARow() {
    TreeSet<String> found = new TreeSet<>();
    for (JavaClass one : CLASSES) {
      if (!one.getPackageName().equals(ROOT)) {
        found.add(one.getPackageName().substring(ROOT.length() + 1));
      }
    }
    assertThat(MAY_IMPORT.keySet()).containsAll(found);
  }

  @Test
  void rootPackage_isImportedByNone() {
    noClasses()
        .that(resideInAPackage(ROOT + ".*.."))
        .should()
        .dependOnClassesThat(resideInAPackage(ROOT))
        .check(CLASSES);
  }

  @Test
  void packages_dependencies_haveNoCycles() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void thirdParties_stayInTheirPackages() {
    onlyIn("(http|grpc)", "io.netty..");
    onlyIn("grpc", "io.grpc..");
    onlyIn(
        "(tensorflow|savedmodel|prepared|preprocessing|graph|rewrite|protocol.tfserving)",
        "org.tensorflow..");
    onlyIn("protocol.tfserving", MESSAGES + ".tfserving");
    onlyIn("protocol.oip", MESSAGES + ".oip");
    onlyIn("(protocol.json|huggingface)", "com.fasterxml.jackson..");
    onlyIn("huggingface", "ai.djl..");
    onlyIn("serving.cache", "com.github.benmanes.caffeine..");
    onlyIn("bulk", "de.siegmar..");
    onlyIn("bulk", "io.airlift..");
    onlyIn("bulk", "org.apache..");
    onlyIn("metrics", "io.micrometer..");
    onlyIn("storage", "com.google.cloud..");
    onlyIn("storage", "com.google.auth..");
  }

  /** Setting the system clock must not move deadlines. */
  @Test
  void wallClock_isReadByTheStartLineAndForFilesAlone() {
    noClasses()
        .that(
            DescribedPredicate.not(
                name(ROOT + ".cli.ServeCommand")
                    .or(name(ROOT + ".wiring.ModelLoader"))
                    .or(name(ROOT + ".bulk.DatumText"))))
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat(assignableTo(Clock.class))
        .orShould()
        .dependOnClassesThat(assignableTo(Temporal.class))
        .orShould()
        .dependOnClassesThat(assignableTo(Date.class))
        .check(CLASSES);
  }

  /** The root package is no exception: it uses our own types only. */
  private static void onlyIn(String home, String thirdParty) {
    noClasses()
        .that(DescribedPredicate.not(resideInAPackage(ROOT + "." + home)))
        .should()
        .dependOnClassesThat(resideInAPackage(thirdParty))
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> isArrayOfPrimitives() {
    return DescribedPredicate.describe(
        "primitives", type -> type.getBaseComponentType().isPrimitive());
  }

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
