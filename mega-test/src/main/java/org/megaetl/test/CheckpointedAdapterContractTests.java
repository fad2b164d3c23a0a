package org.megaetl.test;

import java.util.Map;
import java.util.stream.IntStream;

import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.megaetl.event.PipelineId;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineState;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * The contract of an adapter whose positions are stored with the rows, so that the source
 * need not remember anything.
 */
public abstract class CheckpointedAdapterContractTests extends PullAdapterContractTests {

	private static final String REFERENCE = "reference";

	@Override
	void assertRedelivery(int committed, int again) {
		Assertions.assertThat(again).as("events read again although their position was stored").isZero();
	}

	@Test
	void losesOnlyThePartThatAnotherReaderHasTakenOver() throws Exception {
		ConfigurableApplicationContext reference = startAs(REFERENCE);
		produce(NumberedEvent.range(0, 1, 20));
		awaitNumbers(0, 20);
		Map<String, String> after = audit().positions(REFERENCE);
		reference.close();
		audit().forgetEvents();
		produceForOtherKeys(1, 20);
		ConfigurableApplicationContext first = start("--" + ContractConfiguration.HOLD_AT + "=" + FaultPoint.TRANSFORM);
		FaultPoints faults = first.getBean(FaultPoints.class);
		Awaitility.await().atMost(PATIENCE).until(faults::isHolding);
		Pipeline pipeline = pipeline(first);
		Map<String, String> before = audit().positions(NAMESPACE);
		Map.Entry<String, String> moved = after.entrySet()
			.stream()
			.filter((entry) -> !entry.getValue().equals(before.get(entry.getKey())))
			.findFirst()
			.orElseThrow(() -> new AssertionError("No position has moved: " + after));
		audit().deliverElsewhere(new PipelineId(NAMESPACE, pipeline.name().toString()), moved.getKey(),
				moved.getValue(), NumberedEvent.range(0, 1, 20));
		faults.release();
		awaitNumbers(20);
		produceForOtherKeys(21, 40);
		for (int key = 1; key < keys(); key++) {
			awaitNumbers(key, 40);
		}
		Assertions.assertThat(audit().numbers(0)).isEqualTo(numbers(20));
		Assertions.assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
		first.close();
		produce(NumberedEvent.range(0, 21, 40));
		start();
		awaitNumbers(40);
	}

	@Test
	void readsAgainFromWhereAnOperatorHasSetThePosition() throws Exception {
		ConfigurableApplicationContext first = start();
		produce(NumberedEvent.range(0, 1, 20));
		awaitNumbers(0, 20);
		Map<String, String> middle = audit().positions(NAMESPACE);
		produce(NumberedEvent.range(0, 21, 40));
		awaitNumbers(0, 40);
		first.close();
		audit().reset(NAMESPACE, middle);
		start();
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> Assertions.assertThat(audit().numbers(0))
				.isEqualTo(IntStream.concat(IntStream.rangeClosed(1, 40), IntStream.rangeClosed(21, 40))
					.boxed()
					.toList()));
	}

}
