package io.patchstream.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.patchstream.trainer");

    @Test
    void shouldKeepLibTorchWhereTensorsAre() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "..trainer.torch",
                        "..trainer.model",
                        "..trainer.optimise",
                        "..trainer.evaluate",
                        "..trainer.objective",
                        "..trainer.distributed",
                        "..trainer.train")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco..")
                .because("data, augmentation, recipes, scenes and export work on Java memory")
                .check(CLASSES);
    }

    @Test
    void shouldKeepOnnxRuntimeInExport() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..trainer.export")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..")
                .check(CLASSES);
    }

    @Test
    void shouldPointInward() {
        classes()
                .that()
                .resideInAPackage("..trainer.augment")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "..trainer.augment", "io.patchstream.vision")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage("..trainer.model", "..trainer.tensor", "..trainer.torch")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "..trainer.train",
                        "..trainer.optimise",
                        "..trainer.data",
                        "..trainer.recipe",
                        "..trainer.export")
                .because("the model knows nothing of how it is trained or exported")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage("..trainer.data", "..trainer.scene", "..trainer.augment")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..trainer.train", "..trainer.model", "..trainer.optimise", "..trainer.recipe")
                .check(CLASSES);
    }

    @Test
    void shouldHaveNoCycles() {
        slices().matching("io.patchstream.trainer.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void shouldLeaveStandardOutputToTheVerbs() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(CLASSES);
    }
}
