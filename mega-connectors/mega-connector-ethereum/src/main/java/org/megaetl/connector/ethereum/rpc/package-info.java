/**
 * JSON-RPC over HTTP, as Ethereum's nodes and their providers speak it: batches, limits,
 * failover.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.connector.ethereum.rpc;

import org.jspecify.annotations.NullMarked;
