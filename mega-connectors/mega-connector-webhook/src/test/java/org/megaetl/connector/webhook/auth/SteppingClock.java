package org.megaetl.connector.webhook.auth;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that stands still until it is told to go on.
 */
public class SteppingClock extends Clock {

	private volatile Instant now;

	public SteppingClock(long epochSecond) {
		this.now = Instant.ofEpochSecond(epochSecond);
	}

	public void step(Duration duration) {
		this.now = this.now.plus(duration);
	}

	@Override
	public Instant instant() {
		return this.now;
	}

	@Override
	public ZoneId getZone() {
		return ZoneOffset.UTC;
	}

	@Override
	public Clock withZone(ZoneId zone) {
		throw new UnsupportedOperationException();
	}

}
