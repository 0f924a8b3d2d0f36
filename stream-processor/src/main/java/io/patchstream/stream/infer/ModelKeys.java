package io.patchstream.stream.infer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.patchstream.vision.model.ContractException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who may sign models: Ed25519 keys, of which any will do, so that one can follow another.
 *
 * <p>A signature lies beside its model, {@code M.onnx.sig}, 64 bytes as openssl writes them. It is of {@link #statement},
 * a line that holds the hash by which answers name the model, and so covers weights in files of their own.
 *
 * @param keys none asks for no signature
 */
public record ModelKeys(List<PublicKey> keys) {
    /** Takes any model. */
    public static final ModelKeys NONE = new ModelKeys(List.of());

    private static final String ALGORITHM = "Ed25519";
    private static final int BYTES = 64;
    // An Ed25519 key in PEM is some hundred bytes; what is much larger was named by mistake.
    private static final long LARGEST = 1 << 16;
    private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    public ModelKeys {
        keys = List.copyOf(keys);
    }

    /**
     * The public keys in PEM files, each of which may hold several.
     *
     * @throws ContractException when a file cannot be read, holds none, or holds another kind
     */
    public static ModelKeys read(List<Path> files) {
        List<PublicKey> keys = new ArrayList<>();
        for (Path file : files) {
            for (byte[] block : blocks(file, "PUBLIC KEY", "openssl pkey -in KEY -pubout")) {
                try {
                    keys.add(KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(block)));
                } catch (GeneralSecurityException e) {
                    throw noKey(file, e);
                }
            }
        }
        return new ModelKeys(keys);
    }

    /**
     * A signature of the model that has this hash, by the private key in a PEM file.
     *
     * @throws ContractException when the file cannot be read, or holds no such key
     */
    public static byte[] sign(Path keyFile, String sha256) {
        byte[] block = blocks(keyFile, "PRIVATE KEY", "openssl genpkey -algorithm ed25519")
                .get(0);
        try {
            PrivateKey key = KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(block));
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(statement(sha256));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw noKey(keyFile, e);
        }
    }

    /** Where the signature of a model lies. */
    public static Path signatureOf(Path model) {
        return model.resolveSibling(model.getFileName() + ".sig");
    }

    /** What is signed. It says what it is, so that a signature made for something else with the same key is none of a model. */
    static byte[] statement(String sha256) {
        return ("patchstream-model sha256:" + sha256).getBytes(US_ASCII);
    }

    /** Whether a model must be signed. */
    public boolean isRequired() {
        return !keys.isEmpty();
    }

    /**
     * Sees that one of the keys has signed the model, if there are any.
     *
     * @param sha256 the model's, as answers name it
     * @throws ContractException when it is not signed, or by nobody who may
     */
    public void verify(Path model, String sha256) throws IOException {
        if (!isRequired()) {
            return;
        }
        Path file = signatureOf(model);
        if (!Files.isRegularFile(file)) {
            throw new ContractException(model + " is not signed: there is no " + file.getFileName()
                    + " beside it, and model.key asks for it; sign it: ./patchstream models sign --key FILE " + model);
        }
        byte[] signature = Files.size(file) == BYTES ? Files.readAllBytes(file) : new byte[0];
        if (signature.length != BYTES) {
            throw new ContractException(file + " has " + Files.size(file) + " bytes; an Ed25519 signature has " + BYTES
                    + ", as openssl pkeyutl -sign -rawin writes them");
        }
        for (PublicKey key : keys) {
            if (isBy(key, sha256, signature)) {
                return;
            }
        }
        throw new ContractException(file + " was not made for this model by a key of model.key (" + keys.size()
                + " known); the model's SHA-256 is " + sha256 + ". Sign it again if it is meant");
    }

    private static boolean isBy(PublicKey key, String sha256, byte[] bytes) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update(statement(sha256));
            return signature.verify(bytes);
        } catch (GeneralSecurityException e) {
            // Bytes that no key could have made, such as a number out of range.
            return false;
        }
    }

    /** At least one. */
    private static List<byte[]> blocks(Path file, String wanted, String made) {
        String text;
        try {
            text = Files.size(file) > LARGEST ? "" : Files.readString(file, US_ASCII);
        } catch (IOException e) {
            throw new ContractException("key " + file + " cannot be read: " + e);
        }
        List<byte[]> blocks = new ArrayList<>();
        Matcher matcher = PEM.matcher(text);
        while (matcher.find()) {
            if (!matcher.group(1).equals(wanted)) {
                throw new ContractException("key " + file + " holds a " + matcher.group(1) + "; it must be a " + wanted
                        + " of kind Ed25519, in PEM: " + made);
            }
            try {
                blocks.add(Base64.getMimeDecoder().decode(matcher.group(2)));
            } catch (IllegalArgumentException e) {
                throw new ContractException("key " + file + " is no PEM: " + e.getMessage());
            }
        }
        if (blocks.isEmpty()) {
            throw new ContractException("key " + file + " holds no " + wanted + " in PEM: " + made);
        }
        return blocks;
    }

    private static ContractException noKey(Path file, GeneralSecurityException e) {
        return new ContractException("key " + file + " is of another kind than Ed25519: " + e.getMessage());
    }
}
