package org.megaetl.connector.kafka;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.kafka.KafkaTopics.SourceException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Schemas of a registry with Confluent's interface, by their ids. A schema never changes,
 * so each is asked for once; what is missing, once a minute, as it may be there later.
 */
final class SchemaRegistry {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final Duration MISSING = Duration.ofMinutes(1);

	/**
	 * How many missing ones are known: the ids of records that are not in the wire format
	 * at all may be any. More than a batch usually has.
	 */
	private static final int MAX_MISSING = 10_000;

	private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

	private final JsonMapper json = JsonMapper.shared();

	private final URI address;

	private final @Nullable String credentials;

	private final Clock clock;

	private final Map<Integer, PayloadSchema> schemas = new ConcurrentHashMap<>();

	private final Map<Integer, Missing> missing;

	/**
	 * Creates a client.
	 * @param url the registry's address, with user and password if it wants them
	 * @param clock the time
	 */
	SchemaRegistry(URI url, Clock clock) {
		this(url, clock, MAX_MISSING);
	}

	SchemaRegistry(URI url, Clock clock, int maxMissing) {
		this.clock = clock;
		this.missing = Collections.synchronizedMap(new LatestMissing(maxMissing));
		String user = url.getUserInfo();
		this.credentials = (user != null)
				? "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)) : null;
		String path = (url.getPath() != null) ? url.getPath().replaceAll("/+$", "") : "";
		this.address = URI
			.create(url.getScheme() + "://" + url.getHost() + ((url.getPort() > 0) ? ":" + url.getPort() : "") + path);
	}

	/**
	 * Returns a schema.
	 * @param id its id
	 * @return the schema, which may be one that decodes nothing as there is none of that
	 * id
	 * @throws SourceException if the registry does not answer
	 * @throws InterruptedException if the thread is to stop
	 */
	PayloadSchema schema(int id) throws SourceException, InterruptedException {
		PayloadSchema known = this.schemas.get(id);
		if (known != null) {
			return known;
		}
		Missing missing = this.missing.get(id);
		if (missing != null && !this.clock.instant().isAfter(missing.until())) {
			return missing.schema();
		}
		return load(id);
	}

	private PayloadSchema load(int id) throws SourceException, InterruptedException {
		try {
			JsonNode found = get("/schemas/ids/" + id);
			if (found == null) {
				return missing(id, "The schema registry " + this.address + " has no schema with the id " + id);
			}
			PayloadSchema schema = schema(id, found);
			this.schemas.put(id, schema);
			this.missing.remove(id);
			return schema;
		}
		catch (MissingReferenceException ex) {
			return missing(id, "Schema " + id + " cannot be used: " + ex.getMessage());
		}
	}

	private PayloadSchema missing(int id, String reason) {
		Missing missing = new Missing(PayloadSchema.unusable(reason), this.clock.instant().plus(MISSING));
		this.missing.put(id, missing);
		return missing.schema();
	}

	private PayloadSchema schema(int id, JsonNode found)
			throws SourceException, InterruptedException, MissingReferenceException {
		String type = found.path("schemaType").asString("AVRO");
		try {
			return switch (type) {
				case "JSON" -> PayloadSchema.json();
				case "AVRO" -> AvroSchema.of(texts(found, "", new ArrayList<>()));
				case "PROTOBUF" -> {
					JsonNode serialized = get("/schemas/ids/" + id + "?format=serialized");
					yield ProtobufSchema
						.of(texts((serialized != null) ? serialized : found, "?format=serialized", new ArrayList<>()));
				}
				default ->
					PayloadSchema.unusable("Schema " + id + " is of the type '" + type + "', which is not known");
			};
		}
		catch (NoClassDefFoundError ex) {
			throw new IllegalStateException("Schema " + id + " is of the type " + type
					+ ", for which a library is missing on the class path: add org.apache.avro:avro, or "
					+ "com.google.protobuf:protobuf-java-util", ex);
		}
		catch (RuntimeException ex) {
			return PayloadSchema.unusable("Schema " + id + " cannot be used: " + ex.getMessage());
		}
	}

	/**
	 * Returns what a schema refers to, and then the schema.
	 */
	private List<String> texts(JsonNode schema, String query, List<String> texts)
			throws SourceException, InterruptedException, MissingReferenceException {
		for (JsonNode reference : schema.path("references")) {
			String path = "/subjects/"
					+ URLEncoder.encode(reference.path("subject").asString(""), StandardCharsets.UTF_8)
						.replace("+", "%20")
					+ "/versions/" + reference.path("version").asInt(-1) + query;
			JsonNode found = get(path);
			if (found == null) {
				throw new MissingReferenceException(path);
			}
			texts(found, query, texts);
		}
		String text = schema.path("schema").asString("");
		if (!texts.contains(text)) {
			texts.add(text);
		}
		return texts;
	}

	private @Nullable JsonNode get(String path) throws SourceException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.address + path))
			.header("Accept", "application/vnd.schemaregistry.v1+json, application/json")
			.timeout(TIMEOUT);
		if (this.credentials != null) {
			request.header("Authorization", this.credentials);
		}
		try {
			HttpResponse<byte[]> response = this.http.send(request.build(), BodyHandlers.ofByteArray());
			if (response.statusCode() == 404) {
				return null;
			}
			if (response.statusCode() != 200) {
				throw new SourceException(new IOException(
						"The schema registry " + this.address + " answers with " + response.statusCode()));
			}
			return this.json.readTree(response.body());
		}
		catch (IOException ex) {
			throw new SourceException(new IOException("The schema registry " + this.address + " does not answer", ex));
		}
	}

	/**
	 * A schema that was not found.
	 *
	 * @param schema what is in its place, which decodes nothing
	 * @param until until when it is not asked for again
	 */
	private record Missing(PayloadSchema schema, Instant until) {

	}

	/**
	 * Those that were missing last.
	 */
	private static final class LatestMissing extends LinkedHashMap<Integer, Missing> {

		private static final long serialVersionUID = 1L;

		private final int max;

		LatestMissing(int max) {
			super(16, 0.75f, true);
			this.max = max;
		}

		@Override
		protected boolean removeEldestEntry(Map.Entry<Integer, Missing> eldest) {
			return size() > this.max;
		}

	}

	/**
	 * The registry has a schema, but not another that it refers to.
	 */
	private static final class MissingReferenceException extends Exception {

		private static final long serialVersionUID = 1L;

		MissingReferenceException(String path) {
			super("the registry does not have what it refers to, " + path);
		}

	}

}
