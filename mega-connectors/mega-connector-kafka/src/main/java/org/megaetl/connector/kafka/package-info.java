/**
 * Events from topics of Kafka or Redpanda, each written exactly once.
 */
@NullMarked
package org.megaetl.connector.kafka;

import org.jspecify.annotations.NullMarked;
