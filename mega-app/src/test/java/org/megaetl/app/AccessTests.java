package org.megaetl.app;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.devservices.TestDatabase;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.megaetl.app.OperatedApplication.OPERATOR;

/**
 * Who may use the actuator, configured in all the ways that there are.
 */
@ExtendWith(OutputCaptureExtension.class)
class AccessTests {

	private static final String PAUSE = "{\"state\":\"paused\"}";

	private static TestDatabase database;

	@BeforeAll
	static void createDatabase() {
		database = TestDatabase.create();
		database.execute(OperatedApplication.TABLE);
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@Test
	void nobodyWritesWhereNobodyIsConfigured(CapturedOutput output) {
		try (OperatedApplication application = start("mega.actuator.read-access=everything")) {
			assertThat(application.get("/mega/webhook.orders").body()).contains("\"state\":\"RUNNING\"");
			HttpResponse<String> response = application.write("POST", "/mega/webhook.orders", PAUSE);
			assertThat(response.statusCode()).isEqualTo(403);
			assertThat(response.body()).contains("no way to authenticate is configured",
					"Set spring.security.user.name and spring.security.user.password");
			assertThat(application.write("POST", "/mega/webhook.orders", PAUSE, OPERATOR).statusCode()).isEqualTo(403);
			assertThat(application.write("DELETE", "/megadeadletters/1", null).statusCode()).isEqualTo(403);
			assertThat(application.order(1, "5").statusCode()).isEqualTo(200);
			assertThat(output).doesNotContain("generated security password");
		}
	}

	@Test
	void onlyHealthIsReadWhereThatIsConfigured() {
		try (OperatedApplication application = start("mega.actuator.read-access=health")) {
			assertThat(application.get("/health").statusCode()).isEqualTo(200);
			assertThat(application.get("/prometheus").statusCode()).isEqualTo(403);
			assertThat(application.get("/info").statusCode()).isEqualTo(403);
		}
	}

	@Test
	void thePortOfTheActuatorIsSecuredToo() {
		try (OperatedApplication application = start(
				OperatedApplication.all(OperatedApplication.user(), new String[] { "management.server.port=0" }))) {
			assertThat(application.actuator()).doesNotContain(":" + application.port() + "/");
			assertThat(application.get("/health/liveness").statusCode()).isEqualTo(200);
			assertThat(application.get("/prometheus").statusCode()).isEqualTo(200);
			assertThat(application.get("/mega").statusCode()).isEqualTo(401);
			assertThat(application.write("POST", "/mega/webhook.orders", PAUSE).statusCode()).isEqualTo(401);
			assertThat(application.write("POST", "/mega/webhook.orders", PAUSE, OPERATOR).statusCode()).isEqualTo(200);
			String main = "http://localhost:" + application.port();
			assertThat(OperatedApplication.send("GET", main + "/actuator/health", null).statusCode()).isEqualTo(404);
			assertThat(application.order(2, "5").statusCode()).as("paused").isEqualTo(503);
		}
	}

	@ParameterizedTest
	@CsvSource({ "server.servlet.context-path=/shop spring.mvc.servlet.path=/api, /shop/api/actuator",
			"management.endpoints.web.base-path=/manage/, /manage", "management.endpoints.web.base-path=/, ''" })
	void theActuatorIsSecuredUnderAnotherPath(String properties, String path) {
		try (OperatedApplication application = start(
				OperatedApplication.all(OperatedApplication.user(), properties.split(" ")))) {
			String mega = "http://localhost:" + application.port() + path + "/mega";
			assertThat(OperatedApplication.send("GET", mega, null).statusCode()).isEqualTo(401);
			assertThat(OperatedApplication.send("POST", mega + "/webhook.orders", PAUSE).statusCode()).isEqualTo(401);
			assertThat(OperatedApplication.send("GET", mega, null, OPERATOR).statusCode()).isEqualTo(200);
		}
	}

	@Test
	void tokensOfAResourceServerAreAccepted(@TempDir Path directory) throws Exception {
		KeyPair keys = KeyPairGenerator.getInstance("RSA").generateKeyPair();
		Path key = Files.writeString(directory.resolve("key.pem"),
				"-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())
						+ "\n-----END PUBLIC KEY-----\n");
		try (OperatedApplication application = start(
				"spring.security.oauth2.resourceserver.jwt.public-key-location=file:" + key,
				"mega.actuator.write-authority=SCOPE_mega")) {
			String[] reader = token(keys, "other");
			String[] writer = token(keys, "mega");
			assertThat(application.get("/mega").headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
			assertThat(application.get("/mega", "Authorization", "Bearer x").statusCode()).isEqualTo(401);
			assertThat(application.get("/mega", reader).statusCode()).isEqualTo(200);
			HttpResponse<String> refused = application.write("POST", "/mega/webhook.orders", PAUSE, reader);
			assertThat(refused.statusCode()).isEqualTo(403);
			assertThat(refused.body()).contains("mega.actuator.write-authority");
			assertThat(application.write("POST", "/mega/webhook.orders", PAUSE, writer).statusCode()).isEqualTo(200);
			KeyPair others = KeyPairGenerator.getInstance("RSA").generateKeyPair();
			assertThat(application.get("/mega", token(others, "mega")).statusCode()).isEqualTo(401);
		}
	}

	private static OperatedApplication start(String... properties) {
		return OperatedApplication.start(database, OperatedApplication.all(OperatedApplication.webhook(), properties));
	}

	private static String[] token(KeyPair keys, String scope) throws Exception {
		SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256),
				new JWTClaimsSet.Builder().subject("somebody")
					.claim("scope", scope)
					.expirationTime(Date.from(Instant.now().plusSeconds(600)))
					.build());
		token.sign(new RSASSASigner(keys.getPrivate()));
		return new String[] { "Authorization", "Bearer " + token.serialize() };
	}

}
