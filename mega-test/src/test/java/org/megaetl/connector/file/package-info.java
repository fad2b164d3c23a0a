/**
 * A connector that reads files, one line an event: the first user of the contract, and
 * the example of how a connector is written.
 */
@NullMarked
package org.megaetl.connector.file;

import org.jspecify.annotations.NullMarked;
