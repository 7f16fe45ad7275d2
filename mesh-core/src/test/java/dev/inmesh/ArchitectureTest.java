package dev.inmesh;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.inmesh", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule noPackageCycles =
      slices().matching("dev.inmesh.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule arrows =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("facade")
          .definedBy("dev.inmesh")
          .layer("okhttp")
          .definedBy("dev.inmesh.okhttp")
          .layer("generic")
          .definedBy("dev.inmesh.generic")
          .layer("jdkhttp")
          .definedBy("dev.inmesh.jdkhttp")
          .layer("micrometer")
          .definedBy("dev.inmesh.micrometer")
          .layer("http")
          .definedBy("dev.inmesh.http")
          .layer("registry")
          .definedBy("dev.inmesh.registry")
          .layer("engine")
          .definedBy("dev.inmesh.engine")
          .layer("balance")
          .definedBy("dev.inmesh.balance")
          .layer("config")
          .definedBy("dev.inmesh.config")
          .layer("event")
          .definedBy("dev.inmesh.event")
          .layer("call")
          .definedBy("dev.inmesh.call")
          .layer("server")
          .definedBy("dev.inmesh.server")
          .layer("timer")
          .definedBy("dev.inmesh.timer")
          .whereLayer("facade")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("okhttp")
          .mayOnlyBeAccessedByLayers("facade")
          .whereLayer("generic")
          .mayOnlyBeAccessedByLayers("facade")
          .whereLayer("jdkhttp")
          .mayOnlyBeAccessedByLayers("facade")
          .whereLayer("micrometer")
          .mayOnlyBeAccessedByLayers("facade")
          .whereLayer("http")
          .mayOnlyBeAccessedByLayers("facade", "okhttp", "jdkhttp")
          .whereLayer("engine")
          .mayOnlyBeAccessedByLayers("facade", "okhttp", "jdkhttp", "generic", "micrometer", "http")
          .whereLayer("balance")
          .mayOnlyBeAccessedByLayers("facade", "engine")
          .whereLayer("registry")
          .mayOnlyBeAccessedByLayers("facade")
          .whereLayer("registry")
          .mayOnlyAccessLayers("config", "server")
          .whereLayer("call")
          .mayNotAccessAnyLayer()
          .whereLayer("server")
          .mayNotAccessAnyLayer()
          .whereLayer("timer")
          .mayNotAccessAnyLayer()
          .whereLayer("config")
          .mayOnlyAccessLayers("server")
          .whereLayer("event")
          .mayOnlyAccessLayers("call")
          .whereLayer("balance")
          .mayOnlyAccessLayers("config")
          .whereLayer("engine")
          .mayOnlyAccessLayers("balance", "config", "event", "call", "server");

  @ArchTest
  static final ArchRule failsafeHasOneDoor =
      noClasses()
          .that()
          .haveNameNotMatching("dev\\.inmesh\\.engine\\.UpstreamBreaker(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.failsafe..");

  @ArchTest
  static final ArchRule onlyTheOkHttpDriverKnowsOkHttp =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.inmesh.okhttp", "dev.inmesh")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("okhttp3..", "okio..");

  @ArchTest
  static final ArchRule onlyTheJdkDriverKnowsTheJdksClient =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.inmesh.jdkhttp", "dev.inmesh")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.net.http..");

  @ArchTest
  static final ArchRule theEngineReadsNoClockAndMakesNoThread =
      noClasses()
          .that()
          .resideInAnyPackage("dev.inmesh.engine", "dev.inmesh.balance")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.(lang\\.Thread|net\\..*|time\\.Clock|util\\.Random)");

  @ArchTest
  static final ArchRule namesSayWhatThingsAre =
      noClasses().should().haveNameMatching(".*(Manager|Helper|Util|Utils|Impl|Abstract).*");

  @ArchTest
  static final ArchRule classesAreFinalUnlessMadeToBeExtended =
      classes()
          .that()
          .areNotInterfaces()
          .and()
          .areNotEnums()
          .and()
          .areNotAnonymousClasses()
          .and()
          .doNotHaveFullyQualifiedName("dev.inmesh.call.MeshException")
          .and()
          .doNotHaveModifier(JavaModifier.ABSTRACT)
          .should()
          .haveModifier(JavaModifier.FINAL);
}
