/**
 * Events from Redis: streams, lists, keys and channels.
 */
@NullMarked
package org.megaetl.connector.redis;

import org.jspecify.annotations.NullMarked;
