package org.megaetl.transformers.guest;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;

/**
 * An event took a guest too long.
 */
class GuestTimeoutException extends RuntimeException {

	GuestTimeoutException(String what, Duration timeout, @Nullable Throwable cause) {
		super(what + " took longer than " + DurationStyle.SIMPLE.print(timeout), cause);
	}

}
