package org.megaetl.connector.ethereum.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestHeadersSpec.ConvertibleClientHttpResponse;

/**
 * Sends JSON to one URL, and says of what goes wrong whether there is no connection or no
 * answer.
 */
final class HttpTransport {

	/**
	 * No answer to one call need be longer, and several may be read at the same time.
	 */
	static final int MAX_ANSWER = 32 * 1024 * 1024;

	static final int OK = 200;

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

	private static final JsonMapper json = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder().maxDocumentLength(MAX_ANSWER).build())
			.build())
		.build();

	/** In the words of providers that have a limit of their own. */
	private static final RpcError TOO_LONG = new RpcError(-32000,
			"the response is too large: it has more than " + MAX_ANSWER / 1024 / 1024 + " MiB");

	private final RestClient http;

	/** Not a base URL, as its escapes would be escaped once more. */
	private final URI url;

	private final Secrets secrets;

	private final Duration timeout;

	HttpTransport(Map<String, String> headers, Duration timeout, Secrets secrets) {
		this.secrets = secrets;
		this.timeout = timeout;
		this.url = secrets.urlWithoutUser();
		JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(
				HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).version(version()).build());
		requests.setReadTimeout(timeout);
		RestClient.Builder builder = RestClient.builder()
			.requestFactory(requests)
			.defaultHeaders((all) -> headers.forEach(all::set));
		String user = secrets.basic();
		if (user != null) {
			builder.defaultHeader(HttpHeaders.AUTHORIZATION, "Basic " + user);
		}
		this.http = builder.build();
	}

	/**
	 * Without TLS, HTTP/2 is asked for by a header that a server refuses which knows
	 * upgrades to WebSocket only.
	 */
	private HttpClient.Version version() {
		return "https".equalsIgnoreCase(this.url.getScheme()) ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1;
	}

	/**
	 * Sends a request.
	 * @param limit counts what is answered, or {@code null} for as much as it is
	 * @throws UnreachableException if there is no connection
	 * @throws EndpointException if there is no answer
	 */
	Answer post(JsonNode request, @Nullable AnswerLimit limit) {
		long start = System.nanoTime();
		try {
			Answer answer = this.http.post()
				.uri(this.url)
				.contentType(MediaType.APPLICATION_JSON)
				.accept(MediaType.APPLICATION_JSON)
				.body(json.writeValueAsBytes(request))
				.exchange((sent, response) -> answer(response, limit, start));
			if (answer == null) {
				throw new EndpointException("there is no answer");
			}
			return answer;
		}
		catch (ResourceAccessException ex) {
			// its message, and its causes' too, may contain the URL
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			String words = (cause.getMessage() != null) ? ": " + this.secrets.hideIn(cause.getMessage()) : "";
			String message = cause.getClass().getSimpleName() + words;
			throw (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException)
					? new UnreachableException(message) : new EndpointException(message);
		}
	}

	private Answer answer(ConvertibleClientHttpResponse response, @Nullable AnswerLimit limit, long start)
			throws IOException {
		int status = response.getStatusCode().value();
		Duration retryAfter = RetryAfter.parse(response.getHeaders().getFirst(HttpHeaders.RETRY_AFTER),
				Clock.systemUTC());
		try (InputStream body = (limit != null) ? limit.count(response.getBody()) : response.getBody()) {
			JsonNode tree = json.readTree(body);
			return new Answer(status, (tree.isObject() || tree.isArray()) ? tree : null, retryAfter);
		}
		catch (StreamConstraintsException ex) {
			return new Answer(status, json.createObjectNode().set("error", json.valueToTree(TOO_LONG)), retryAfter);
		}
		catch (JacksonIOException | UnexpectedEndOfInputException ex) {
			if (status == OK) {
				throw new EndpointException(isTooLate(start) ? "it took longer than " + this.timeout.toMillis() + " ms"
						: "its answer broke off");
			}
			return new Answer(status, null, retryAfter);
		}
		catch (JacksonException ex) {
			// a proxy's page: the status says the rest
			return new Answer(status, null, retryAfter);
		}
	}

	private boolean isTooLate(long start) {
		return System.nanoTime() - start >= this.timeout.toNanos();
	}

	/**
	 * What was answered.
	 *
	 * @param status the HTTP status
	 * @param body the JSON, or {@code null} if there is none
	 * @param retryAfter how long to wait, or {@code null} if that is not said
	 */
	record Answer(int status, @Nullable JsonNode body, @Nullable Duration retryAfter) {

	}

}
