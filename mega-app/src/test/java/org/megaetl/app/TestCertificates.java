package org.megaetl.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A certification authority, and a server's certificate that it has signed, made with the
 * JDK's keytool.
 */
final class TestCertificates {

	static final String PASSWORD = "changeit";

	private final Path directory;

	/**
	 * Creates the keys and certificates.
	 * @param directory an empty directory
	 */
	TestCertificates(Path directory) throws Exception {
		this.directory = Files.createDirectories(directory);
		keytool("-genkeypair", "-alias", "ca", "-keyalg", "RSA", "-dname", "CN=ca", "-ext", "bc:c", "-keystore",
				"ca.p12");
		keytool("-exportcert", "-rfc", "-alias", "ca", "-keystore", "ca.p12", "-file", "ca.pem");
		keytool("-importcert", "-noprompt", "-alias", "ca", "-file", "ca.pem", "-keystore", "trust.p12");
		keytool("-importcert", "-noprompt", "-alias", "ca", "-file", "ca.pem", "-keystore", "server.p12");
		keytool("-genkeypair", "-alias", "server", "-keyalg", "RSA", "-dname", "CN=localhost", "-keystore",
				"server.p12");
		keytool("-certreq", "-alias", "server", "-keystore", "server.p12", "-file", "server.csr");
		keytool("-gencert", "-rfc", "-alias", "ca", "-keystore", "ca.p12", "-infile", "server.csr", "-outfile",
				"server.pem", "-ext", "san=dns:localhost,ip:127.0.0.1");
		keytool("-importcert", "-noprompt", "-alias", "server", "-file", "server.pem", "-keystore", "server.p12");
		KeyStore store = KeyStore.getInstance(serverStore().toFile(), PASSWORD.toCharArray());
		Files.writeString(serverKey(),
				"-----BEGIN PRIVATE KEY-----\n"
						+ Base64.getMimeEncoder(64, new byte[] { '\n' })
							.encodeToString(store.getKey("server", PASSWORD.toCharArray()).getEncoded())
						+ "\n-----END PRIVATE KEY-----\n",
				StandardCharsets.US_ASCII);
	}

	private void keytool(String... args) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
		command.addAll(List.of(args));
		command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
		Process process = new ProcessBuilder(command).directory(this.directory.toFile())
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (process.waitFor() != 0) {
			throw new IllegalStateException("keytool failed: " + output);
		}
	}

	/**
	 * The certificate of the authority, as PEM.
	 */
	Path authority() {
		return this.directory.resolve("ca.pem");
	}

	/**
	 * A PKCS12 store with the certificate of the authority.
	 */
	Path trustStore() {
		return this.directory.resolve("trust.p12");
	}

	/**
	 * A PKCS12 store with the server's key, its certificate and that of the authority.
	 */
	Path serverStore() {
		return this.directory.resolve("server.p12");
	}

	/**
	 * The certificate of the server, as PEM.
	 */
	Path serverCertificate() {
		return this.directory.resolve("server.pem");
	}

	/**
	 * The key of the server, as PEM.
	 */
	Path serverKey() {
		return this.directory.resolve("server.key");
	}

}
