/**
 * Tests of transformers that are written down: an event, and what must become of it.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.transformers.test;

import org.jspecify.annotations.NullMarked;
