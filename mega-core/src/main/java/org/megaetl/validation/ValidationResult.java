package org.megaetl.validation;

import org.jspecify.annotations.Nullable;

/**
 * What was found of one thing.
 *
 * @param subject the thing
 * @param outcome what was found
 * @param detail more about it, perhaps of several lines; {@code null} for nothing more
 */
public record ValidationResult(String subject, Outcome outcome, @Nullable String detail) {

	/**
	 * Returns that a thing is as it should be.
	 * @param subject the thing
	 * @param detail more about it, or {@code null}
	 * @return the result
	 */
	public static ValidationResult ok(String subject, @Nullable String detail) {
		return new ValidationResult(subject, Outcome.OK, detail);
	}

	/**
	 * Returns what a person should know of a thing that is no mistake.
	 * @param subject the thing
	 * @param detail what is to be known
	 * @return the result
	 */
	public static ValidationResult notice(String subject, String detail) {
		return new ValidationResult(subject, Outcome.NOTICE, detail);
	}

	/**
	 * Returns that a thing is not as it should be.
	 * @param subject the thing
	 * @param detail what is wrong, and what to do
	 * @return the result
	 */
	public static ValidationResult failed(String subject, String detail) {
		return new ValidationResult(subject, Outcome.FAILED, detail);
	}

	/**
	 * What was found.
	 */
	public enum Outcome {

		/** It is as it should be. */
		OK,

		/** It is worth knowing, and no mistake. */
		NOTICE,

		/** It is not as it should be. */
		FAILED

	}

}
