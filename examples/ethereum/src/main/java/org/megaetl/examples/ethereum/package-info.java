/**
 * Transactions of a chain as rows, with their value in dollars.
 */
@NullMarked
package org.megaetl.examples.ethereum;

import org.jspecify.annotations.NullMarked;
