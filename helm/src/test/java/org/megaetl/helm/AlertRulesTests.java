package org.megaetl.helm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The alerts of two releases in one Prometheus.
 */
class AlertRulesTests {

	private static final Pattern METRIC = Pattern.compile("mega_\\w+(\\{[^}]*})?");

	/** The release "mega" is away, and "other" has a pipeline that has failed. */
	private static final String SCENARIO = """
			rule_files: [ mega.json, other.json ]
			evaluation_interval: 1m
			tests:
			  - interval: 1m
			    input_series:
			      - series: mega_pipeline_state{namespace="shop",job="other-mega-management",instance="a:3344",pipeline="kafka.orders",state="failed"}
			        values: 1x20
			    alert_rule_test:
			      - eval_time: 10m
			        alertname: MegaAbsent
			        exp_alerts:
			          - exp_labels: { severity: critical, namespace: shop, job: mega-management }
			            exp_annotations:
			              summary: No instance of MEGA reports a pipeline.
			              description: Nothing was scraped for 5 minutes. No instance runs, none is found by Prometheus, or none has a pipeline.
			      - eval_time: 10m
			        alertname: MegaPipelineDown
			        exp_alerts:
			          - exp_labels: { severity: critical, namespace: shop, job: other-mega-management, instance: "a:3344", pipeline: kafka.orders, state: failed }
			            exp_annotations:
			              summary: Pipeline kafka.orders has failed on a:3344.
			              description: It has given up and takes no events. Its health and its log say why. Mend that, then resume it.
			""";

	@TempDir
	private Path directory;

	@Test
	void areAboutTheirReleaseWhereTheLabelsOfItsMetricsAreKnown() {
		List<String> selectors = new ArrayList<>();
		for (JsonElement group : rules("mega").getAsJsonArray("groups")) {
			for (JsonElement rule : group.getAsJsonObject().getAsJsonArray("rules")) {
				String expression = rule.getAsJsonObject().get("expr").getAsString();
				METRIC.matcher(expression).results().forEach((metric) -> selectors.add(metric.group(1)));
			}
		}
		assertThat(selectors).hasSizeGreaterThan(5)
			.doesNotContainNull()
			.allMatch((selector) -> selector.startsWith("{namespace=\"shop\",job=\"mega-management\""));
	}

	@Test
	void comeOnceAndAlsoOfAReleaseThatIsAwayWhereAnotherRuns() throws Exception {
		Path rules = Files.writeString(this.directory.resolve("mega.json"), rules("mega").toString());
		Files.writeString(this.directory.resolve("other.json"), rules("other").toString());
		Path scenario = Files.writeString(this.directory.resolve("test.yml"), SCENARIO);
		assertThat(promtool("check", "rules", rules.toString())).contains("SUCCESS: 6 rules");
		assertThat(promtool("test", "rules", scenario.toString())).contains("SUCCESS");
	}

	private static JsonObject rules(String release) {
		return Chart.render(release, "serviceMonitor: { enabled: true }\nprometheusRule: { enabled: true }")
			.stream()
			.filter((object) -> Chart.kind(object).equals("PrometheusRule"))
			.findFirst()
			.orElseThrow()
			.getAsJsonObject("spec");
	}

	private static String promtool(String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of("promtool"));
		command.addAll(List.of(arguments));
		Process process;
		try {
			process = new ProcessBuilder(command).redirectErrorStream(true).start();
		}
		catch (IOException ex) {
			if (System.getenv("CI") != null) {
				throw ex;
			}
			throw new TestAbortedException("There is no program 'promtool': install Prometheus", ex);
		}
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		return output;
	}

}
