/**
 * Tests of the Kafka connector, on a real broker.
 */
@NullMarked
package org.megaetl.connector.kafka;

import org.jspecify.annotations.NullMarked;
