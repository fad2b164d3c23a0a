/**
 * Events from topics of Kafka or Redpanda, each written exactly once.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.connector.kafka;

import org.jspecify.annotations.NullMarked;
