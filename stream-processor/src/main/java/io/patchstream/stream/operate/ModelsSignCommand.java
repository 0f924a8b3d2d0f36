package io.patchstream.stream.operate;

import io.patchstream.stream.infer.ModelHash;
import io.patchstream.stream.infer.ModelKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code models sign}: a signature beside a model, which processors with {@code model.key} ask for. */
@Command(
        name = "sign",
        mixinStandardHelpOptions = true,
        description = {
            "Signs a model, its external weights included: writes MODEL.sig beside it. Processors whose model.key names the",
            "public key serve it, and no model without. The same is made by openssl alone: docs/security.md."
        })
final class ModelsSignCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The ONNX file.")
    private Path model;

    @Option(
            names = "--key",
            required = true,
            paramLabel = "FILE",
            description = "The private key, Ed25519 in PEM, as openssl genpkey -algorithm ed25519 writes it.")
    private Path key;

    @Override
    public Integer call() throws IOException {
        // Examines it too: what is no model is not signed.
        String sha256 = ModelHash.of(model);
        Path signature = ModelKeys.signatureOf(model);
        Files.write(signature, ModelKeys.sign(key, sha256));
        spec.commandLine().getOut().println(signature + " signs the model of SHA-256 " + sha256);
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
