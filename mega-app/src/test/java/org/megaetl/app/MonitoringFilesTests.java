package org.megaetl.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard and the alert rules.
 */
class MonitoringFilesTests {

	static final Path RULES = Path.of("..", "helm", "mega", "rules", "mega.yml");

	/**
	 * What MEGA adds to a scrape: {@link OperationsTests} compares it with a real one.
	 */
	static final List<String> METRICS = List.of("mega_batch_duration_seconds_count", "mega_batch_duration_seconds_max",
			"mega_batch_duration_seconds_sum", "mega_batch_size_events_count", "mega_batch_size_events_max",
			"mega_batch_size_events_sum", "mega_dead_letters", "mega_events_total", "mega_lag_events",
			"mega_pipeline_state");

	/**
	 * What the Kafka connector adds: {@link PositionResetTests} compares it with a real
	 * scrape.
	 */
	static final List<String> KAFKA_METRICS = List.of("mega_kafka_missed_total");

	private static final Path DASHBOARD = Path.of("..", "helm", "mega", "dashboards", "mega.json");

	/**
	 * Of Spring Boot, which every application with a database has:
	 * {@link OperationsTests} looks for them in a real scrape.
	 */
	static final Set<String> OTHERS = Set.of("hikaricp_connections_active", "hikaricp_connections_pending",
			"jvm_memory_used_bytes", "process_cpu_usage", "process_start_time_seconds");

	private static final Pattern NAME = Pattern.compile("\\b([a-z]+_[a-z_]+)(?=[{\\[ )])");

	private static final Set<String> FUNCTIONS = Set.of("min_over_time", "label_values");

	@Test
	void rulesAreValid() throws Exception {
		assertThat(PrometheusServer.promtool("check", "rules", RULES.toString())).contains("SUCCESS: 6 rules");
	}

	@Test
	void rulesAlertWhenTheyShouldAndOnlyThen() throws Exception {
		assertThat(PrometheusServer.promtool("test", "rules", "src/test/resources/alert-rules-test.yml"))
			.contains("SUCCESS");
	}

	@Test
	void rulesUseMetricsThereAre() throws Exception {
		Set<String> names = new TreeSet<>();
		Pattern.compile("expr: (.*)")
			.matcher(Files.readString(RULES))
			.results()
			.map((MatchResult match) -> match.group(1))
			.forEach((expression) -> names.addAll(names(expression)));
		assertThat(names).contains("mega_lag_events", "mega_pipeline_state", "mega_kafka_missed_total");
		names.removeAll(OTHERS);
		assertThat(names).isSubsetOf(ours());
	}

	@Test
	void theDashboardUsesMetricsThereAre() throws Exception {
		JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(DASHBOARD));
		Set<String> names = new TreeSet<>();
		dashboard.findValuesAsString("expr").forEach((expression) -> names.addAll(names(expression)));
		dashboard.findValuesAsString("definition").forEach((expression) -> names.addAll(names(expression)));
		assertThat(names).contains("mega_lag_events", "mega_dead_letters");
		names.removeAll(OTHERS);
		assertThat(names).isSubsetOf(ours());
	}

	@Test
	void theDashboardShowsTheChosenNamespaceOnly() throws Exception {
		JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(DASHBOARD));
		assertThat(dashboard.findValuesAsString("expr")).isNotEmpty()
			.allSatisfy((expression) -> assertThat(expression.replaceAll("\\{namespace=~\"\\$namespace\",", ""))
				.doesNotContain("{"));
	}

	@Test
	void composeScrapesTheManagementPortOfTheImage() throws Exception {
		Path file = Path.of("..", "container", "monitoring", "prometheus.yml");
		assertThat(PrometheusServer.promtool("check", "config", file.toString())).contains("SUCCESS");
		String port = Pattern.compile("MANAGEMENT_SERVER_PORT=(\\d+)")
			.matcher(Files.readString(Path.of("..", "Dockerfile")))
			.results()
			.findFirst()
			.orElseThrow()
			.group(1);
		assertThat(Files.readString(file)).contains("\"mega:" + port + "\"", "metrics_path: /actuator/prometheus");
	}

	private static Set<String> ours() {
		Set<String> ours = new TreeSet<>(METRICS);
		ours.addAll(KAFKA_METRICS);
		return ours;
	}

	private static Set<String> names(String expression) {
		Set<String> names = new TreeSet<>();
		NAME.matcher(expression.replaceAll("by \\([^)]*\\)", "").replaceAll("\\$__[a-z_]+", "") + " ")
			.results()
			.forEach((match) -> names.add(match.group(1)));
		names.removeAll(FUNCTIONS);
		return names;
	}

}
