package dev.bertserve.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
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

/** Holds the packages to the imports that they may have. */
class ArchitectureTest {

  private static final String ROOT = "dev.bertserve.server";
  private static final String TOKENIZER = "dev.bertserve.tokenizer";

  /** What every package may use. */
  private static final List<String> EVERYWHERE =
      List.of("java..", "org.jspecify..", "com.google.errorprone.annotations..", "org.slf4j..");

  /** What each package may import besides, in whole package names or, of others, patterns. */
  private static final Map<String, List<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("failure", List.of()),
          Map.entry("lifecycle", List.of()),
          Map.entry("batching", List.of()),
          Map.entry("metrics", List.of("io.micrometer..")),
          Map.entry("endpoint", ours("failure")),
          Map.entry("protocol.json", with(ours("failure"), "com.fasterxml.jackson..")),
          Map.entry(
              "inference",
              with(
                  ours("batching", "failure", "metrics"),
                  TOKENIZER,
                  "com.github.benmanes.caffeine..")),
          Map.entry("tensorflow.graph", List.of("org.tensorflow..", "com.google.protobuf..")),
          Map.entry(
              "huggingface",
              List.of(TOKENIZER, "ai.djl.huggingface.tokenizers.jni", "com.fasterxml.jackson..")),
          Map.entry(
              "tensorflow.prepare",
              with(
                  ours("inference", "failure", "huggingface", "tensorflow.graph"),
                  TOKENIZER,
                  "org.tensorflow..",
                  "com.google.protobuf..")),
          Map.entry(
              "tensorflow.rewrite",
              with(ours("tensorflow.graph"), "org.tensorflow..", "com.google.protobuf..")),
          Map.entry(
              "tensorflow",
              with(
                  ours(
                      "inference",
                      "failure",
                      "tensorflow.graph",
                      "tensorflow.prepare",
                      "tensorflow.rewrite"),
                  TOKENIZER,
                  "org.tensorflow..",
                  "org.bytedeco.javacpp",
                  "com.google.protobuf..")),
          Map.entry("protocol.vertex", ours("endpoint", "inference", "protocol.json", "failure")),
          Map.entry(
              "protocol.operations",
              ours("endpoint", "protocol.json", "lifecycle", "metrics", "inference", "failure")),
          Map.entry(
              "http", with(ours("endpoint", "lifecycle", "failure", "metrics"), "io.netty..")),
          Map.entry(
              "config",
              with(
                  ours("http", "inference", "batching", "tensorflow", "protocol.vertex"),
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
    onlyIn("http", "io.netty..");
    onlyIn("tensorflow..", "org.tensorflow..");
    onlyIn("(protocol.json|huggingface)", "com.fasterxml.jackson..");
    onlyIn("huggingface", "ai.djl..");
    onlyIn("inference", "com.github.benmanes.caffeine..");
    onlyIn("metrics", "io.micrometer..");
  }

  /** A clock that is set while the server runs must move no deadline. */
  @Test
  void wallClock_isReadByTheStartLineAndForFilesAlone() {
    noClasses()
        .that(
            DescribedPredicate.not(
                equivalentTo(ServeCommand.class).or(equivalentTo(InferenceServer.class))))
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

  /** No exception for the root package here: it wires, and wires in our own types. */
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

  private static List<String> with(List<String> ours, String... others) {
    List<String> all = new ArrayList<>(ours);
    all.addAll(List.of(others));
    return all;
  }
}
