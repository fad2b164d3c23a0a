/**
 * Orders from a topic of Kafka or Redpanda.
 */
@NullMarked
package org.megaetl.examples.kafka;

import org.jspecify.annotations.NullMarked;
