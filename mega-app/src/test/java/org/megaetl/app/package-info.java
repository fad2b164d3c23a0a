/**
 * Tests of the application as a whole.
 */
@NullMarked
package org.megaetl.app;

import org.jspecify.annotations.NullMarked;
