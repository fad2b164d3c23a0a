/**
 * Tests of the example as a whole.
 */
@NullMarked
package org.megaetl.examples.orderconn;

import org.jspecify.annotations.NullMarked;
