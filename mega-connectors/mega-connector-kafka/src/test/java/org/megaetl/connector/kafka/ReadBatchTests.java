package org.megaetl.connector.kafka;

import java.util.List;
import java.util.Optional;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.megaetl.connector.kafka.ReadBatch.Part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ReadBatch}.
 */
class ReadBatchTests {

	private final AssignedPartition partition = new AssignedPartition(new TopicPartition("orders", 0), Long.MAX_VALUE);

	@Test
	void severalThatGoOnFromOneAnotherAreOne() {
		ReadBatch batch = ReadBatch.of(List.of(batch(0, 2), batch(2, 3)));
		assertThat(batch.parts()).singleElement().satisfies((part) -> {
			assertThat(part.from()).isZero();
			assertThat(part.to()).isEqualTo(3);
			assertThat(part.records()).extracting(ConsumerRecord::offset).containsExactly(0L, 2L);
		});
		assertThat(batch.size()).isEqualTo(new BatchRoom.Size(2, 10));
	}

	@Test
	void partitionsWithoutRecordsTakeRoomAsWell() {
		ReadBatch batch = new ReadBatch(
				List.of(new Part(this.partition, List.of(), 0, 2), new Part(this.partition, List.of(), 2, 4)));
		assertThat(batch.size()).isEqualTo(new BatchRoom.Size(2, 0));
	}

	@Test
	void nothingBetweenTwoIsPassedOver() {
		assertThatIllegalArgumentException().isThrownBy(() -> ReadBatch.of(List.of(batch(0, 2), batch(4, 6))))
			.withMessageContaining("from offset 4 does not go on from offset 2");
	}

	private ReadBatch batch(long from, long to) {
		ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("orders", 0, from, ConsumerRecord.NO_TIMESTAMP,
				null, ConsumerRecord.NULL_SIZE, 5, null, new byte[5], new RecordHeaders(), Optional.empty());
		return new ReadBatch(List.of(new Part(this.partition, List.of(record), from, to)));
	}

}
