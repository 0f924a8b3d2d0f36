package io.patchstream.stream;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Dependencies point inward: what may know what. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.patchstream.stream");

    private static final String STREAM = "io.patchstream.stream.";

    @Test
    void shouldKeepKafkaOutOfTheEngine() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        STREAM + "frame..",
                        STREAM + "flight..",
                        STREAM + "decode..",
                        STREAM + "batch..",
                        STREAM + "infer..",
                        STREAM + "engine..",
                        STREAM + "classify..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "org.apache.avro..", "io.patchstream.schemas..")
                .check(CLASSES);
    }

    @Test
    void shouldKnowOnnxRuntimeInInferOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(STREAM + "infer..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.onnxruntime..")
                .check(CLASSES);
    }

    @Test
    void shouldKnowOpenTelemetryInTraceOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(STREAM + "trace..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.opentelemetry..")
                .check(CLASSES);
    }

    @Test
    void shouldLeaveJavaCvToVision() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void shouldKeepStagesApart() {
        noClasses()
                .that()
                .resideInAPackage(STREAM + "decode..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(STREAM + "batch..", STREAM + "infer..", STREAM + "engine..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(STREAM + "batch..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(STREAM + "decode..", STREAM + "infer..", STREAM + "engine..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(STREAM + "infer..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(STREAM + "decode..", STREAM + "batch..", STREAM + "engine..")
                .check(CLASSES);
    }

    @Test
    void shouldLetTheVocabularyKnowNoStage() {
        noClasses()
                .that()
                .resideInAPackage(STREAM + "frame..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        STREAM + "flight..",
                        STREAM + "decode..",
                        STREAM + "batch..",
                        STREAM + "infer..",
                        STREAM + "engine..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(STREAM + "flight..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(STREAM + "decode..", STREAM + "batch..", STREAM + "infer..", STREAM + "engine..")
                .check(CLASSES);
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching("io.patchstream.stream.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void shouldLeaveTheStandardStreamsToTheVerbsOwnWriter() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
    }
}
