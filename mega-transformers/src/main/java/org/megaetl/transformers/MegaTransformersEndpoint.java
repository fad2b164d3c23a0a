package org.megaetl.transformers;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import org.megaetl.sink.PlannedStatement;
import org.megaetl.sql.Row;
import org.megaetl.sql.RowMode;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} that lists the transformers, and shows what one makes of an
 * event, without writing it.
 */
@Endpoint(id = "megatransformers")
public final class MegaTransformersEndpoint {

	/** No pipeline's name, so that no instance that sees events of one is used. */
	private static final String SOURCE = "try.transformer";

	private final TransformerRegistry registry;

	private final GuestReloader reloader;

	MegaTransformersEndpoint(TransformerRegistry registry, GuestReloader reloader) {
		this.registry = registry;
		this.reloader = reloader;
	}

	@ReadOperation
	public TransformersDescriptor transformers() {
		Map<String, TransformerDescriptor> transformers = new TreeMap<>();
		Map<String, String> refused = this.reloader.refused();
		this.registry.all()
			.forEach((name, function) -> transformers.put(name,
					new TransformerDescriptor(function.getClass().getSimpleName(), refused.get(name))));
		return new TransformersDescriptor(transformers);
	}

	/**
	 * Lets a transformer transform an event, and writes nothing.
	 * @param transformer the transformer's name
	 * @param payload the event's payload
	 * @param headers the event's headers, each in a line such as {@code X-Tenant: acme},
	 * since the values of a request to an endpoint are texts; {@code null} for none
	 * @param key the event's key, or {@code null} if it has none
	 * @return the rows and the SQL that would be executed, or why the event is refused
	 */
	@WriteOperation
	public TrialDescriptor tryOut(@Selector String transformer, String payload, @Nullable String headers,
			@Nullable String key) {
		TransformFunction function = this.registry.find(transformer);
		if (!(function instanceof Transformer found)) {
			String reason = (function != null)
					? "The transformer '" + transformer + "' writes by itself: what, is known only when it does"
					: "There is no transformer '" + transformer + "'";
			throw new InvalidEndpointRequestException(reason, reason);
		}
		EventHeaders parsed = parse(headers);
		try {
			Event event = Event.from(SOURCE, payload.getBytes(StandardCharsets.UTF_8)).headers(parsed).key(key).build();
			return TrialDescriptor.of(found.transform(event));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new TrialDescriptor(List.of(), List.of(), "It was interrupted");
		}
		catch (Exception | StackOverflowError | LinkageError | AssertionError ex) {
			return new TrialDescriptor(List.of(), List.of(), String.valueOf(ex.getMessage()));
		}
	}

	private static EventHeaders parse(@Nullable String headers) {
		if (headers == null) {
			return EventHeaders.NONE;
		}
		List<String> namesAndValues = new ArrayList<>();
		headers.lines().filter((line) -> !line.isBlank()).forEach((line) -> {
			int colon = line.indexOf(':');
			if (colon < 1) {
				String reason = "'" + line + "' is no header such as 'X-Tenant: acme'";
				throw new InvalidEndpointRequestException(reason, reason);
			}
			namesAndValues.add(line.substring(0, colon).strip());
			namesAndValues.add(line.substring(colon + 1).strip());
		});
		return EventHeaders.of(namesAndValues.toArray(String[]::new));
	}

	/**
	 * Returns a value that becomes JSON without surprises.
	 */
	private static @Nullable Object shown(@Nullable Object value) {
		if (value == null || value instanceof Number || value instanceof Boolean) {
			return value;
		}
		return (value instanceof byte[] bytes) ? Base64.getEncoder().encodeToString(bytes) : value.toString();
	}

	/**
	 * All transformers.
	 *
	 * @param transformers the transformers by name
	 */
	public record TransformersDescriptor(
			Map<String, TransformerDescriptor> transformers) implements OperationResponseBody {

	}

	/**
	 * A transformer.
	 *
	 * @param type its class
	 * @param refused why its changed file was refused, or {@code null}
	 */
	public record TransformerDescriptor(String type, @Nullable String refused) {

	}

	/**
	 * What became of an event.
	 *
	 * @param rows the rows; SQL of the transformer's own is not among them
	 * @param sql what would be executed, in this order
	 * @param refusal why the event is refused, or {@code null}
	 */
	public record TrialDescriptor(List<RowDescriptor> rows, List<SqlDescriptor> sql,
			@Nullable String refusal) implements OperationResponseBody {

		static TrialDescriptor of(List<? extends SqlStatement> statements) {
			return new TrialDescriptor(statements.stream()
				.filter(Row.class::isInstance)
				.map(Row.class::cast)
				.map(RowDescriptor::of)
				.toList(), PlannedStatement.of(statements).stream().map(SqlDescriptor::of).toList(), null);
		}

	}

	/**
	 * A row.
	 *
	 * @param table its table
	 * @param mode what is done with it
	 * @param key the columns of its key
	 * @param row the values by column
	 */
	public record RowDescriptor(String table, RowMode mode, List<String> key, Map<String, @Nullable Object> row) {

		static RowDescriptor of(Row row) {
			Map<String, @Nullable Object> values = new LinkedHashMap<>();
			for (int i = 0; i < row.columns().size(); i++) {
				values.put(row.columns().get(i), shown(row.values().get(i)));
			}
			return new RowDescriptor(row.table(), row.mode(), row.keyColumns(), values);
		}

	}

	/**
	 * A statement.
	 *
	 * @param sql its text, with a placeholder for each value
	 * @param values the values that are bound
	 */
	public record SqlDescriptor(String sql, List<@Nullable Object> values) {

		static SqlDescriptor of(PlannedStatement statement) {
			List<@Nullable Object> values = new ArrayList<>();
			statement.values().forEach((value) -> values.add(shown(value)));
			return new SqlDescriptor(statement.sql(), values);
		}

	}

}
