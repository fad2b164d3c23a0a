package org.megaetl.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.google.gson.JsonObject;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The pages about the chart against the chart.
 */
class ChartDocumentationTests {

	private static final Pattern SET = Pattern.compile("--set ([\\w.]+)=([\\w./-]+)");

	@ParameterizedTest
	@ValueSource(strings = { "mega/README.md", "../docs/kubernetes.md" })
	void showsValuesThatTheChartHas(String page) throws IOException {
		List<String> values = Pattern.compile("(?ms)^```yaml\\n(.*?)^```$")
			.matcher(Files.readString(Path.of(page)))
			.results()
			.map((MatchResult block) -> block.group(1))
			.toList();
		assertThat(values).isNotEmpty().allSatisfy((text) -> {
			List<JsonObject> objects = Chart.render(text);
			assertThat(objects).allSatisfy((object) -> assertThat(KubernetesSchema.validate(object)).isNull());
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "mega/README.md", "../docs/kubernetes.md" })
	void setsValuesThatTheChartHas(String page) throws IOException {
		TemplateCommand template = new Helm(Chart.DIRECTORY).template().withKubeVersion("1.34.0");
		SET.matcher(Files.readString(Path.of(page)))
			.results()
			.forEach((set) -> template.set(set.group(1), set.group(2)));
		assertThat(template.call()).contains("kind: Deployment");
	}

	@Test
	void listsEveryValueOnThePageOfTheChart() throws IOException {
		String page = Files.readString(Path.of("mega/README.md"));
		JsonObject values = Chart.objects(Files.readString(Chart.DIRECTORY.resolve("values.yaml"))).get(0);
		assertThat(values.keySet()).allMatch((name) -> page.contains("`" + name));
	}

	@Test
	void saysHowLongAStartMayTakeBeforeItIsKilled() throws IOException {
		JsonObject probe = Chart.container(Chart.render("{}")).getAsJsonObject("startupProbe");
		assertThat(Files.readString(Path.of("../docs/kubernetes.md")))
			.contains("`probes.startup.failureThreshold` for it (%d times %d s)"
				.formatted(probe.get("failureThreshold").getAsInt(), probe.get("periodSeconds").getAsInt()));
	}

}
