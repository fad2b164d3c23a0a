package org.megaetl.connector.webhook;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an operator meets, in a started application with a real database.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "mega.connectors.webhook.enabled=true", "mega.connectors.webhook.inbound.raw.path=/",
				"mega.connectors.webhook.inbound.raw.transformer=raw",
				"mega.connectors.webhook.inbound.letters.path=/letters",
				"mega.connectors.webhook.inbound.letters.transformer=raw",
				"mega.connectors.webhook.inbound.letters.on-reject=dead-letter",
				"management.endpoints.web.exposure.include=health,mega,megapositions,megadeadletters",
				"management.endpoint.health.show-details=always" })
class ActuatorTests {

	private final JdbcClient jdbc;

	private final TestClient client;

	ActuatorTests(@Autowired JdbcClient jdbc, @LocalServerPort int port) {
		this.jdbc = jdbc;
		this.client = new TestClient(port);
	}

	@BeforeEach
	void deleteRows() {
		for (String table : List.of("payloads", "mega_dead_letter", "mega_dead_letter_payload")) {
			this.jdbc.sql("DELETE FROM " + table).update();
		}
		this.jdbc.sql("ALTER TABLE payloads MODIFY small VARCHAR(10)").update();
	}

	@Test
	void showsPausesAndResumesPipelines() throws Exception {
		JsonNode before = get("mega/webhook.raw");
		assertThat(before.get("state").asString()).isEqualTo("RUNNING");
		assertThat(before.get("transformer").asString()).isEqualTo("raw");
		this.client.post("/", "one");
		this.client.post("/", "skip");
		JsonNode events = get("mega").at("/pipelines/webhook.raw/events");
		assertThat(events.get("written").asLong()).isEqualTo(before.at("/events/written").asLong() + 1);
		assertThat(events.get("skipped").asLong()).isEqualTo(before.at("/events/skipped").asLong() + 1);
		assertThat(get("mega").at("/pipelines").propertyNames()).containsExactly("webhook.raw", "webhook.letters");

		JsonNode paused = post("mega/webhook.raw", "{\"state\":\"paused\"}");
		assertThat(paused.get("state").asString()).isEqualTo("PAUSED");
		assertThat(paused.get("reason").asString()).isEqualTo("paused by an operator");
		assertThat(this.client.post("/", "two").statusCode()).isEqualTo(503);
		assertThat(this.client.post("/letters", "two").statusCode()).isEqualTo(200);
		JsonNode health = get("health/mega/webhook.raw");
		assertThat(health.get("status").asString()).isEqualTo("UP");
		assertThat(health.at("/details/state").asString()).isEqualTo("PAUSED");
		assertThat(post("mega/webhook.raw", "{\"state\":\"running\"}").get("state").asString()).isEqualTo("RUNNING");
		assertThat(this.client.post("/", "two").statusCode()).isEqualTo(200);
	}

	@Test
	void saysWhatItDoesNotUnderstand() throws Exception {
		assertThat(send("GET", "mega/webhook.none", null).statusCode()).isEqualTo(404);
		HttpResponse<String> none = send("POST", "mega/webhook.none", "{\"state\":\"paused\"}");
		assertThat(none.statusCode()).isEqualTo(400);
		assertThat(none.body()).contains("no pipeline 'webhook.none'", "webhook.raw, webhook.letters");
		assertThat(send("POST", "mega/webhook.raw", "{\"state\":\"asleep\"}").statusCode()).isEqualTo(400);
		assertThat(send("POST", "mega/webhook.raw", "{}").statusCode()).isEqualTo(400);
		assertThat(send("GET", "megadeadletters/no", null).body()).contains("'no' is neither the id");
		assertThat(send("GET", "megadeadletters/4711", null).statusCode()).isEqualTo(404);
		assertThat(send("GET", "megadeadletters?limit=0", null).body()).contains("'limit' is 0");
		assertThat(send("DELETE", "megadeadletters", null).statusCode()).isEqualTo(400);
	}

	@Test
	void healthHasAComponentForEachPipeline() throws Exception {
		JsonNode mega = get("health").at("/components/mega");
		assertThat(mega.get("status").asString()).isEqualTo("UP");
		assertThat(mega.at("/components/webhook.raw/details/state").asString()).isEqualTo("RUNNING");
		assertThat(mega.at("/components").propertyNames()).containsExactlyInAnyOrder("webhook.raw", "webhook.letters");
	}

	@Test
	void listsAndShowsDeadLetters() throws Exception {
		this.client.post("/", "too-long");
		this.client.post("/letters", "reject:é \"no\"");
		this.client.post("/letters", "reject:again");
		JsonNode page = get("megadeadletters?limit=2");
		assertThat(page.get("deadLetters")).hasSize(2);
		assertThat(page.at("/deadLetters/0/message").asString()).isEqualTo("again");
		assertThat(page.at("/counts")).hasSize(2);
		assertThat(page.at("/counts/0/pipeline").asString()).isEqualTo("webhook.letters");
		assertThat(page.at("/counts/0/reason").asString()).isEqualTo("TRANSFORM_FAILED");
		assertThat(page.at("/counts/0/count").asInt()).isEqualTo(2);
		JsonNode next = get("megadeadletters?limit=2&before=" + page.get("next").asLong());
		assertThat(next.get("deadLetters")).hasSize(1);
		assertThat(next.has("next")).isFalse();
		long id = next.at("/deadLetters/0/id").asLong();
		JsonNode letter = get("megadeadletters/" + id);
		assertThat(letter.at("/payload/text").asString()).isEqualTo("too-long");
		assertThat(letter.get("sqlState").asString()).isEqualTo("22001");
		assertThat(letter.get("id").asLong()).isEqualTo(id);
		assertThat(letter.at("/headers/Content-Length/0").asString()).isEqualTo("8");
		assertThat(get("megadeadletters?reason=database-refused").get("deadLetters")).hasSize(1);
		assertThat(get("megadeadletters?pipeline=webhook.letters").get("deadLetters")).hasSize(2);
		String since = URLEncoder.encode("2026-01-01T00:00:00Z", StandardCharsets.UTF_8);
		assertThat(get("megadeadletters?since=" + since).get("deadLetters")).hasSize(3);
		assertThat(get("megadeadletters?until=" + since).get("deadLetters")).isEmpty();
		assertThat(send("GET", "megadeadletters?since=yesterday", null).statusCode()).isEqualTo(400);
	}

	@Test
	void replaysDeadLetters() throws Exception {
		this.client.post("/", "too-long");
		this.client.post("/", "too-long 2");
		this.client.post("/letters", "reject:no");
		long id = get("megadeadletters").at("/deadLetters/1/id").asLong();
		JsonNode dry = post("megadeadletters/" + id, "{\"dryRun\":\"true\"}");
		assertThat(dry.at("/results/0/statements/0").asString()).startsWith("INSERT payloads (body=10 bytes, ");
		JsonNode failed = post("megadeadletters/" + id, null);
		assertThat(failed.get("failed").asInt()).isOne();
		assertThat(failed.at("/results/0/message").asString()).contains("Data too long");
		assertThat(get("megadeadletters/" + id).get("attempts").asInt()).isEqualTo(2);
		this.jdbc.sql("ALTER TABLE payloads MODIFY small VARCHAR(50)").update();
		assertThat(post("megadeadletters/" + id, "{}").get("written").asInt()).isOne();
		JsonNode rest = post("megadeadletters", "{\"pipeline\":\"webhook.raw\",\"limit\":10}");
		assertThat(rest.get("written").asInt()).isOne();
		assertThat(rest.get("complete").asBoolean()).isTrue();
		assertThat(this.jdbc.sql("SELECT COUNT(*) FROM payloads").query(Integer.class).single()).isEqualTo(2);
		assertThat(get("megadeadletters").get("deadLetters")).hasSize(1);
	}

	@Test
	void discardsDeadLetters() throws Exception {
		for (int i = 0; i < 3; i++) {
			this.client.post("/letters", "reject:no");
		}
		long id = get("megadeadletters").at("/deadLetters/0/id").asLong();
		assertThat(json(send("DELETE", "megadeadletters/" + id, null)).get("discarded").asInt()).isOne();
		assertThat(json(send("DELETE", "megadeadletters/" + id, null)).get("discarded").asInt()).isZero();
		assertThat(json(send("DELETE", "megadeadletters?pipeline=webhook.letters&all=true", null)).get("discarded")
			.asInt()).isEqualTo(2);
	}

	@Test
	void discardsAllDeadLettersOnlyWhereThatIsSaid() throws Exception {
		this.client.post("/letters", "reject:no");
		for (String filter : List.of("", "&untill=2026-01-01T00:00:00Z", "&all=false")) {
			HttpResponse<String> refused = send("DELETE", "megadeadletters?pipeline=webhook.letters" + filter,
					"{\"until\":\"2026-01-01T00:00:00Z\"}");
			assertThat(refused.statusCode()).as(filter).isEqualTo(400);
			assertThat(refused.body()).contains("all dead letters of 'webhook.letters'", "'all=true'");
		}
		String filtered = "megadeadletters?pipeline=webhook.letters&until=2026-01-01T00:00:00Z";
		assertThat(json(send("DELETE", filtered, null)).get("discarded").asInt()).isZero();
		assertThat(get("megadeadletters").get("deadLetters")).hasSize(1);
	}

	@Test
	void exportsDeadLetters() throws Exception {
		this.client.post("/letters", "reject:one");
		this.client.post("/letters", "reject:two");
		this.client.post("/", "too-long");
		HttpResponse<String> export = send("GET", "megadeadletters/export?pipeline=webhook.letters", null);
		assertThat(export.statusCode()).isEqualTo(200);
		assertThat(export.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
		assertThat(export.body().lines().map(JsonMapper.shared()::readTree))
			.extracting((line) -> line.at("/payload/text").asString())
			.containsExactly("reject:one", "reject:two");
	}

	@Test
	void showsAndResetsPositions() throws Exception {
		this.jdbc.sql("DELETE FROM mega_checkpoint").update();
		this.jdbc.sql("""
				INSERT INTO mega_checkpoint (namespace, pipeline, position_key, position, updated_at)
				SELECT 'mega', 'webhook.raw', 'a/0', '7', UTC_TIMESTAMP()""").update();
		assertThat(get("megapositions/webhook.raw").at("/positions/0/key").asString()).isEqualTo("a/0");
		assertThat(get("megapositions").at("/pipelines/webhook.raw/0/position").asString()).isEqualTo("7");
		assertThat(send("GET", "megapositions/no.such", null).statusCode()).isEqualTo(404);
		String reset = "{\"key\":\"a/0\",\"position\":\"3\"}";
		HttpResponse<String> refused = send("POST", "megapositions/webhook.raw", reset);
		assertThat(refused.statusCode()).isEqualTo(400);
		assertThat(refused.body()).contains("is RUNNING: pause it");
		post("mega/webhook.raw", "{\"state\":\"paused\"}");
		try {
			assertThat(post("megapositions/webhook.raw", reset).at("/positions/0/position").asString()).isEqualTo("3");
		}
		finally {
			post("mega/webhook.raw", "{\"state\":\"running\"}");
		}
	}

	private JsonNode get(String path) throws Exception {
		return json(send("GET", path, null));
	}

	private JsonNode post(String path, String body) throws Exception {
		return json(send("POST", path, body));
	}

	private static JsonNode json(HttpResponse<String> response) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return JsonMapper.shared().readTree(response.body());
	}

	private HttpResponse<String> send(String method, String path, String body) throws Exception {
		return this.client.send(this.client.request("/actuator/" + path)
			.header("Content-Type", "application/json")
			.method(method, (body != null) ? BodyPublishers.ofString(body) : BodyPublishers.noBody()));
	}

}
