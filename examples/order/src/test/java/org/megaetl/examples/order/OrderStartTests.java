package org.megaetl.examples.order;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What a person sees when the example starts, or does not.
 */
@ExtendWith(OutputCaptureExtension.class)
class OrderStartTests {

	private static final String INBOUND = "--mega.connectors.webhook.inbound.";

	private static final Pattern COMMAND = Pattern.compile("Try it: curl (\\S+) -X POST -d @(\\S+)");

	private TestDatabase database;

	@BeforeEach
	void createDatabase() {
		this.database = TestDatabase.create();
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void keepsSchemaAndDataOverARestart(CapturedOutput output) throws Exception {
		for (int start = 1; start <= 2; start++) {
			try (ConfigurableApplicationContext context = run()) {
				assertThat(send(output)).isEqualTo(200);
				assertThat(orders()).isEqualTo(start);
			}
		}
		assertThat(output.toString()).containsOnlyOnce("with repeatable migration \"order:order\"");
	}

	@Test
	void endsItsLogInWhatRunsAndHowToTryIt(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = run()) {
			String log = output.toString();
			String address = "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
			assertThat(log.lines()
				.dropWhile((line) -> !line.matches(".*: Started \\w+ in .*"))
				.skip(1)
				.map((line) -> line.replaceFirst(".* org\\.megaetl\\.MEGA +: ", "")))
				.containsExactly("Pipeline webhook.orders: POST " + address + "/ -> transformer 'order' -> database",
						"Database: " + this.database.jdbcUrl(), "Actuator: " + address + "/actuator",
						"Try it: curl " + address + "/ -X POST -d @" + Path.of("order.json").toAbsolutePath());
			assertThat(log).doesNotContain("WARN", "Exception");
			assertThat(send(output)).isEqualTo(200);
			assertThat(get(address + "/actuator/health").body()).contains("\"UP\"");
			assertThat(get(address + "/actuator/megadeadletters").statusCode()).as("as the README says").isEqualTo(404);
		}
	}

	private static HttpResponse<String> get(String address) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
	}

	@Test
	void asksForATokenInProductionAndTakesAnOrderOnce() throws Exception {
		try (ConfigurableApplicationContext context = run("--spring.profiles.active=production",
				"--ORDERS_TOKEN=hush")) {
			URI address = URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port"));
			HttpRequest.Builder request = HttpRequest.newBuilder(address)
				.header("Idempotency-Key", "1")
				.POST(BodyPublishers.ofFile(Path.of("order.json")));
			HttpClient client = HttpClient.newHttpClient();
			assertThat(client.send(request.build(), BodyHandlers.ofString()).statusCode()).isEqualTo(401);
			request.header("Authorization", "Bearer hush");
			assertThat(client.send(request.build(), BodyHandlers.ofString()).body()).contains("written");
			assertThat(client.send(request.build(), BodyHandlers.ofString()).body()).contains("duplicate");
			assertThat(orders()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "mysql://%2$s@%1$s", "mariadb://%2$s@%1$s", "jdbc:mysql://%2$s@%1$s",
			"mysql://%2$s@%1$s?connectTimeout=5000&useSSL=false" })
	void usesTheDatabaseOfDatabaseUrl(String form, CapturedOutput output) throws Exception {
		String user = "shop_" + this.database.name();
		this.database.execute("CREATE USER %s IDENTIFIED BY 'p@ss:w/r?d# %%$\\\\'".formatted(user),
				"GRANT ALL ON %s.* TO %s".formatted(this.database.name(), user));
		String place = this.database.jdbcUrl().replace("jdbc:mysql://", "");
		String credentials = user + ":p%40ss%3Aw%2Fr%3Fd%23%20%25%24%5C";
		try (ConfigurableApplicationContext context = SpringApplication.run(OrderApplication.class,
				"--DATABASE_URL=" + form.formatted(place, credentials), "--server.port=0")) {
			assertThat(send(output)).isEqualTo(200);
			assertThat(orders()).isEqualTo(1);
			assertThat(output).contains("Database: " + this.database.jdbcUrl())
				.doesNotContain("p@ss")
				.doesNotContain("p%40ss")
				.doesNotContain("Started MariaDB");
		}
		finally {
			this.database.execute("DROP USER " + user);
		}
	}

	@Test
	void warnsOfAMisspeltDriverParameterAndStarts(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = run(
				"--spring.datasource.url=" + this.database.jdbcUrl() + "?conectTimeout=5000")) {
			assertThat(output).contains("Unknown parameter 'conectTimeout' in spring.datasource.url: "
					+ "MySQL Connector/J ignores it. Did you mean 'connectTimeout'?");
			assertThat(send(output)).isEqualTo(200);
		}
	}

	@Test
	void namesTheClosestTransformer(CapturedOutput output) {
		assertRefused(output,
				"'mega.connectors.webhook.inbound.orders.transformer' names the transformer 'oder', which does not "
						+ "exist. The transformers are: order.",
				"Did you mean 'order'?", INBOUND + "orders.transformer=oder");
	}

	@Test
	void refusesTwoInboundsWithOnePath(CapturedOutput output) {
		assertRefused(output, "are the same path '/'.", "Give one of the two inbounds another path.",
				INBOUND + "more.path=/", INBOUND + "more.transformer=order");
	}

	@Test
	void refusesAMisspeltKey(CapturedOutput output) {
		assertRefused(output, "mega.connectors.webhook.inbound.orders.on-rejct",
				"Write 'mega.connectors.webhook.inbound.orders.on-reject' instead of "
						+ "'mega.connectors.webhook.inbound.orders.on-rejct'.",
				INBOUND + "orders.on-rejct=answer");
	}

	private void assertRefused(CapturedOutput output, String description, String action, String... args) {
		assertThatException().isThrownBy(() -> run(args));
		assertThat(output).contains("APPLICATION FAILED TO START", description, action).doesNotContain("\tat ");
	}

	private ConfigurableApplicationContext run(String... args) {
		List<String> all = new ArrayList<>(List.of("--server.port=0"));
		for (String property : this.database.toProperties()) {
			all.add("--" + property);
		}
		for (String arg : args) {
			all.removeIf((other) -> other.startsWith(arg.substring(0, arg.indexOf('=') + 1)));
			all.add(arg);
		}
		return SpringApplication.run(OrderApplication.class, all.toArray(String[]::new));
	}

	/**
	 * Does what the last command in the log says.
	 */
	private static int send(CapturedOutput output) throws Exception {
		Matcher matcher = COMMAND.matcher(output);
		MatchResult command = matcher.results().reduce((first, second) -> second).orElseThrow();
		HttpRequest request = HttpRequest.newBuilder(URI.create(command.group(1)))
			.POST(BodyPublishers.ofFile(Path.of(command.group(2))))
			.build();
		return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode();
	}

	private int orders() {
		return JdbcClient.create(this.database.dataSource())
			.sql("SELECT COUNT(*) FROM orders")
			.query(Integer.class)
			.single();
	}

}
