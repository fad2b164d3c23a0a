/**
 * Tests of mappings.
 */
@NullMarked
package org.megaetl.transformers.mapping;

import org.jspecify.annotations.NullMarked;
