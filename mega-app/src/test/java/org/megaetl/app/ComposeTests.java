package org.megaetl.app;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;
import org.yaml.snakeyaml.Yaml;

import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code compose.yaml} and the images of the {@code Dockerfile}.
 */
class ComposeTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	/** As the Dockerfile has it. */
	private static final String ACTUATOR_PORT = "127.0.0.1:8081:8081";

	private static final Pattern COMMAND = Pattern
		.compile("docker compose (?:up|exec -T|exec|stop|logs)((?: -+\\S+)*) ([a-z][a-z-]*)");

	private final Map<String, Map<String, Object>> services = services();

	@Test
	void hasAServiceForEachExampleAndForTheApplication() throws IOException {
		List<String> modules = new ArrayList<>(List.of("mega-app"));
		try (Stream<Path> folders = Files.list(ROOT.resolve("examples"))) {
			folders.filter((folder) -> Files.exists(folder.resolve("pom.xml")))
				.forEach((folder) -> modules.add("examples/" + folder.getFileName()));
		}
		assertThat(this.services.values()).filteredOn((service) -> service.containsKey("build"))
			.extracting((service) -> at(service, "build", "args", "MODULE"))
			.containsExactlyInAnyOrderElementsOf(modules);
	}

	@Test
	void pinsTheVersionsOfImages() {
		List<String> images = new ArrayList<>(Dockerfile.read().images());
		assertThat(images).hasSize(3);
		this.services.values().stream().map((service) -> (String) service.get("image")).forEach((image) -> {
			if (image != null) {
				images.add(image);
			}
		});
		assertThat(images).hasSizeGreaterThan(6).allMatch((image) -> image.matches("[a-z/-]+:v?\\d[^@]*"));
	}

	@Test
	void startsAnApplicationWhenWhatItNeedsIsHealthy() {
		this.services.forEach((name, service) -> {
			if (service.containsKey("build")) {
				assertThat(names(service.get("depends_on"))).as(name).contains("mysql").allSatisfy((needed) -> {
					assertThat(at(service, "depends_on", needed, "condition")).isEqualTo("service_healthy");
					Map<String, Object> server = this.services.get(needed);
					assertThat(server).as(needed).containsKey("healthcheck");
					assertThat(server.get("profiles")).isIn(null, service.get("profiles"));
				});
			}
		});
	}

	@Test
	void runsApplicationsAsThePodsOfTheChart() {
		assertThat(this.services.values()).filteredOn((service) -> service.containsKey("build"))
			.allSatisfy((service) -> {
				assertThat(service.get("read_only")).isEqualTo(true);
				assertThat(service.get("cap_drop")).isEqualTo(List.of("ALL"));
				assertThat((List<?>) service.get("ports")).isIn(null, List.of("3344:3344"),
						List.of("3344:3344", ACTUATOR_PORT));
			});
	}

	@Test
	void publishesTheActuatorOfTheApplicationToThisMachineWithTheUserOfTheCommandsInThePages() throws IOException {
		Map<String, Object> mega = this.services.get("mega");
		assertThat((List<?>) mega.get("ports")).isEqualTo(List.of("3344:3344", ACTUATOR_PORT));
		String user = at(mega, "environment", "SPRING_SECURITY_USER_NAME") + ":"
				+ at(mega, "environment", "SPRING_SECURITY_USER_PASSWORD");
		for (String page : List.of("operations.md", "dead-letters.md")) {
			assertThat(Files.readString(ROOT.resolve("docs").resolve(page))).as(page)
				.contains("    U=" + user, "    A=http://localhost:8081/actuator");
		}
	}

	/**
	 * The readers of sources, the web server and the pipelines stop one after the other,
	 * each within {@code spring.lifecycle.timeout-per-shutdown-phase}.
	 */
	@Test
	void killsNoApplicationThatIsStillStopping() throws IOException {
		int phases = 3 * (int) new LifecycleProperties().getTimeoutPerShutdownPhase().toSeconds();
		assertThat(this.services.values()).filteredOn((service) -> service.containsKey("build"))
			.extracting((service) -> seconds(service.get("stop_grace_period").toString()))
			.allMatch((seconds) -> seconds > phases);
		assertThat(Pattern.compile("--stop-timeout (\\d+)")
			.matcher(Files.readString(ROOT.resolve("docs/container.md")))
			.results()).extracting((MatchResult match) -> seconds(match.group(1)))
			.isNotEmpty()
			.allMatch((seconds) -> seconds > phases);
	}

	@Test
	void mountsFilesThatExistAndGivesVariablesOfServicesThatExist() {
		assertThat(this.services.values())
			.allSatisfy((service) -> ((List<?>) service.getOrDefault("volumes", List.of())).stream()
				.map(Object::toString)
				.filter((volume) -> volume.startsWith("./"))
				.forEach((volume) -> assertThat(ROOT.resolve(volume.split(":")[0])).exists()));
		assertThat(this.services.values()).filteredOn((service) -> service.containsKey("build"))
			.allSatisfy((service) -> {
				List<String> values = ((Map<?, ?>) service.get("environment")).values()
					.stream()
					.map(Object::toString)
					.filter((value) -> value.contains("://"))
					.toList();
				assertThat(values).contains(databaseUrl(service))
					.allSatisfy((value) -> assertThat(names(service.get("depends_on")))
						.contains(URI.create(value).getHost()));
			});
	}

	@Test
	void givesEachApplicationADatabaseThatItsUserMayCreate() throws Exception {
		String grant = Files.readString(ROOT.resolve("container/mysql/grant.sql")).replaceAll("(?m)^--.*", "");
		Map<String, String> urls = new TreeMap<>();
		this.services.forEach((name, service) -> {
			if (service.containsKey("build")) {
				urls.put("mega_" + name.replace('-', '_'), databaseUrl(service));
			}
		});
		try (TestDatabase server = TestDatabase.create()) {
			String user = "'user_" + server.name() + "'";
			server.execute("CREATE USER %s@'%%' IDENTIFIED BY 'mega'".formatted(user),
					grant.strip().replace(";", "").replace("'mega'", user));
			try {
				urls.forEach((database, url) -> assertCreates(server, user.replace("'", ""), database, url));
			}
			finally {
				urls.keySet().forEach((database) -> server.execute("DROP DATABASE IF EXISTS " + database));
				server.execute("DROP USER " + user);
			}
		}
	}

	private static void assertCreates(TestDatabase server, String user, String database, String url) {
		assertThat(url).startsWith("mysql://mega:mega@mysql:3306/" + database + "?");
		String there = server.jdbcUrl().replaceFirst("/[^/]*$", url.substring(url.lastIndexOf('/')));
		assertThat(JdbcClient.create(new DriverManagerDataSource(there, user, "mega"))
			.sql("SELECT DATABASE()")
			.query(String.class)
			.single()).isEqualTo(database);
	}

	private static String databaseUrl(Map<String, Object> service) {
		return at(service, "environment", "DATABASE_URL").toString();
	}

	@Test
	void isDocumentedWithServicesThatExist() throws IOException {
		String pages = Files.readString(ROOT.resolve("docs/container.md"))
				+ Files.readString(ROOT.resolve("compose.yaml"));
		List<String> named = COMMAND.matcher(pages)
			.results()
			.map((MatchResult match) -> match.group(2))
			.filter((name) -> !name.equals("the"))
			.toList();
		assertThat(named).hasSizeGreaterThan(6).allMatch(this.services::containsKey);
		assertThat(this.services.keySet()).filteredOn((name) -> this.services.get(name).containsKey("profiles"))
			.filteredOn((name) -> this.services.get(name).containsKey("build"))
			.allMatch(named::contains);
	}

	@Test
	void sendsEveryModuleToTheBuildOfTheImage() throws IOException {
		List<String> ignored = Files.readAllLines(ROOT.resolve(".dockerignore"));
		assertThat(ignored).contains(".git", "**/target", "**/node_modules").doesNotContain("mvnw", "config", ".mvn");
		try (Stream<Path> files = Files.walk(ROOT, 3)) {
			assertThat(files.filter((file) -> file.endsWith("pom.xml")).map(ROOT::relativize)).hasSizeGreaterThan(10)
				.allSatisfy((pom) -> {
					for (Path folder = pom; folder != null; folder = folder.getParent()) {
						assertThat(ignored).doesNotContain(folder.toString().replace('\\', '/'));
					}
				});
		}
	}

	private static int seconds(String duration) {
		return Integer.parseInt(duration.replace("s", ""));
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Map<String, Object>> services() {
		try {
			Map<String, Object> compose = new Yaml().load(Files.readString(ROOT.resolve("compose.yaml")));
			return (Map<String, Map<String, Object>>) compose.get("services");
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static List<String> names(Object map) {
		return List.copyOf(((Map<String, Object>) map).keySet());
	}

	private static Object at(Map<String, Object> map, String... path) {
		Object value = map;
		for (String name : path) {
			value = ((Map<?, ?>) value).get(name);
			assertThat(value).as(String.join(".", path)).isNotNull();
		}
		return value;
	}

}
