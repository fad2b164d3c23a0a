/**
 * Tests of tests of transformers.
 */
@NullMarked
package org.megaetl.transformers.test;

import org.jspecify.annotations.NullMarked;
