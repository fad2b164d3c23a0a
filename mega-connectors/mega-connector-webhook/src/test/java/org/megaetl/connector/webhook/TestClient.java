package org.megaetl.connector.webhook;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A sender.
 */
class TestClient {

	private static final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final int port;

	TestClient(int port) {
		this.port = port;
	}

	HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.timeout(Duration.ofSeconds(20));
	}

	HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return client.send(request.build(), BodyHandlers.ofString());
	}

	HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
		return send(request(path).POST(BodyPublishers.ofString(body)));
	}

	CompletableFuture<HttpResponse<String>> postAsync(String path, String body) {
		return sendAsync(request(path).POST(BodyPublishers.ofString(body)));
	}

	CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest.Builder request) {
		return client.sendAsync(request.build(), BodyHandlers.ofString());
	}

	/**
	 * Sends a request exactly as it is written but for the ends of lines, ends the
	 * sending side, and reads the answer.
	 */
	String exchange(String request) throws IOException {
		try (Socket socket = new Socket("localhost", this.port)) {
			OutputStream output = socket.getOutputStream();
			output.write(request.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
			output.flush();
			socket.shutdownOutput();
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
