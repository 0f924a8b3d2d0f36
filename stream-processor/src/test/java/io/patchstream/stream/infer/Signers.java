package io.patchstream.stream.infer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;

/**
 * Somebody who signs models, with a key pair of their own.
 *
 * @param publicKey the file of the public key
 * @param privateKey the file of the private one
 */
public record Signers(Path publicKey, Path privateKey) {
    /** A new pair of a kind, in {@code folder}. */
    public static Signers in(Path folder, String name, String kind) throws IOException, GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance(kind).generateKeyPair();
        return new Signers(
                pem(
                        folder.resolve(name + ".pub.pem"),
                        "PUBLIC KEY",
                        pair.getPublic().getEncoded()),
                pem(
                        folder.resolve(name + ".pem"),
                        "PRIVATE KEY",
                        pair.getPrivate().getEncoded()));
    }

    private static Path pem(Path file, String label, byte[] bytes) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return Files.writeString(file, "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n");
    }

    /** Signs a model as it lies there. */
    public void sign(Path model) throws IOException {
        Files.write(ModelKeys.signatureOf(model), ModelKeys.sign(privateKey, ModelHash.of(model)));
    }
}
