package org.megaetl.validation;

import java.util.List;

/**
 * Checks a part of the application that is configured, but not started. Beans of this
 * type are called in their order when the application was started with
 * {@code --mega.validate}. They change nothing anywhere, the database included.
 */
@FunctionalInterface
public interface ValidationCheck {

	/**
	 * Checks the part.
	 * @return what was checked, in the order to be shown
	 */
	List<ValidationResult> check();

}
