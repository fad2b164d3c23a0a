package org.megaetl.connector.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * One item of a reply to XINFO: names and values, one after the other.
 */
final class StreamInfo {

	private final Map<String, Object> values = new HashMap<>();

	private StreamInfo() {
	}

	static StreamInfo of(Object reply) {
		StreamInfo info = new StreamInfo();
		List<?> flat = (List<?>) reply;
		for (int i = 0; i + 1 < flat.size(); i += 2) {
			Object value = flat.get(i + 1);
			if (value != null) {
				info.values.put(String.valueOf(RedisSession.text(flat.get(i))), value);
			}
		}
		return info;
	}

	@Nullable String text(String name) {
		return RedisSession.text(this.values.get(name));
	}

	@Nullable Long number(String name) {
		return (this.values.get(name) instanceof Long number) ? number : null;
	}

}
