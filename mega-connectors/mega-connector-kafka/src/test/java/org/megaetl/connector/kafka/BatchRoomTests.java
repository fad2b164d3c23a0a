package org.megaetl.connector.kafka;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many batches are under way.
 */
class BatchRoomTests {

	private final AtomicInteger all = new AtomicInteger();

	private final BatchRoom room = new BatchRoom(this.all);

	@Test
	void hasThreePlaces() throws Exception {
		for (int batch = 0; batch < BatchRoom.MAX_BATCHES; batch++) {
			assertThat(this.room.await(0)).isTrue();
			this.room.take();
		}
		assertThat(this.room.await(1)).isFalse();
		this.room.release();
		assertThat(this.room.await(0)).isTrue();
	}

	@Test
	void hasOnePlaceWhereAllHaveManyBatches() throws Exception {
		IntStream.range(0, BatchRoom.MAX_ALL_BATCHES).forEach((number) -> new BatchRoom(this.all).take());
		assertThat(this.room.await(0)).isTrue();
		this.room.take();
		assertThat(this.room.await(1)).isFalse();
		this.room.release();
		assertThat(this.room.isEmpty()).isTrue();
		assertThat(this.all).hasValue(BatchRoom.MAX_ALL_BATCHES);
	}

}
