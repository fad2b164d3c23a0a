/**
 * What is checked of a configuration without running it: {@code --mega.validate}.
 * <p>
 * API: {@link ValidationCheck}, {@link ValidationResult}, {@link TransformerTest} and
 * {@link TransformerTests}; the rest is internal to MEGA and may change without notice.
 */
@NullMarked
package org.megaetl.validation;

import org.jspecify.annotations.NullMarked;
