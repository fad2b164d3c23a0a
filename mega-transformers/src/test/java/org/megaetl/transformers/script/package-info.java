/**
 * Tests of transformers in JavaScript.
 */
@NullMarked
package org.megaetl.transformers.script;

import org.jspecify.annotations.NullMarked;
