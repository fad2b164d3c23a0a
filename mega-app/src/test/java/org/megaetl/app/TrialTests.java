package org.megaetl.app;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A transformer is tried out over HTTP in the application as it is packaged.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		classes = { MegaApplication.class, TrialTests.Table.class },
		properties = { "spring.security.user.name=operator", "spring.security.user.password=open sesame",
				"mega.transformers.trial.type=mapping", "mega.transformers.trial.table=trials",
				"mega.transformers.trial.key=id", "mega.transformers.trial.columns.id=/id",
				"mega.transformers.trial.columns.name=/name",
				"mega.transformers.trial.columns.tenant=header:X-Tenant" })
class TrialTests {

	private final int port;

	TrialTests(@LocalServerPort int port) {
		this.port = port;
	}

	@Test
	void showsRowsAndSqlAndWritesNothing(@Autowired JdbcClient jdbc) throws Exception {
		JsonNode trial = post("trial", """
				{"payload": "{\\"id\\":1,\\"name\\":\\"it's\\"}", "headers": "X-Tenant: acme"}""", 200);
		assertThat(trial.at("/rows/0/mode").asString()).isEqualTo("UPSERT");
		assertThat(trial.at("/rows/0/row/tenant").asString()).isEqualTo("acme");
		assertThat(trial.at("/sql/0/sql").asString()).startsWith("INSERT INTO `trials` (")
			.contains(" VALUES (?,?,?) ON DUPLICATE KEY UPDATE ")
			.doesNotContain("it's");
		assertThat(trial.at("/sql/0/values").toString()).contains("1", "\"it's\"", "\"acme\"");
		assertThat(trial.has("refusal") && !trial.get("refusal").isNull()).isFalse();
		assertThat(jdbc.sql("SELECT COUNT(*) FROM trials").query(Integer.class).single()).isZero();
	}

	@Test
	void showsWhyAnEventIsRefused() throws Exception {
		assertThat(post("trial", "{\"payload\": \"{}\"}", 200).get("refusal").asString())
			.isEqualTo("/id is missing, but column 'id' cannot be NULL: send it, or configure a default");
		assertThat(post("trail", "{\"payload\": \"{}\"}", 400).toString()).isNotEmpty();
	}

	private JsonNode post(String transformer, String body, int status) throws Exception {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + this.port + "/actuator/megatransformers/" + transformer))
			.header("Content-Type", "application/json")
			.headers(OperatedApplication.OPERATOR)
			.POST(BodyPublishers.ofString(body))
			.build();
		HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		return JsonMapper.shared().readTree(response.body());
	}

	static class Table implements Transformer {

		@Override
		public List<Row> transform(Event event) {
			return List.of();
		}

		@Override
		public String initDdl() {
			return "CREATE TABLE IF NOT EXISTS trials (id INT PRIMARY KEY, name VARCHAR(20), tenant VARCHAR(20))";
		}

	}

}
