package io.patchstream.stream.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who issues tokens: OAuth 2's grant by client credentials at {@code /token}, keys at {@code /jwks}. Tokens are JWTs, signed by
 * the JDK with RS256, so that Kafka's own classes read what is not written by them.
 */
final class TokenIssuer implements AutoCloseable {
    static final String AUDIENCE = "kafka";
    private static final int KEY_BITS = 2048;
    private static final long LIFE_SECONDS = 600;

    private final KeyPair known = pair();
    private final KeyPair unknown = pair();
    private final HttpServer server;
    private final Map<String, Client> clients = new ConcurrentHashMap<>();

    /** How a token is wrong. */
    enum Fault {
        NONE,
        /** Signed by a key that {@code /jwks} does not name, under the name of one that it does. */
        FOREIGN_KEY,
        OTHER_AUDIENCE,
        EXPIRED
    }

    /** Who may ask for tokens, and what they are like. */
    private record Client(String secret, Fault fault) {}

    TokenIssuer() throws IOException, GeneralSecurityException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/token", this::token);
        server.createContext("/jwks", exchange -> answer(exchange, 200, jwks()));
        server.start();
    }

    private static KeyPair pair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(KEY_BITS);
        return generator.generateKeyPair();
    }

    String tokenUrl() {
        return url("/token");
    }

    String jwksUrl() {
        return url("/jwks");
    }

    private String url(String path) {
        return "http://localhost:" + server.getAddress().getPort() + path;
    }

    /** A client whose tokens are good, or wrong in one way; its principal is its id. */
    void knows(String id, String secret, Fault fault) {
        clients.put(id, new Client(secret, fault));
    }

    private void token(HttpExchange exchange) throws IOException {
        String basic = exchange.getRequestHeaders().getFirst("Authorization");
        String[] login = basic == null || !basic.startsWith("Basic ")
                ? new String[] {"", ""}
                : new String(Base64.getDecoder().decode(basic.substring("Basic ".length())), UTF_8).split(":", 2);
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        Client client = clients.get(login[0]);
        if (client == null || !client.secret.equals(login[1]) || !body.contains("grant_type=client_credentials")) {
            answer(exchange, 401, "{\"error\":\"invalid_client\"}");
            return;
        }
        try {
            answer(
                    exchange,
                    200,
                    "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%d}"
                            .formatted(jwt(login[0], client.fault), LIFE_SECONDS));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private String jwt(String subject, Fault fault) throws GeneralSecurityException {
        long now = Instant.now().getEpochSecond() - (fault == Fault.EXPIRED ? 2 * LIFE_SECONDS : 0);
        String signed = base64("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"one\"}".getBytes(UTF_8)) + "."
                + base64("{\"iss\":\"issuer\",\"sub\":\"%s\",\"aud\":\"%s\",\"scope\":\"stream\",\"iat\":%d,\"exp\":%d}"
                        .formatted(subject, fault == Fault.OTHER_AUDIENCE ? "mail" : AUDIENCE, now, now + LIFE_SECONDS)
                        .getBytes(UTF_8));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign((fault == Fault.FOREIGN_KEY ? unknown : known).getPrivate());
        signature.update(signed.getBytes(UTF_8));
        return signed + "." + base64(signature.sign());
    }

    private String jwks() {
        RSAPublicKey key = (RSAPublicKey) known.getPublic();
        return "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"one\",\"n\":\"%s\",\"e\":\"%s\"}]}"
                .formatted(base64(unsigned(key.getModulus())), base64(unsigned(key.getPublicExponent())));
    }

    private static byte[] unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        try (exchange) {
            byte[] body = json.getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
