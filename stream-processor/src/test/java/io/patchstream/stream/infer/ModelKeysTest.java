package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.GoldenFrames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelKeysTest {
    private static final Path OPENSSL = Path.of("src/test/resources/keys");

    @TempDir
    private Path folder;

    private Signers ours;
    private Signers theirs;
    private Path model;

    @BeforeEach
    void makeKeys() throws Exception {
        ours = Signers.in(folder, "ours", "Ed25519");
        theirs = Signers.in(folder, "theirs", "Ed25519");
        model = TinyModel.copyTo(folder);
    }

    private static void verify(Path model, Path... keys) throws Exception {
        ModelKeys.read(List.of(keys)).verify(model, ModelHash.of(model));
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> verify(model, ours.publicKey()))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining(message);
    }

    /** Key and signature were made by OpenSSL 3.0, with the commands in docs/security.md. */
    @Test
    void shouldMakeAndTakeTheSignaturesOfOpenssl() throws Exception {
        byte[] made = Files.readAllBytes(OPENSSL.resolve("tiny-fp32.onnx.sig"));
        Path tiny = TinyModel.path("fp32");
        assertThat(ModelKeys.sign(OPENSSL.resolve("model-key.pem"), ModelHash.of(tiny)))
                .isEqualTo(made);
        Files.write(ModelKeys.signatureOf(model), made);
        Files.copy(tiny, model, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatCode(() -> verify(model, OPENSSL.resolve("model-key.pub.pem")))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldTakeWhatOneOfSeveralKeysSignedSoThatOneCanFollowAnother() throws Exception {
        theirs.sign(model);
        assertThatCode(() -> verify(model, ours.publicKey(), theirs.publicKey()))
                .doesNotThrowAnyException();
        Path both = Files.writeString(
                folder.resolve("both.pem"), Files.readString(ours.publicKey()) + Files.readString(theirs.publicKey()));
        assertThatCode(() -> verify(model, both)).doesNotThrowAnyException();
        assertRefused("was not made for this model by a key of model.key (1 known)");
    }

    @Test
    void shouldRefuseWhatIsNotSignedOrChanged() throws Exception {
        assertRefused("is not signed: there is no " + model.getFileName() + ".sig beside it");
        Files.write(ModelKeys.signatureOf(model), new byte[63]);
        assertRefused("has 63 bytes; an Ed25519 signature has 64");
        Files.write(ModelKeys.signatureOf(model), new byte[64]);
        assertRefused("was not made for this model");
        ours.sign(model);
        assertThatCode(() -> verify(model, ours.publicKey())).doesNotThrowAnyException();
        TinyModel.change(model, "tiny", "tinz");
        assertRefused("was not made for this model");
    }

    @Test
    void shouldCoverWeightsInFilesOfTheirOwn() throws Exception {
        Path from = TinyModel.path("external");
        model = Files.copy(from, folder.resolve("tiny-external.onnx"));
        Path weights =
                Files.copy(from.resolveSibling("tiny-external.onnx.data"), folder.resolve("tiny-external.onnx.data"));
        ours.sign(model);
        assertThatCode(() -> verify(model, ours.publicKey())).doesNotThrowAnyException();
        byte[] changed = Files.readAllBytes(weights);
        changed[changed.length / 2] ^= 1;
        Files.write(weights, changed);
        assertRefused("was not made for this model");
    }

    @Test
    void shouldRefuseBeforeOnnxRuntimeOpensTheFile() throws Exception {
        // A graph that ONNX Runtime cannot load, and complains of.
        model = Files.write(folder.resolve("broken.onnx"), OnnxGraphTest.modelOf("NoSuchOperator"));
        Files.copy(GoldenFrames.beside(TinyModel.path("fp32")), GoldenFrames.beside(model));
        assertThatThrownBy(() -> open(ModelKeys.NONE)).hasMessageNotContaining("is not signed");
        assertThatThrownBy(() -> open(ModelKeys.read(List.of(ours.publicKey()))))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("is not signed");
    }

    @SuppressWarnings("MustBeClosedChecker") // It closes it.
    private void open(ModelKeys keys) throws Exception {
        SessionSettings settings = new SessionSettings(
                Provider.CPU, 1, true, 5, DecodeScale.FULL, Accelerator.NONE, keys, ModelNeeds.NONE);
        OnnxModel.open(model, settings).close();
    }

    @Test
    void shouldSayWhatIsNoKey() throws Exception {
        Signers rsa = Signers.in(folder, "rsa", "RSA");
        assertNoKey(folder.resolve("none.pem"), "cannot be read");
        assertNoKey(ours.privateKey(), "holds a PRIVATE KEY; it must be a PUBLIC KEY of kind Ed25519, in PEM: openssl");
        assertNoKey(rsa.publicKey(), "is of another kind than Ed25519");
        assertNoKey(Files.writeString(folder.resolve("text"), "no key"), "holds no PUBLIC KEY in PEM");
        assertThatThrownBy(() -> ModelKeys.sign(rsa.privateKey(), "ab".repeat(32)))
                .hasMessageContaining("is of another kind than Ed25519");
        assertThatThrownBy(() -> ModelKeys.sign(ours.publicKey(), "ab".repeat(32)))
                .hasMessageContaining("holds a PUBLIC KEY; it must be a PRIVATE KEY");
    }

    private static void assertNoKey(Path file, String message) {
        assertThatThrownBy(() -> ModelKeys.read(List.of(file)))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(file.toString());
    }
}
