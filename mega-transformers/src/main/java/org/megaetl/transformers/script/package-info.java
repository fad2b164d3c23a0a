/**
 * Transformers in JavaScript.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.transformers.script;

import org.jspecify.annotations.NullMarked;
