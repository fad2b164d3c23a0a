package org.megaetl.devservices;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;
import static org.awaitility.Awaitility.await;

/**
 * An application in a JVM of its own, which can be killed.
 */
final class ChildApplication implements AutoCloseable {

	private static final String READY = "The application is ready";

	private final Process process;

	private final Path output;

	private ChildApplication(Process process, Path output) {
		this.process = process;
		this.output = output;
	}

	/**
	 * Start an application, in a process group of its own.
	 * @param output the file for its output
	 * @param args the command line arguments
	 * @return the application, which may still be starting
	 */
	static ChildApplication start(Path output, String... args) throws IOException {
		List<String> command = new ArrayList<>(
				List.of("setsid", Path.of(System.getProperty("java.home"), "bin/java").toString(), "-cp",
						System.getProperty("java.class.path"), Application.class.getName()));
		command.addAll(Arrays.asList(args));
		File file = output.toFile();
		return new ChildApplication(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(file).start(),
				output);
	}

	ChildApplication awaitReady() {
		await().atMost(Duration.ofMinutes(1)).until(() -> output().contains(READY) || !this.process.isAlive());
		assertThat(output()).contains(READY);
		return this;
	}

	String output() {
		assertThat(this.output).exists();
		return contentOf(this.output.toFile(), StandardCharsets.UTF_8);
	}

	long pid() {
		return this.process.pid();
	}

	void kill() {
		this.process.destroyForcibly().onExit().join();
	}

	/**
	 * Send a signal to the whole process group, as a terminal does after ctrl-C.
	 * @param signal the signal's name
	 */
	void signalGroup(String signal) throws IOException, InterruptedException {
		new ProcessBuilder("kill", "-" + signal, "--", "-" + pid()).inheritIO().start().waitFor();
		assertThat(this.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
	}

	@Override
	public void close() {
		kill();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class Application {

		public static void main(String[] args) {
			ConfigurableApplicationContext context = SpringApplication.run(Application.class, args);
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			jdbc.sql("CREATE TABLE IF NOT EXISTS event (name VARCHAR(20))").update();
			jdbc.sql("INSERT INTO event VALUES ('started')").update();
			LogFactory.getLog(Application.class).info(READY);
			new Thread(LockSupport::park).start();
		}

		@Bean
		DisposableBean closeRecorder(JdbcClient jdbc) {
			return () -> jdbc.sql("INSERT INTO event VALUES ('closed')").update();
		}

	}

}
