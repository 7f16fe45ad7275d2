package dev.inmesh.discovery.zookeeper;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.inmesh.discovery.zookeeper",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  /** What those who use it must have on their class path. */
  @ArchTest
  static final ArchRule itKnowsServersAndItsClient =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.inmesh.discovery.zookeeper",
              "dev.inmesh.server",
              "org.apache.curator.framework..",
              "org.apache.curator",
              "org.apache.zookeeper..",
              "com.fasterxml.jackson.core..",
              "org.jspecify.annotations",
              "java..");

  @ArchTest
  static final ArchRule onlyTheFactoryIsPublic =
      noClasses()
          .that()
          .doNotHaveSimpleName("ZooKeeperSourceFactory")
          .should()
          .haveModifier(JavaModifier.PUBLIC);
}
