package org.megaetl.connector.kafka;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many batches are under way.
 */
class BatchRoomTests {

	private final BatchRoom.All all = new BatchRoom.All(100);

	private final BatchRoom room = new BatchRoom(this.all);

	@Test
	void hasSomePlaces() throws Exception {
		for (int batch = 0; batch < BatchRoom.MAX_BATCHES; batch++) {
			assertThat(this.room.await(0)).isTrue();
			this.room.take(1);
		}
		assertThat(this.room.await(1)).isFalse();
		this.room.release(1);
		assertThat(this.room.await(0)).isTrue();
	}

	@Test
	void hasOnePlaceWhereAllHaveManyBatches() throws Exception {
		IntStream.range(0, BatchRoom.MAX_ALL_BATCHES).forEach((number) -> new BatchRoom(this.all).take(1));
		assertThat(this.room.await(0)).isTrue();
		this.room.take(1);
		assertThat(this.room.await(1)).isFalse();
		this.room.release(1);
		assertThat(this.room.isEmpty()).isTrue();
	}

	@Test
	void hasOnePlaceWhereTheBatchesOfAllFillTheMemory() throws Exception {
		BatchRoom another = new BatchRoom(this.all);
		another.take(99);
		this.room.take(0);
		assertThat(this.room.await(0)).isTrue();
		another.take(1);
		assertThat(this.room.await(1)).isFalse();
		this.room.release(0);
		assertThat(this.room.await(0)).isTrue();
		this.room.take(50);
		another.release(99);
		assertThat(this.room.await(0)).isTrue();
	}

	@Test
	void whatIsNeverSettledIsGivenBack() throws Exception {
		BatchRoom another = new BatchRoom(this.all);
		another.take(60);
		another.take(60);
		this.room.take(1);
		assertThat(this.room.await(1)).isFalse();
		another.clear();
		assertThat(another.isEmpty()).isTrue();
		assertThat(this.room.await(0)).isTrue();
	}

}
