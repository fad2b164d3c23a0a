/**
 * Transformers that are not trusted: they get events, return rows as JSON, and cannot do
 * anything else.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.transformers.guest;

import org.jspecify.annotations.NullMarked;
