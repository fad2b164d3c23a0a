package org.megaetl.test;

import org.assertj.core.api.Assertions;

/**
 * The contract of an adapter that takes events out of its source and sets them aside as a
 * claim, whose token is committed with the rows: what is found set aside later was
 * committed or was not, and is known to have been.
 */
public abstract class ClaimedAdapterContractTests extends PullAdapterContractTests {

	@Override
	void assertRedelivery(int committed, int again) {
		Assertions.assertThat(again).as("events delivered again although their claim was committed").isZero();
	}

}
