/**
 * Tests of the example as a whole.
 */
@NullMarked
package org.megaetl.examples.kafka;

import org.jspecify.annotations.NullMarked;
