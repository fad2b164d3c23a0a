/**
 * The Ethereum connector: follows a chain block by block, and takes back what the chain
 * takes back.
 */
@NullMarked
package org.megaetl.connector.ethereum;

import org.jspecify.annotations.NullMarked;
