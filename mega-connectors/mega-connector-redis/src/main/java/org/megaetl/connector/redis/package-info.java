/**
 * Events from Redis: streams, lists, keys and channels.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.connector.redis;

import org.jspecify.annotations.NullMarked;
