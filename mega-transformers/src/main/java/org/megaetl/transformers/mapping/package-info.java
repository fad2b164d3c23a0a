/**
 * Transformers that map fields of events to columns, without code.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.transformers.mapping;

import org.jspecify.annotations.NullMarked;
