package org.megaetl.connector.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import io.lettuce.core.RedisException;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.devservices.FreePort;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.pipeline.PipelineState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * How connections are configured.
 */
class ConnectionTests {

	private static final String CONNECTION = "connection.";

	private RedisSource source;

	private TestDatabase database;

	private final List<RunningApplication> running = new ArrayList<>();

	@BeforeEach
	void create() {
		this.source = RedisSource.createWithOwnServer();
		this.database = TestDatabase.create();
	}

	@AfterEach
	void close() {
		this.running.forEach(RunningApplication::close);
		this.source.close();
		this.database.close();
	}

	@Test
	void usesTheInboundsOwnConnectionAndNotTheApplications() {
		try (RedisSource other = RedisSource.create()) {
			start(this.source, CONNECTION + "host=" + other.redis().host(), CONNECTION + "port=" + other.redis().port(),
					CONNECTION + "database=" + other.redis().database());
			add(this.source, "no");
			add(other, "yes");
			awaitWritten("yes");
			assertThat(this.source.commands().xinfoGroups("orders")).isEmpty();
		}
	}

	@Test
	void refusesSettingsOfAConnectionThatDoNotExist() {
		for (String wrong : List.of("hosst=other", "port=nonsense", "ssl.bundel=redis")) {
			assertThatException()
				.isThrownBy(() -> start(this.source, CONNECTION + "password=secret", CONNECTION + wrong))
				.satisfies((ex) -> assertThat(causes(ex))
					.anySatisfy((cause) -> assertThat(cause).isInstanceOf(InvalidConfigurationException.class)
						.hasMessageContaining("'mega.connectors.redis.inbound.orders.connection'")
						.hasMessageContaining(wrong.substring(0, wrong.indexOf('=')))
						.hasMessageNotContaining("secret")));
		}
	}

	@Test
	void needsFewRights() {
		this.source.commands()
			.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8),
					new CommandArgs<>(StringCodec.UTF8).add("SETUSER")
						.add("etl")
						.add("on")
						.add(">secret")
						.add("~orders")
						.add("resetchannels")
						.add("+@stream")
						.add("+@connection")
						.add("+eval")
						.add("+exists")
						.add("+time"));
		start(this.source, CONNECTION + "url=redis://etl:secret@" + address(), "claim-after=1s", "max-length=1",
				"delete-acknowledged=true");
		add(this.source, "1");
		awaitWritten("1");
	}

	@Test
	void triesAgainUntilThePasswordIsRight() {
		this.source.commands().configSet("requirepass", "right");
		RunningApplication application = start(this.source, CONNECTION + "url=redis://:wrong-one@" + address());
		// the first try may end with the connection, before the answer
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(application.pipeline().status().reason()).contains("WRONGPASS"));
		assertThat(application.pipeline().status().state()).isEqualTo(PipelineState.RETRYING);
		assertThat(application.pipeline().status().reason()).doesNotContain("wrong-one");
		this.source.commands().configSet("requirepass", "wrong-one");
		application.awaitState(PipelineState.RUNNING);
		add(this.source, "1");
		awaitWritten("1");
	}

	@Test
	void triesAgainUntilTheKeyIsAStream() {
		this.source.commands().set("orders", "no stream");
		RunningApplication application = start(this.source);
		application.awaitState(PipelineState.RETRYING);
		assertThat(application.pipeline().status().reason()).contains("WRONGTYPE");
		this.source.commands().del("orders");
		application.awaitState(PipelineState.RUNNING);
		add(this.source, "1");
		awaitWritten("1");
	}

	@Test
	void startsWhileTheServerIsAway() {
		this.source.redis().server().stop();
		RunningApplication application = start(this.source);
		application.awaitState(PipelineState.RETRYING);
		this.source.redis().server().start();
		application.awaitState(PipelineState.RUNNING);
		add(this.source, "1");
		awaitWritten("1");
	}

	@Test
	void encrypts(@TempDir Path directory) throws Exception {
		int port = serveTls(directory);
		start(this.source, CONNECTION + "url=rediss://localhost:" + port, CONNECTION + "ssl.bundle=redis",
				"/spring.ssl.bundle.pem.redis.truststore.certificate=" + directory.resolve("certificate.pem"));
		add(this.source, "1");
		awaitWritten("1");
	}

	@Test
	void followsTheSentinelsToTheNextServer(@TempDir Path directory) throws Exception {
		String program = ProcessHandle.of(this.source.redis().server().pid())
			.flatMap((process) -> process.info().command())
			.orElseThrow();
		int port = FreePort.find();
		Path configuration = Files.writeString(directory.resolve("sentinel.conf"), """
				port %d
				bind 127.0.0.1
				sentinel monitor orders 127.0.0.1 %d 1
				sentinel down-after-milliseconds orders 500
				sentinel failover-timeout orders 2000
				""".formatted(port, this.source.redis().port()));
		try (RedisSource replica = RedisSource.createWithOwnServer("--replicaof", "127.0.0.1",
				String.valueOf(this.source.redis().port()))) {
			RunningApplication.await()
				.until(() -> replica.commands().info("replication").contains("master_link_status:up"));
			Process sentinel = new ProcessBuilder(program, configuration.toString(), "--sentinel")
				.redirectErrorStream(true)
				.redirectOutput(directory.resolve("sentinel.log").toFile())
				.start();
			try {
				start(this.source, CONNECTION + "sentinel.master=orders",
						CONNECTION + "sentinel.nodes=127.0.0.1:" + port);
				add(this.source, "1");
				awaitWritten("1");
				// the sentinel has found the replica
				RunningApplication.await().until(() -> Files.readString(configuration).contains("known-replica"));
				RunningApplication.await().until(() -> replica.commands().xlen("orders") == 1);
				this.source.redis().server().kill();
				// which closes the connections it has when it becomes the master
				RunningApplication.await()
					.ignoreException(RedisException.class)
					.until(() -> replica.commands().info("replication").contains("role:master"));
				add(replica, "2");
				awaitWritten("1", "2");
			}
			finally {
				sentinel.destroyForcibly().waitFor();
			}
		}
	}

	private int serveTls(Path directory) throws Exception {
		Path store = directory.resolve("store.p12");
		int result = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "redis", "-keyalg", "RSA", "-dname", "CN=localhost", "-ext",
				"san=dns:localhost,ip:127.0.0.1", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass",
				"secret")
			.inheritIO()
			.start()
			.waitFor();
		assertThat(result).isZero();
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream stream = Files.newInputStream(store)) {
			keys.load(stream, "secret".toCharArray());
		}
		Path certificate = pem(directory.resolve("certificate.pem"), "CERTIFICATE",
				keys.getCertificate("redis").getEncoded());
		Path key = pem(directory.resolve("key.pem"), "PRIVATE KEY",
				keys.getKey("redis", "secret".toCharArray()).getEncoded());
		int port = FreePort.find();
		this.source.commands()
			.configSet(Map.of("tls-cert-file", certificate.toString(), "tls-key-file", key.toString(),
					"tls-auth-clients", "no", "tls-port", String.valueOf(port)));
		return port;
	}

	private static Path pem(Path file, String type, byte[] content) throws IOException {
		return Files.writeString(file,
				"-----BEGIN " + type + "-----\n"
						+ Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content) + "\n-----END " + type
						+ "-----\n");
	}

	private String address() {
		return this.source.redis().host() + ":" + this.source.redis().port();
	}

	private static List<Throwable> causes(Throwable ex) {
		List<Throwable> causes = new ArrayList<>();
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			causes.add(cause);
		}
		return causes;
	}

	/**
	 * Starts an application.
	 * @param inbound properties of the inbound, or others after a slash
	 */
	private RunningApplication start(RedisSource source, String... inbound) {
		List<String> own = new ArrayList<>(List.of("stream=orders"));
		List<String> others = new ArrayList<>();
		for (String property : inbound) {
			if (property.startsWith("/")) {
				others.add(property.substring(1));
			}
			else {
				own.add(property);
			}
		}
		RunningApplication application = RunningApplication.start(this.database,
				source.properties("orders", "recorder", own.toArray(String[]::new)), others.toArray(String[]::new));
		this.running.add(application);
		return application;
	}

	private static void add(RedisSource source, String payload) {
		source.commands().xadd("orders", Map.of("payload", payload));
	}

	private void awaitWritten(String... payloads) {
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).containsExactly(payloads));
	}

}
