package org.megaetl.connector.webhook;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.devservices.TestDatabase;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * HTTP/2 with and without TLS, and senders that show certificates.
 */
class WebhookTlsTests {

	private static final char[] PASSWORD = "changeit".toCharArray();

	private static TestDatabase database;

	@TempDir
	private static Path directory;

	@BeforeAll
	static void start() throws Exception {
		database = TestDatabase.create();
		for (String name : List.of("server", "client", "stranger")) {
			keytool("-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=dns:localhost",
					"-keystore", store(name), "-storetype", "PKCS12", "-storepass", "changeit");
			keytool("-exportcert", "-rfc", "-alias", name, "-keystore", store(name), "-storepass", "changeit", "-file",
					directory.resolve(name + ".pem").toString());
		}
		for (String name : List.of("server", "client")) {
			keytool("-importcert", "-noprompt", "-alias", name, "-file", directory.resolve(name + ".pem").toString(),
					"-keystore", store("trusts-" + name), "-storetype", "PKCS12", "-storepass", "changeit");
		}
	}

	@AfterAll
	static void stop() {
		database.close();
	}

	private static String store(String name) {
		return directory.resolve(name + ".p12").toString();
	}

	private static void keytool(String... args) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin/keytool").toString()));
		command.addAll(List.of(args));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor()).as(output).isZero();
	}

	@Test
	void speaksHttp2WithoutTlsToThoseWhoBeginWithIt() throws Exception {
		try (ConfigurableApplicationContext application = run();
				Http2Sender sender = new Http2Sender(port(application))) {
			sender.post(1);
			sender.data(1, "in two ", false);
			sender.data(1, "parts", true);
			// the size of the table of headers, then "200" from the static one
			assertThat(sender.read(Http2Sender.HEADERS)).startsWith(0x3f, 0xe1, 0x1f, 0x88);
			assertThat(sender.readBody()).isEqualTo("{\"status\":\"written\"}");
		}
	}

	@Test
	void answersThoseWhoAskForHttp2InWhatTheyAskedIn() throws Exception {
		try (ConfigurableApplicationContext application = run()) {
			HttpResponse<String> response = post(HttpClient.newHttpClient(), "http", application, "x".repeat(900_000));
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.version()).isEqualTo(Version.HTTP_1_1);
		}
	}

	@Test
	void knowsSendersByTheirCertificates() throws Exception {
		String bundle = "--spring.ssl.bundle.jks.webhook.";
		try (ConfigurableApplicationContext application = run("--server.ssl.bundle=webhook",
				"--server.ssl.client-auth=need", bundle + "keystore.location=file:" + store("server"),
				bundle + "keystore.password=changeit", bundle + "keystore.type=PKCS12",
				bundle + "truststore.location=file:" + store("trusts-client"), bundle + "truststore.password=changeit",
				bundle + "truststore.type=PKCS12")) {
			HttpClient client = client("client");
			List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				responses
					.add(client.sendAsync(request("https", application, "x".repeat(i * 100)), BodyHandlers.ofString()));
			}
			assertThat(responses).allSatisfy((response) -> {
				assertThat(response.join().statusCode()).isEqualTo(200);
				assertThat(response.join().version()).isEqualTo(Version.HTTP_2);
			});
			for (String sender : new String[] { "stranger", null }) {
				assertThatExceptionOfType(IOException.class)
					.isThrownBy(() -> post(client(sender), "https", application, "x"));
			}
			assertThatExceptionOfType(SSLException.class)
				.isThrownBy(() -> post(HttpClient.newHttpClient(), "https", application, "x"));
		}
	}

	private static HttpClient client(@Nullable String name) throws Exception {
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init((name != null) ? load(name) : null, PASSWORD);
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(load("trusts-server"));
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
		return HttpClient.newBuilder().sslContext(context).build();
	}

	private static KeyStore load(String name) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream stream = Files.newInputStream(Path.of(store(name)))) {
			store.load(stream, PASSWORD);
		}
		return store;
	}

	private static HttpResponse<String> post(HttpClient client, String scheme,
			ConfigurableApplicationContext application, String body) throws Exception {
		return client.send(request(scheme, application, body), BodyHandlers.ofString());
	}

	private static HttpRequest request(String scheme, ConfigurableApplicationContext application, String body) {
		return HttpRequest.newBuilder(URI.create(scheme + "://localhost:" + port(application) + "/"))
			.POST(BodyPublishers.ofString(body))
			.build();
	}

	private static int port(ConfigurableApplicationContext application) {
		return application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	private static ConfigurableApplicationContext run(String... args) {
		List<String> all = new ArrayList<>(List.of(args));
		for (String property : database.toProperties()) {
			all.add("--" + property);
		}
		all.addAll(List.of("--server.port=0", "--mega.connectors.webhook.enabled=true",
				"--mega.connectors.webhook.inbound.raw.path=/",
				"--mega.connectors.webhook.inbound.raw.transformer=raw"));
		return new SpringApplicationBuilder(WebhookTestApplication.class).run(all.toArray(String[]::new));
	}

}
