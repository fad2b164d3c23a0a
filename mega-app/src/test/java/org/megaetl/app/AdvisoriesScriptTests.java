package org.megaetl.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * {@code .ci/advisories} against what OSV answers.
 */
@EnabledOnOs({ OS.LINUX, OS.MAC })
class AdvisoriesScriptTests {

	private static final String BILL = """
			{"components": [{"purl": "pkg:maven/a/good@1?type=jar"}, {"purl": "pkg:maven/org.megaetl/mega-core@1"},
			{"name": "no purl"}, {"purl": "pkg:maven/b/bad@2"}]}""";

	@TempDir
	private Path directory;

	private HttpServer server;

	private String answer = "";

	private final AtomicReference<String> question = new AtomicReference<>("");

	private String output = "";

	@BeforeEach
	void start() throws Exception {
		for (String program : new String[] { "curl", "jq" }) {
			assumeThat(new ProcessBuilder("bash", "-c", "command -v " + program).start().waitFor())
				.as(program + " is not installed")
				.isZero();
		}
		Files.writeString(this.directory.resolve("bill.json"), BILL);
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/v1/querybatch", (exchange) -> {
			this.question.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
			byte[] body = this.answer.getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@Test
	void namesWhatHasAdvisories() throws Exception {
		this.answer = "{\"results\": [{}, {\"vulns\": [{\"id\": \"GHSA-1\"}, {\"id\": \"CVE-2\"}]}]}";
		assertThat(run("bill.json")).as(this.output).isEqualTo(1);
		assertThat(this.output).contains("FOUND", "pkg:maven/b/bad@2: GHSA-1, CVE-2").doesNotContain("good");
		assertThat(this.question.get()).contains("pkg:maven/a/good@1\"").doesNotContain("megaetl");
	}

	@Test
	void saysThatThereAreNone() throws Exception {
		this.answer = "{\"results\": [{}, {}]}";
		assertThat(run("bill.json")).as(this.output).isZero();
		assertThat(this.output).contains("none for 2 dependencies");
	}

	@Test
	void saysThatNothingIsKnownWhereOsvCannotBeReached() throws Exception {
		this.server.stop(0);
		assertThat(run("bill.json")).isEqualTo(2);
		assertThat(this.output).contains("NOT CHECKED", "could not be reached").doesNotContain("none");
	}

	@Test
	void saysThatNothingIsKnownWhereTheAnswerOrTheBillIsNoGood() throws Exception {
		this.answer = "{\"results\": [{}]}";
		assertThat(run("bill.json")).isEqualTo(2);
		assertThat(this.output).contains("NOT CHECKED", "did not answer as it should");
		assertThat(run("other.json")).isEqualTo(2);
		assertThat(this.output).contains("NOT CHECKED", "no bill of materials");
	}

	private int run(String bill) throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder("bash", "../.ci/advisories",
				this.directory.resolve(bill).toString())
			.redirectErrorStream(true);
		builder.environment().put("OSV_URL", "http://127.0.0.1:" + this.server.getAddress().getPort());
		builder.environment().put("no_proxy", "127.0.0.1");
		Process process = builder.start();
		this.output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		return process.waitFor();
	}

}
