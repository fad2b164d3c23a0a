/**
 * Configuration: {@code DATABASE_URL}, and the checks that refuse what is misspelt before
 * anything starts.
 * <p>
 * API: {@link InvalidConfigurationException}, {@link Namespace},
 * {@link DefaultProperties} and {@link ConfigurationChecksAutoConfiguration}, for
 * connectors; the rest is internal to MEGA and may change without notice.
 */
@NullMarked
package org.megaetl.config;

import org.jspecify.annotations.NullMarked;
