package org.megaetl.connector.ethereum;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.config.InvalidConfigurationException;

import org.springframework.beans.factory.BeanCreationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What logs are decoded with.
 */
class AbiTests extends ChainTestSupport {

	@ParameterizedTest
	@ValueSource(strings = { "events=Note", "events=" })
	void decodesWithTheEventsOfAnAbiFile(String events) {
		application("abi=classpath:note-abi.json", events);
		this.notes.mineEach("a", "b");
		awaitWhatTheChainHas();
		assertThat(texts()).containsExactly("a", "b");
	}

	@Test
	void readsOnlyTheEventsThatAreNamed() {
		application("abi=classpath:note-abi.json", "events=Transfer");
		this.notes.mineEach("a");
		await().atMost(PATIENCE).until(() -> position().startsWith((this.node.head() + 1) + "@"));
		assertThat(texts()).isEmpty();
	}

	@Test
	void doesNotStartWithAnEventThatTheAbiDoesNotHave() {
		assertThatExceptionOfType(BeanCreationException.class)
			.isThrownBy(() -> application("abi=classpath:note-abi.json", "events=Noted"))
			.havingRootCause()
			.isInstanceOf(InvalidConfigurationException.class)
			.withMessageContaining("names the event 'Noted', which the ABI does not have");
	}

}
