/**
 * Tests of what tests use.
 */
@NullMarked
package org.megaetl.test;

import org.jspecify.annotations.NullMarked;
