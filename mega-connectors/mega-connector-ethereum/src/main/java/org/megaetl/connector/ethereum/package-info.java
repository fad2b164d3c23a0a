/**
 * The Ethereum connector: follows a chain block by block, and takes back what the chain
 * takes back.
 * <p>
 * API: {@link Block}, {@link Transaction}, {@link Log} and {@link Uint256}, for
 * transformers; the rest is internal to MEGA and may change without notice.
 */
@NullMarked
package org.megaetl.connector.ethereum;

import org.jspecify.annotations.NullMarked;
