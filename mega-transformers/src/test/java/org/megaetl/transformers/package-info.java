/**
 * Tests of the transformers that are described by configuration.
 */
@NullMarked
package org.megaetl.transformers;

import org.jspecify.annotations.NullMarked;
