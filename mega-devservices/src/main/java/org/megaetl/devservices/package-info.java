/**
 * Real servers for development and tests, started from Maven artifacts. Never part of a
 * production artifact.
 * <p>
 * API: {@link TestDatabase}, {@link TestKafka}, {@link TestRedis}, {@link MariaDbServer},
 * {@link KafkaServer}, {@link RedisServer}, {@link LocalServer}, {@link TableLock},
 * {@link FreePort} and {@link DevServiceException}, for tests; the rest is internal to
 * MEGA and may change without notice.
 */
@NullMarked
package org.megaetl.devservices;

import org.jspecify.annotations.NullMarked;
