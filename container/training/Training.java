import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Makes the AOT cache of the application in the working directory (JEP 483, 514, 515): starts it, posts events to it
 * until its hot methods are known, and stops it, upon which the JVM writes the cache.
 * <p>
 * Arguments: the directory of this program's files, and that of the cache. The database is that of DATABASE_URL, and is
 * waited for. It fails, with the application's log, unless every event was written and the cache is there.
 */
class Training {

	private static final Path LOG = Path.of(System.getProperty("java.io.tmpdir"), "training.log");

	private static final int PORT = Integer.getInteger("training.port", 3344);

	private static final int ROUNDS = Integer.getInteger("training.rounds", 150);

	private static final int CONCURRENCY = 64;

	private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

	public static void main(String[] args) throws Exception {
		Path directory = Path.of(args[0]).toAbsolutePath();
		Path cache = Path.of(args[1]).toAbsolutePath();
		Files.createDirectories(cache.getParent());
		Process application = start(directory, cache);
		try {
			new Training().train(application);
			application.destroy();
			if (!application.waitFor(5, TimeUnit.MINUTES)) {
				throw new IllegalStateException("The application does not end");
			}
			if (!Files.isRegularFile(cache) || Files.size(cache) == 0) {
				throw new IllegalStateException("The application has left no cache");
			}
		}
		catch (Exception ex) {
			System.err.println(Files.readString(LOG));
			throw ex;
		}
		finally {
			application.destroyForcibly();
		}
		System.out.println("Made " + cache + ", " + (Files.size(cache) >> 20) + " MB");
	}

	private static Process start(Path directory, Path cache) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-XX:AOTCacheOutput=" + cache);
		command.addAll(List.of("-jar", "mega.jar", "--server.port=" + PORT, "--management.server.port=0",
				"--training.directory=" + directory, "--spring.config.additional-location=" + directory.toUri()));
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(new File(LOG.toString()))
			.start();
	}

	private void train(Process application) throws Exception {
		long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
		while (!isUp()) {
			if (!application.isAlive() || System.nanoTime() > end) {
				throw new IllegalStateException("The application has not started");
			}
			Thread.sleep(200);
		}
		for (int round = 0; round < ROUNDS; round++) {
			List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
			for (int i = 0; i < CONCURRENCY; i++) {
				answers.add(this.client.sendAsync(event(round * CONCURRENCY + i), BodyHandlers.ofString()));
			}
			for (CompletableFuture<HttpResponse<String>> answer : answers) {
				HttpResponse<String> response = answer.get(1, TimeUnit.MINUTES);
				if (response.statusCode() != 200) {
					throw new IllegalStateException(response.statusCode() + ": " + response.body());
				}
			}
		}
	}

	private boolean isUp() throws InterruptedException {
		try {
			// Any answer but a committed event's: an empty body is refused
			HttpRequest request = HttpRequest.newBuilder(uri("/mapped")).POST(BodyPublishers.noBody()).build();
			return this.client.send(request, BodyHandlers.discarding()).statusCode() / 100 == 4;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static HttpRequest event(int id) {
		String body = "{\"id\":" + id + ",\"name\":\"name " + id + "\",\"amount\":" + (id % 1000) + ".25,\"created\":"
				+ (1767225600000L + id) + "}";
		return HttpRequest.newBuilder(uri((id % 2 != 0) ? "/keyed" : "/mapped"))
			.header("Content-Type", "application/json")
			.header("Authorization", "Bearer training")
			.header("Idempotency-Key", Integer.toString(id))
			.POST(BodyPublishers.ofString(body))
			.build();
	}

	private static URI uri(String path) {
		return URI.create("http://127.0.0.1:" + PORT + path);
	}

}
