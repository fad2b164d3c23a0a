/**
 * A stream and a table in Redis whose orders become rows.
 */
@NullMarked
package org.megaetl.examples.redis;

import org.jspecify.annotations.NullMarked;
