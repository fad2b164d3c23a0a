package org.megaetl.documentation;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

import org.junit.jupiter.api.Test;
import org.megaetl.app.MegaApplication;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The transformer of the README in the application.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, classes = { MegaApplication.class, NoteTransformer.class },
		properties = { "mega.connectors.webhook.enabled=true", "mega.connectors.webhook.inbound.notes.path=/notes",
				"mega.connectors.webhook.inbound.notes.transformer=note" })
class NoteTransformerTests {

	@Test
	void writesANote(@LocalServerPort int port, @Autowired JdbcClient jdbc) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/notes"))
			.POST(BodyPublishers.ofString("Buy milk"))
			.build();
		assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
		assertThat(jdbc.sql("SELECT text FROM notes").query(String.class).list()).containsExactly("Buy milk");
	}

}
