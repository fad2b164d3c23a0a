package org.megaetl.connector.redis;

import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.SourceStatus;

/**
 * What the readers of an inbound saw last, for health, the endpoint and the metrics.
 */
final class SourceState implements Supplier<SourceStatus> {

	private final Map<String, Object> details = new ConcurrentSkipListMap<>();

	private final Map<String, AtomicLong> counters = new ConcurrentHashMap<>();

	private volatile @Nullable Long lag;

	void lag(@Nullable Long lag) {
		this.lag = lag;
	}

	void detail(String name, Object value) {
		this.details.put(name, value);
	}

	/**
	 * Counts what must not go unnoticed.
	 * @param name what it is
	 * @param count how many more
	 * @return how many there are by now
	 */
	long count(String name, long count) {
		long sum = this.counters.computeIfAbsent(name, (absent) -> new AtomicLong()).addAndGet(count);
		this.details.put(name, sum);
		return sum;
	}

	@Override
	public SourceStatus get() {
		return new SourceStatus(this.lag, Collections.unmodifiableMap(this.details));
	}

}
