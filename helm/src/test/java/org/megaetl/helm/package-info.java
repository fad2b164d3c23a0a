/**
 * Tests of the Helm chart.
 */
@NullMarked
package org.megaetl.helm;

import org.jspecify.annotations.NullMarked;
