package org.megaetl.helm;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the chart renders.
 */
class ChartTests {

	@Test
	void isFreeOfWhatLintFinds() {
		LintResult result = new Helm(Chart.DIRECTORY).lint().strict().call();
		assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
	}

	@Test
	void hasTheVersionOfTheBuild() throws Exception {
		JsonObject chart = Chart.objects(Files.readString(Chart.DIRECTORY.resolve("Chart.yaml"))).get(0);
		assertThat(chart.get("version").getAsString()).isEqualTo(System.getProperty("mega.version"));
		assertThat(chart.get("appVersion").getAsString()).isEqualTo(System.getProperty("mega.version"));
	}

	@ParameterizedTest
	@MethodSource("org.megaetl.helm.Chart#scenarios")
	void rendersWhatKubernetesAccepts(String scenario) {
		List<JsonObject> objects = Chart.render(Chart.scenario(scenario));
		assertThat(objects).isNotEmpty().allSatisfy((object) -> {
			assertThat(KubernetesSchema.validate(object)).as("%s", object).isNull();
			assertThat(Chart.at(object, "metadata", "namespace").getAsString()).isEqualTo(Chart.NAMESPACE);
			assertThat(Chart.at(object, "metadata", "labels", "app.kubernetes.io/instance").getAsString())
				.isEqualTo("mega");
		});
		assertThat(objects.stream().map((object) -> Chart.kind(object) + "/" + Chart.name(object)).toList())
			.doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@MethodSource("org.megaetl.helm.Chart#scenarios")
	void runsEveryPodRestricted(String scenario) {
		List<JsonObject> objects = Chart.render(Chart.scenario(scenario));
		assertThat(objects).extracting(Chart::kind).contains("Deployment", "Pod");
		assertThat(objects).flatExtracting(PodSecurity::violations).isEmpty();
	}

	@Test
	void rendersEveryKindOfObjectInOneOfTheScenarios() {
		assertThat(Chart.scenarios()).flatExtracting((scenario) -> Chart.render(Chart.scenario(scenario)))
			.extracting(Chart::kind)
			.contains("ConfigMap", "Secret", "Service", "ServiceAccount", "Deployment", "HorizontalPodAutoscaler",
					"PodDisruptionBudget", "NetworkPolicy", "Ingress", "HTTPRoute", "ScaledObject", "ServiceMonitor",
					"PrometheusRule", "Pod");
	}

	@Test
	void replacesNoPodBeforeItsSuccessorIsReady() {
		List<JsonObject> objects = Chart.render("shutdown: { preStop: 7, timeout: 20 }");
		JsonObject spec = Chart.deployment(objects).getAsJsonObject("spec");
		assertThat(Chart.at(spec, "strategy", "rollingUpdate", "maxUnavailable").getAsInt()).isZero();
		assertThat(Chart.at(Chart.container(objects), "lifecycle", "preStop", "sleep", "seconds").getAsInt())
			.isEqualTo(7);
		assertThat(variable(objects, "SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE")).isEqualTo("20s");
		assertThat(Chart.pod(objects).get("terminationGracePeriodSeconds").getAsInt()).isGreaterThan(7 + 3 * 20);
	}

	@Test
	void waitsAtStartLongerThanTheApplicationWaitsForItsDatabase() {
		JsonObject probe = Chart.container(Chart.render("{}")).getAsJsonObject("startupProbe");
		assertThat(probe.get("periodSeconds").getAsInt() * probe.get("failureThreshold").getAsInt())
			.isGreaterThan(5 * 60);
	}

	@Test
	void probesInPlainHttpWhateverTheWebhookHas() {
		List<JsonObject> objects = Chart.render("config: { server.ssl: { bundle: webhook, client-auth: need } }");
		assertThat(variable(objects, "MANAGEMENT_SERVER_SSL_ENABLED")).isEqualTo("false");
		for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
			JsonObject request = Chart.at(Chart.container(objects), probe, "httpGet").getAsJsonObject();
			assertThat(request.has("scheme")).isFalse();
			assertThat(request.get("port").getAsString()).isEqualTo("management");
		}
	}

	@Test
	void startsPodsAnewWhenConfigurationOrSecretsChange() {
		String pods = pods("mega: { namespace: a }\nsecretFiles: { orders: a }");
		assertThat(pods("mega: { namespace: b }\nsecretFiles: { orders: a }")).isNotEqualTo(pods);
		assertThat(pods("mega: { namespace: a }\nsecretFiles: { orders: b }")).isNotEqualTo(pods);
		assertThat(pods("mega: { namespace: a }\nsecretFiles: { orders: a }\nreplicas: 5")).isEqualTo(pods);
	}

	/**
	 * Kubernetes updates a directory that is a ConfigMap while the container runs, but
	 * not a file of it that is mounted by {@code subPath}.
	 */
	@Test
	void changesNoFileInPodsThatRun() {
		List<JsonObject> objects = Chart.render(Chart.scenario("webhook.yaml"));
		List<String> files = new ArrayList<>();
		for (JsonObject mount : mounts(objects)) {
			JsonObject volume = volume(objects, mount.get("name").getAsString());
			if (volume.has("configMap")) {
				String file = Chart.at(mount, "subPath").getAsString();
				JsonObject map = Chart.one(objects, "ConfigMap", Chart.at(volume, "configMap", "name").getAsString());
				assertThat(Stream.of("data", "binaryData").filter(map::has).map(map::getAsJsonObject))
					.anyMatch((data) -> data.has(file));
				files.add(mount.get("mountPath").getAsString());
				assertThat(files).last().asString().endsWith("/" + file);
			}
		}
		assertThat(files).containsExactlyInAnyOrder("/etc/mega/application.yml", "/etc/mega/transformers/order.js",
				"/etc/mega/transformers/order.wasm", "/etc/mega/migrations/V1__orders.sql");
	}

	@Test
	void updatesAVolumeWithTransformersInPodsThatRun() {
		List<JsonObject> objects = Chart.render("transformers: { volume: { configMap: { name: scripts } } }");
		assertThat(mounts(objects)).filteredOn((mount) -> mount.get("name").getAsString().equals("transformers"))
			.singleElement()
			.satisfies((mount) -> {
				assertThat(mount.get("mountPath").getAsString()).isEqualTo("/etc/mega/transformers");
				assertThat(mount.has("subPath")).isFalse();
			});
	}

	@Test
	void leavesTheNumberOfPodsToAutoscaling() {
		assertThat(Chart.at(Chart.deployment(Chart.render("replicas: 3")), "spec", "replicas").getAsInt()).isEqualTo(3);
		assertThat(Chart.deployment(Chart.render("autoscaling: { enabled: true }"))
			.getAsJsonObject("spec")
			.has("replicas")).isFalse();
	}

	@Test
	void hasTheSecretOfTheDatabaseOnlyInASecret() {
		List<JsonObject> objects = Chart.render("database: { url: 'mysql://app:hush@db/shop' }");
		assertThat(objects).filteredOn((object) -> object.toString().contains("hush"))
			.extracting(Chart::kind)
			.containsExactly("Secret");
		assertThat(Chart.render("database: { existingSecret: shop-db }")).extracting(Chart::kind)
			.doesNotContain("Secret");
	}

	@Test
	void keepsTheManagementPortOutOfTheService() {
		List<JsonObject> objects = Chart.render("serviceMonitor: { enabled: true }");
		assertThat(Chart.at(Chart.one(objects, "Service", "mega"), "spec", "ports").getAsJsonArray()).hasSize(1);
		JsonObject selector = Chart.at(Chart.one(objects, "ServiceMonitor", "mega"), "spec", "selector", "matchLabels")
			.getAsJsonObject();
		assertThat(objects).filteredOn((object) -> Chart.kind(object).equals("Service"))
			.filteredOn((object) -> Chart.at(object, "metadata", "labels")
				.getAsJsonObject()
				.entrySet()
				.containsAll(selector.entrySet()))
			.extracting(Chart::name)
			.containsExactly("mega-management");
	}

	@Test
	void shipsTheDashboardAndWithoutAServiceMonitorTheAlertRulesAsTheyAre() throws Exception {
		List<JsonObject> objects = Chart.render("prometheusRule: { enabled: true }\ndashboard: { enabled: true }");
		JsonObject rules = Chart.objects(Files.readString(Chart.DIRECTORY.resolve("rules/mega.yml"))).get(0);
		assertThat(Chart.one(objects, "PrometheusRule", "mega").get("spec")).isEqualTo(rules);
		String dashboard = Chart.at(Chart.one(objects, "ConfigMap", "mega-dashboard"), "data", "mega.json")
			.getAsString();
		assertThat(dashboard.strip())
			.isEqualTo(Files.readString(Chart.DIRECTORY.resolve("dashboards/mega.json")).strip());
	}

	@Test
	void testsTheReleaseByAskingItsService() {
		JsonObject pod = Chart.one(Chart.render("service: { port: 8080 }"), "Pod", "mega-test");
		assertThat(Chart.at(pod, "metadata", "annotations", Chart.HOOK).getAsString()).isEqualTo("test");
		assertThat(Chart.at(pod, "spec", "containers").toString()).contains("http://mega:8080/");
	}

	@Test
	void selectsNoTestPodButLetsItAsk() {
		List<JsonObject> objects = Chart.render(Chart.scenario("webhook.yaml"));
		JsonObject labels = Chart.at(Chart.one(objects, "Pod", "mega-test"), "metadata", "labels").getAsJsonObject();
		JsonObject policy = Chart.one(objects, "NetworkPolicy", "mega");
		for (JsonObject selector : List
			.of(Chart.at(Chart.one(objects, "Service", "mega"), "spec", "selector"),
					Chart.at(policy, "spec", "podSelector", "matchLabels"),
					Chart.at(Chart.one(objects, "PodDisruptionBudget", "mega"), "spec", "selector", "matchLabels"))
			.stream()
			.map(JsonElement::getAsJsonObject)
			.toList()) {
			assertThat(labels.entrySet().containsAll(selector.entrySet())).as("%s", selector).isFalse();
		}
		List<JsonElement> peers = Chart.at(policy, "spec", "ingress")
			.getAsJsonArray()
			.get(0)
			.getAsJsonObject()
			.getAsJsonArray("from")
			.asList();
		assertThat(peers).filteredOn((peer) -> peer.getAsJsonObject().has("podSelector"))
			.singleElement()
			.satisfies((peer) -> assertThat(labels.entrySet()).containsAll(
					Chart.at(peer.getAsJsonObject(), "podSelector", "matchLabels").getAsJsonObject().entrySet()));
	}

	@Test
	void drainsNodesWhateverTheNumberOfPods() {
		JsonObject budget = Chart.one(Chart.render("replicas: 1"), "PodDisruptionBudget", "mega");
		assertThat(Chart.at(budget, "spec", "maxUnavailable").getAsInt()).isEqualTo(1);
		assertThat(Chart.at(budget, "spec", "unhealthyPodEvictionPolicy").getAsString()).isEqualTo("AlwaysAllow");
		assertRefused("podDisruptionBudget: { maxUnavailable: 0 }", "at '/podDisruptionBudget/maxUnavailable'");
		assertRefused("podDisruptionBudget: { maxUnavailable: 0% }", "at '/podDisruptionBudget/maxUnavailable'");
	}

	@Test
	void addsMigrationsToThoseOfTheApplication() {
		assertThat(variable(Chart.render("migrations: { V1__a.sql: b }"), "SPRING_FLYWAY_LOCATIONS"))
			.isEqualTo("classpath:db/migration,filesystem:/etc/mega/migrations");
		assertThat(Chart.container(Chart.render("config: { spring.flyway.locations: 'filesystem:/sql' }")).get("env"))
			.asString()
			.doesNotContain("FLYWAY");
		for (String config : List.of("{ spring: { flyway: { locations: a } } }", "{ spring.flyway.locations: [a] }",
				"{ spring: { flyway.locations: a } }", "{ spring.flyway: { 'locations[0]': a } }")) {
			assertRefused("migrations: { V1__a.sql: b }\nconfig: " + config,
					"migrations and config.spring.flyway.locations: set one of the two");
		}
		assertThat(
				Chart.render("migrations: { V1__a.sql: b }\nconfig: { spring.flyway: { locations-x: a, table: b } }"))
			.isNotEmpty();
	}

	@Test
	void hasTheOperatorOfASecret() {
		JsonElement variables = Chart.container(Chart.render("operator: { existingSecret: shop-operator }")).get("env");
		assertThat(variables.toString()).contains(
				"{\"name\":\"SPRING_SECURITY_USER_NAME\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"shop-operator\",\"key\":\"username\"}}}",
				"{\"name\":\"SPRING_SECURITY_USER_PASSWORD\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"shop-operator\",\"key\":\"password\"}}}");
		assertThat(Chart.container(Chart.render("{}")).get("env").toString()).doesNotContain("SPRING_SECURITY");
	}

	@Test
	void refusesAServiceMonitorThatIsNotLetIn() {
		String values = "mega: { actuator: { read-access: health } }\nserviceMonitor: { enabled: true%s }";
		assertRefused(values.formatted(""), "serviceMonitor.endpoint: with mega.actuator.read-access 'health'");
		List<JsonObject> objects = Chart.render(values.formatted(
				", endpoint: { basicAuth: { username: { name: a, key: username }, password: { name: a, key: password } } }"));
		JsonObject monitor = Chart.one(objects, "ServiceMonitor", "mega");
		assertThat(KubernetesSchema.validate(monitor)).isNull();
		assertThat(Chart.at(monitor, "spec", "endpoints").toString()).contains("basicAuth", "/actuator/prometheus");
	}

	@Test
	void tellsTheNextCommands() {
		assertThat(Chart.notes("{}")).contains("No database is configured", "No pipeline is configured",
				"helm test mega --namespace shop", "kubectl rollout status deployment/mega --namespace shop");
		assertThat(Chart.notes(Chart.scenario("webhook.yaml"))).doesNotContain("No database", "No pipeline")
			.contains("https://events.example.org/");
	}

	@Test
	void refusesWhatContradictsItself() {
		assertRefused("database: { url: 'mysql://a', existingSecret: b }",
				"database.url and database.existingSecret: set one of the two");
		assertRefused("secretFiles: { a: b }\nexistingSecretFiles: c",
				"secretFiles and existingSecretFiles: set one of the two");
		assertRefused("autoscaling: { enabled: true }\nkeda: { enabled: true }", "enable one of the two");
		assertRefused("keda: { enabled: true }", "name the consumer groups in keda.kafka");
		assertRefused("transformers: { scripts: { a.js: b }, volume: { emptyDir: {} } }", "transformers.volume");
		assertRefused("config: { mega: { namespace: shop } }", "config.mega: write what is under 'mega:'");
		assertRefused("ingress: { enabled: true }", "ingress.hosts: name at least one host");
		assertRefused("httpRoute: { enabled: true }", "httpRoute.parentRefs: name the gateway");
	}

	private static void assertRefused(String values, String message) {
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> Chart.render(values))
			.withMessageContaining(message);
	}

	private static String pods(String values) {
		return Chart.at(Chart.deployment(Chart.render(values)), "spec", "template").toString();
	}

	private static List<JsonObject> mounts(List<JsonObject> objects) {
		return Chart.container(objects)
			.getAsJsonArray("volumeMounts")
			.asList()
			.stream()
			.map(JsonElement::getAsJsonObject)
			.toList();
	}

	private static JsonObject volume(List<JsonObject> objects, String name) {
		return Chart.pod(objects)
			.getAsJsonArray("volumes")
			.asList()
			.stream()
			.map(JsonElement::getAsJsonObject)
			.filter((volume) -> volume.get("name").getAsString().equals(name))
			.findFirst()
			.orElseThrow();
	}

	private static String variable(List<JsonObject> objects, String name) {
		for (JsonElement variable : Chart.container(objects).getAsJsonArray("env")) {
			if (variable.getAsJsonObject().get("name").getAsString().equals(name)) {
				return variable.getAsJsonObject().get("value").getAsString();
			}
		}
		throw new AssertionError("No variable " + name);
	}

}
