/**
 * Tests of what is the same for all transformers with code.
 */
@NullMarked
package org.megaetl.transformers.guest;

import org.jspecify.annotations.NullMarked;
