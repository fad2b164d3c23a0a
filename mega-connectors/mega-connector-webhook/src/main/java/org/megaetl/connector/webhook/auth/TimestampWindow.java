package org.megaetl.connector.webhook.auth;

import java.time.Clock;
import java.time.Duration;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * How far the time of a request may be from now: who has listened to an old request
 * cannot send it again.
 */
public final class TimestampWindow {

	private static final Pattern SECONDS = Pattern.compile("[0-9]{1,15}");

	private final Clock clock;

	private final long tolerance;

	/**
	 * Creates a window.
	 * @param clock the time
	 * @param tolerance how far before or after now a request may be, in whole seconds
	 */
	public TimestampWindow(Clock clock, Duration tolerance) {
		this.clock = clock;
		this.tolerance = tolerance.toSeconds();
	}

	/**
	 * Checks a time that was signed.
	 * @param timestamp seconds since 1970
	 * @return why the request is refused, or {@code null} if it is not
	 */
	@Nullable String check(@Nullable String timestamp) {
		if (timestamp == null || !SECONDS.matcher(timestamp).matches()) {
			return "its timestamp is not a number of seconds";
		}
		long age = this.clock.instant().getEpochSecond() - Long.parseLong(timestamp);
		if (Math.abs(age) <= this.tolerance) {
			return null;
		}
		return "it is signed, but its timestamp is " + Math.abs(age) + " s " + ((age > 0) ? "ago" : "ahead")
				+ ", more than " + this.tolerance + " s";
	}

}
