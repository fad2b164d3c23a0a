/**
 * JSON-RPC over HTTP, as Ethereum's nodes and their providers speak it: batches, limits,
 * failover.
 */
@NullMarked
package org.megaetl.connector.ethereum.rpc;

import org.jspecify.annotations.NullMarked;
