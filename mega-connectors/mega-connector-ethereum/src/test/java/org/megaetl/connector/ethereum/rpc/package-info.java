/**
 * Tests of the client, on servers that answer as odd ones have.
 */
@NullMarked
package org.megaetl.connector.ethereum.rpc;

import org.jspecify.annotations.NullMarked;
