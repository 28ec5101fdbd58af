package dev.bertserve.server.access;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The certificate of a server and its private key.
 *
 * @param key belongs to the first certificate
 * @param chain the server's certificate, then those of its issuers
 */
public record Identity(PrivateKey key, List<X509Certificate> chain) {

  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");

  private static final byte[] PROBE = "probe".getBytes(StandardCharsets.US_ASCII);

  public Identity {
    chain = List.copyOf(chain);
  }

  /** Reads PEM files. Throws IllegalArgumentException that names the file which is invalid. */
  static Identity read(Path certificate, Path key) {
    List<X509Certificate> chain = chain(certificate);
    PublicKey of = chain.get(0).getPublicKey();
    PrivateKey read = key(key, of.getAlgorithm());
    if (!isPair(read, of)) {
      throw invalid("tls-key", key, "the private key of " + certificate);
    }
    return new Identity(read, chain);
  }

  private static List<X509Certificate> chain(Path file) {
    List<X509Certificate> chain;
    try {
      chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes("tls-certificate", file)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
    } catch (CertificateException e) {
      throw invalid("tls-certificate", file, "certificates in PEM");
    }
    if (chain.isEmpty()) {
      throw invalid("tls-certificate", file, "certificates in PEM");
    }
    return chain;
  }

  private static PrivateKey key(Path file, String algorithm) {
    Matcher pem = PKCS8.matcher(new String(bytes("tls-key", file), StandardCharsets.ISO_8859_1));
    if (!pem.find()) {
      throw invalid(
          "tls-key", file, "-----BEGIN PRIVATE KEY-----, which is PKCS #8 without a password");
    }
    try {
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1))));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw invalid("tls-key", file, "a key of the certificate's algorithm, " + algorithm);
    }
  }

  /** Whether {@code key} signs what {@code certified} verifies. */
  private static boolean isPair(PrivateKey key, PublicKey certified) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static byte[] bytes(String name, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw invalid(name, file, "a file that can be read");
    }
  }

  private static IllegalArgumentException invalid(String name, Path file, String expected) {
    return new IllegalArgumentException(name + ": " + file + " (expected: " + expected + ")");
  }
}
