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
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the imports of each package. */
class ArchitectureTest {

  private static final String ROOT = PackageImports.ROOT;
  private static final String MESSAGES = PackageImports.MESSAGES;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  static Iterable<String> packages() {
    return new TreeSet<>(PackageImports.MAY_IMPORT.keySet());
  }

  @ParameterizedTest
  @MethodSource("packages")
  void package_imports_areInItsRow(String name) {
    List<String> allowed = new ArrayList<>(PackageImports.EVERYWHERE);
    allowed.addAll(PackageImports.MAY_IMPORT.get(name));
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
    assertThat(PackageImports.MAY_IMPORT.keySet()).containsAll(found);
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
}
