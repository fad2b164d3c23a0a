package org.megaetl.transformers;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.megaetl.sql.RowMode;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.TransformerRegistry;
import org.megaetl.transformers.MegaTransformersEndpoint.RowDescriptor;
import org.megaetl.transformers.MegaTransformersEndpoint.SqlDescriptor;
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
		Map<String, TransformFunction> transformers = Map.of("order", Configured.transformer(
				"type: mapping\ntable: orders\ncolumns: { id: { from: /id, required: true }, tenant: \"header:x-tenant\" }"),
				"direct", direct);
		this.endpoint = new MegaTransformersEndpoint(new TransformerRegistry(transformers),
				new GuestReloader((name, candidate) -> {
				}));
	}

	@Test
	void listsTheTransformers() {
		assertThat(this.endpoint.transformers().transformers()).containsOnlyKeys("direct", "order");
	}

	@Test
	void showsRowsAndRefusals() {
		TrialDescriptor trial = this.endpoint.tryOut("order", "{\"id\":1}", "X-Tenant: acme\n", null);
		assertThat(trial.refusal()).isNull();
		assertThat(trial.rows()).containsExactly(
				new RowDescriptor("orders", RowMode.INSERT, List.of(), Map.of("id", 1L, "tenant", "acme")));
		assertThat(trial.sql()).extracting(SqlDescriptor::sql)
			.singleElement()
			.asString()
			.contains("INSERT INTO `orders` (", "`id`", ") VALUES (?,?)");
		assertThat(trial.sql().get(0).values()).containsExactlyInAnyOrder(1L, "acme");
		assertThat(this.endpoint.tryOut("order", "{}", null, null))
			.isEqualTo(new TrialDescriptor(List.of(), List.of(), "/id is missing, but required"));
	}

	@Test
	void refusesWhatCannotBeTried() {
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.tryOut("ordr", "{}", null, null))
			.withMessage("There is no transformer 'ordr'");
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.tryOut("direct", "{}", null, null))
			.withMessageContaining("writes by itself");
	}

}
