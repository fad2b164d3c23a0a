package org.megaetl.transformers;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
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
	 * @return the statements that would be executed, or why it is refused
	 */
	@WriteOperation
	public TrialDescriptor tryOut(@Selector String transformer, String payload) {
		TransformFunction function = this.registry.find(transformer);
		if (!(function instanceof Transformer found)) {
			String reason = (function != null)
					? "The transformer '" + transformer + "' writes by itself: what, is known only when it does"
					: "There is no transformer '" + transformer + "'";
			throw new InvalidEndpointRequestException(reason, reason);
		}
		try {
			Event event = Event.from(SOURCE, payload.getBytes(StandardCharsets.UTF_8)).build();
			return new TrialDescriptor(found.transform(event).stream().map(Object::toString).toList(), null);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new TrialDescriptor(List.of(), "It was interrupted");
		}
		catch (Exception ex) {
			return new TrialDescriptor(List.of(), String.valueOf(ex.getMessage()));
		}
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
	 * @param statements what would be executed, each with mode, table, columns and values
	 * @param refusal why the event is refused, or {@code null}
	 */
	public record TrialDescriptor(List<String> statements, @Nullable String refusal) implements OperationResponseBody {

	}

}
