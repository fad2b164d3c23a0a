/**
 * Transformers described by configuration under {@code mega.transformers}.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.transformers;

import org.jspecify.annotations.NullMarked;
