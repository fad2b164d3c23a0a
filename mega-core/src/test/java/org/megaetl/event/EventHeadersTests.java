package org.megaetl.event;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EventHeaders}.
 */
class EventHeadersTests {

	private final EventHeaders headers = EventHeaders.of("X-Id", "1", "accept", "a", "x-ID", "2", "Accept", "b");

	@Test
	void comparesNamesWithoutCase() {
		assertThat(this.headers.first("x-id")).isEqualTo("1");
		assertThat(this.headers.first("X-ID")).isEqualTo("1");
		assertThat(this.headers.first("x-i")).isNull();
	}

	@Test
	void keepsRepeatedHeadersInOrder() {
		assertThat(this.headers.all("ACCEPT")).containsExactly("a", "b");
		assertThat(this.headers.all("missing")).isEmpty();
		List<String> pairs = new ArrayList<>();
		this.headers.forEach((name, value) -> pairs.add(name + "=" + value));
		assertThat(pairs).containsExactly("X-Id=1", "accept=a", "x-ID=2", "Accept=b");
	}

	@Test
	void gathersSpellingsInAMap() {
		assertThat(this.headers.toMap()).containsOnlyKeys("accept", "X-Id").containsEntry("X-Id", List.of("1", "2"));
		assertThat(this.headers.toMap().get("x-id")).containsExactly("1", "2");
	}

	@Test
	void takesAMapInItsOrder() {
		Map<String, List<String>> map = new LinkedHashMap<>();
		map.put("b", List.of("1", "2"));
		map.put("none", List.of());
		map.put("a", List.of("3"));
		List<String> pairs = new ArrayList<>();
		EventHeaders.of(map).forEach((name, value) -> pairs.add(name + value));
		assertThat(pairs).containsExactly("b1", "b2", "a3");
	}

	@Test
	void doesNotChangeWithTheArrayItWasMadeFrom() {
		String[] pairs = { "a", "1" };
		EventHeaders copy = EventHeaders.of(pairs);
		pairs[1] = "2";
		assertThat(copy.first("a")).isEqualTo("1");
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> copy.all("a").add("3"));
	}

	@Test
	void refusesANameWithoutValue() {
		assertThatIllegalArgumentException().isThrownBy(() -> EventHeaders.of("a", "1", "b"))
			.withMessageContaining("3 strings");
	}

	@Test
	void toStringShowsNamesOnly() {
		assertThat(EventHeaders.of("Authorization", "hunter2").toString()).isEqualTo("[Authorization]");
	}

}
