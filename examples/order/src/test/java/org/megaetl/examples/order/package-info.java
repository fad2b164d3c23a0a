/**
 * Tests of the example as a whole.
 */
@NullMarked
package org.megaetl.examples.order;

import org.jspecify.annotations.NullMarked;
