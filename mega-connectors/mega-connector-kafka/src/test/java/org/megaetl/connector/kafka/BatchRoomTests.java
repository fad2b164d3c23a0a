package org.megaetl.connector.kafka;

import org.junit.jupiter.api.Test;
import org.megaetl.connector.kafka.BatchRoom.Size;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many records are under way.
 */
class BatchRoomTests {

	private static final int POLL = 10;

	private static final int FETCH = 1000;

	private final BatchRoom.All all = new BatchRoom.All(10_000);

	private final BatchRoom room = new BatchRoom(this.all, POLL, FETCH);

	@Test
	void hasPlaceForSomePolls() throws Exception {
		for (int poll = 0; poll < BatchRoom.MAX_POLLS; poll++) {
			assertThat(this.room.await(0)).isTrue();
			this.room.take(new Size(POLL, 1));
		}
		assertThat(this.room.await(1)).isFalse();
		this.room.release(new Size(POLL, 1));
		assertThat(this.room.await(0)).isTrue();
	}

	@Test
	void hasPlaceForAsManyRecordsOfSmallPolls() throws Exception {
		for (int poll = 0; poll < (BatchRoom.MAX_POLLS - 1) * POLL + 1; poll++) {
			assertThat(this.room.await(0)).isTrue();
			this.room.take(new Size(1, 1));
		}
		assertThat(this.room.await(1)).isFalse();
	}

	@Test
	void largeRecordsFillIt() throws Exception {
		this.room.take(new Size(1, 2 * FETCH));
		assertThat(this.room.await(0)).isTrue();
		this.room.take(new Size(1, 1));
		assertThat(this.room.await(1)).isFalse();
	}

	@Test
	void hasPlaceForPollsOfAnySize() throws Exception {
		BatchRoom unlimited = new BatchRoom(this.all, Integer.MAX_VALUE, FETCH);
		unlimited.take(new Size(POLL, 1));
		assertThat(unlimited.await(0)).isTrue();
		BatchRoom large = new BatchRoom(this.all, BatchRoom.MAX_ALL_RECORDS, FETCH);
		large.take(new Size(BatchRoom.MAX_ALL_RECORDS, 1));
		assertThat(large.await(0)).isTrue();
	}

	@Test
	void hasPlaceForOneBatchWhereAllHaveManyRecords() throws Exception {
		new BatchRoom(this.all, POLL, FETCH).take(new Size(BatchRoom.MAX_ALL_RECORDS, 1));
		assertThat(this.room.await(0)).isTrue();
		this.room.take(new Size(1, 1));
		assertThat(this.room.await(1)).isFalse();
		this.room.release(new Size(1, 1));
		assertThat(this.room.isEmpty()).isTrue();
	}

	@Test
	void hasPlaceForOneBatchWhereTheRecordsOfAllFillTheMemory() throws Exception {
		BatchRoom another = new BatchRoom(this.all, POLL, FETCH);
		another.take(new Size(1, 9_999));
		this.room.take(new Size(1, 0));
		assertThat(this.room.await(0)).isTrue();
		another.take(new Size(1, 1));
		assertThat(this.room.await(1)).isFalse();
		this.room.release(new Size(1, 0));
		assertThat(this.room.await(0)).isTrue();
		this.room.take(new Size(1, 50));
		another.release(new Size(1, 9_999));
		assertThat(this.room.await(0)).isTrue();
	}

	@Test
	void whatIsNeverSettledIsGivenBack() throws Exception {
		BatchRoom another = new BatchRoom(this.all, POLL, FETCH);
		another.take(new Size(1, 6_000));
		another.take(new Size(1, 6_000));
		this.room.take(new Size(1, 1));
		assertThat(this.room.await(1)).isFalse();
		another.clear();
		assertThat(another.isEmpty()).isTrue();
		assertThat(this.room.await(0)).isTrue();
	}

	@Test
	void whatWasTakenBeforeItWasClearedIsNotGivenBackTwice() throws Exception {
		this.room.take(new Size(5, 50));
		this.room.clear();
		this.room.take(new Size(1, 10));
		this.room.release(new Size(5, 50));
		assertThat(this.room.isEmpty()).isTrue();
	}

}
