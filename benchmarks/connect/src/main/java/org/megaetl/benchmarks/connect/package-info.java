/**
 * What Kafka Connect needs to read orders.
 */
package org.megaetl.benchmarks.connect;
