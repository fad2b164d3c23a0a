package org.megaetl.documentation;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * The transformer of {@code docs/from-kafka-connect.md}.
 */
class TombstoneTransformerTests {

	private final Transformer transformer = new Snippets.TombstoneTransformer();

	@Test
	void deletesByTheFieldOfAKeyInJson() throws Exception {
		Event tombstone = Event.from("test", new byte[0])
			.key("{\"id\":1}")
			.headers(EventHeaders.of("kafka-tombstone", "true"))
			.build();
		assertThat(this.transformer.transform(tombstone)).isEqualTo(List.of(Row.delete("customers").key("id", 1)));
	}

	@Test
	void refusesAKeyWithoutIt() {
		Event event = Event.from("test", "Ann".getBytes(StandardCharsets.UTF_8)).key("{}").build();
		assertThatException().isThrownBy(() -> this.transformer.transform(event));
	}

}
