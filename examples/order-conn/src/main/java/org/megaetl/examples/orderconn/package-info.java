/**
 * The alternative: a transformer that gets the connection of the transaction.
 */
@NullMarked
package org.megaetl.examples.orderconn;

import org.jspecify.annotations.NullMarked;
