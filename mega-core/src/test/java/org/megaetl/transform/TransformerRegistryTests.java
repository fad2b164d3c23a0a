package org.megaetl.transform;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TransformerRegistry}.
 */
class TransformerRegistryTests {

	private final Transformer transformer = (event) -> List.of();

	@Test
	void findsByExactName() {
		TransformerRegistry registry = new TransformerRegistry(Map.of("order", this.transformer));
		assertThat(registry.find("order")).isSameAs(this.transformer);
		assertThat(registry.find("Order")).isNull();
		assertThatIllegalArgumentException().isThrownBy(() -> registry.find(" ")).withMessageContaining("name");
	}

	@Test
	void listsAllSorted() {
		TransformerRegistry registry = new TransformerRegistry(
				Map.of("c", this.transformer, "a", this.transformer, "b", this.transformer));
		assertThat(registry.all().keySet()).containsExactly("a", "b", "c");
	}

	@Test
	void isImmutable() {
		Map<String, Transformer> transformers = new HashMap<>(Map.of("order", this.transformer));
		TransformerRegistry registry = new TransformerRegistry(transformers);
		transformers.clear();
		assertThat(registry.all()).containsOnlyKeys("order");
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> registry.all().clear());
	}

}
