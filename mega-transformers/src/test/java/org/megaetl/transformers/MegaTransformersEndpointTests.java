package org.megaetl.transformers;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.TransformerRegistry;
import org.megaetl.transformers.MegaTransformersEndpoint.TrialDescriptor;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MegaTransformersEndpoint}.
 */
class MegaTransformersEndpointTests {

	private final MegaTransformersEndpoint endpoint;

	MegaTransformersEndpointTests() {
		DirectTransformer direct = (event, connection) -> {
			throw new AssertionError("Nothing must be written");
		};
		Map<String, TransformFunction> transformers = Map.of("order",
				Configured.transformer("type: mapping\ntable: orders\ncolumns: { id: { from: /id, required: true } }"),
				"direct", direct);
		this.endpoint = new MegaTransformersEndpoint(new TransformerRegistry(transformers), new GuestReloader((name, candidate) -> {
		}));
	}

	@Test
	void listsTheTransformers() {
		assertThat(this.endpoint.transformers().transformers()).containsOnlyKeys("direct", "order");
	}

	@Test
	void showsRowsAndRefusals() {
		assertThat(this.endpoint.tryOut("order", "{\"id\":1}"))
			.isEqualTo(new TrialDescriptor(List.of("INSERT orders [id] [1]"), null));
		assertThat(this.endpoint.tryOut("order", "{}"))
			.isEqualTo(new TrialDescriptor(List.of(), "/id is missing, but required"));
	}

	@Test
	void refusesWhatCannotBeTried() {
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.tryOut("ordr", "{}"))
			.withMessage("There is no transformer 'ordr'");
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.tryOut("direct", "{}"))
			.withMessageContaining("writes by itself");
	}

}
