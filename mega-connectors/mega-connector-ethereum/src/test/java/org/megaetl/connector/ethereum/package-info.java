/**
 * Tests of the Ethereum connector.
 */
@NullMarked
package org.megaetl.connector.ethereum;

import org.jspecify.annotations.NullMarked;
