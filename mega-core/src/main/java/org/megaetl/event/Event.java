package org.megaetl.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * One event as a source delivered it: the payload's bytes, untouched, and what the source
 * said about them. Immutable but for the payload array, which is shared, never copied,
 * and must not be modified.
 */
public final class Event {

	/**
	 * The header that marks an event as refused because nothing could be read from what
	 * was received: its payload is that as a whole, and no payload that a transformer
	 * knows. As a dead letter it is not replayed.
	 */
	public static final String UNREADABLE = "mega-unreadable";

	private final String source;

	private final byte[] payload;

	private final EventHeaders headers;

	private final @Nullable String key;

	private final @Nullable String id;

	private final @Nullable SourcePosition position;

	private final @Nullable Instant timestamp;

	private final @Nullable String refusal;

	private Event(Builder builder) {
		this.source = builder.source;
		this.payload = builder.payload;
		this.headers = builder.headers;
		this.key = builder.key;
		this.id = builder.id;
		this.position = builder.position;
		this.timestamp = builder.timestamp;
		this.refusal = builder.refusal;
	}

	/**
	 * Starts an event.
	 * @param source the name of the pipeline the event arrives in, such as
	 * {@code kafka.orders}
	 * @param payload the bytes received, possibly none; shared, not copied
	 * @return a builder for the rest, all of which is optional
	 */
	public static Builder from(String source, byte[] payload) {
		return new Builder(source, payload);
	}

	/**
	 * Returns the name of the pipeline the event arrived in, such as
	 * {@code webhook.orders}.
	 * @return the pipeline's name
	 */
	public String source() {
		return this.source;
	}

	/**
	 * Returns the bytes received. The array is not a copy: do not modify it.
	 * @return the payload, empty if the source delivered none
	 */
	public byte[] payload() {
		return this.payload;
	}

	/**
	 * Returns the payload decoded as UTF-8. Malformed input becomes U+FFFD; decode
	 * {@link #payload()} where that matters.
	 * @return the payload as text
	 */
	public String text() {
		return new String(this.payload, StandardCharsets.UTF_8);
	}

	/**
	 * Returns what the source said about the payload: HTTP headers, record headers.
	 * @return the headers, possibly none
	 */
	public EventHeaders headers() {
		return this.headers;
	}

	/**
	 * Returns the key the source ordered or partitioned the event by.
	 * @return the key, or {@code null} if the source has none
	 */
	public @Nullable String key() {
		return this.key;
	}

	/**
	 * Returns the sender's id of this event: two events of a pipeline with one id are one
	 * event delivered twice.
	 * @return the id, or {@code null} if the sender gave none
	 */
	public @Nullable String id() {
		return this.id;
	}

	/**
	 * Returns where in its source the event stands.
	 * @return the position, or {@code null} for a source that cannot be asked again
	 */
	public @Nullable SourcePosition position() {
		return this.position;
	}

	/**
	 * Returns the source's time of the event, or when it was received.
	 * @return the timestamp, or {@code null} if nobody noted one
	 */
	public @Nullable Instant timestamp() {
		return this.timestamp;
	}

	/**
	 * Returns why the adapter refuses the event. Its transformer does not get it then;
	 * what follows is the same as if that had refused it. A dead letter that is replayed
	 * is not refused so again; with the header {@link #UNREADABLE} it is not replayed.
	 * @return the reason, or {@code null} for an event as usual
	 */
	public @Nullable String refusal() {
		return this.refusal;
	}

	@Override
	public String toString() {
		return "Event[source=" + this.source + ", id=" + this.id + ", key=" + this.key + ", position=" + this.position
				+ ", " + this.payload.length + " bytes]";
	}

	/**
	 * Collects what an {@link Event} consists of.
	 */
	public static final class Builder {

		private final String source;

		private final byte[] payload;

		private EventHeaders headers = EventHeaders.NONE;

		private @Nullable String key;

		private @Nullable String id;

		private @Nullable SourcePosition position;

		private @Nullable Instant timestamp;

		private @Nullable String refusal;

		private Builder(String source, byte[] payload) {
			Assert.hasText(source, "'source' must not be empty");
			Assert.notNull(payload, "'payload' must not be null");
			this.source = source;
			this.payload = payload;
		}

		/**
		 * Sets what the source said about the payload; without it, nothing.
		 * @param headers the headers
		 * @return this builder
		 */
		public Builder headers(EventHeaders headers) {
			this.headers = headers;
			return this;
		}

		/**
		 * Sets the key the source ordered or partitioned the event by.
		 * @param key the key, or {@code null} if the source has none
		 * @return this builder
		 */
		public Builder key(@Nullable String key) {
			this.key = key;
			return this;
		}

		/**
		 * Sets the sender's id of the event. Another event of the pipeline with this id
		 * is a duplicate.
		 * @param id the id, or {@code null} if the sender gave none
		 * @return this builder
		 */
		public Builder id(@Nullable String id) {
			this.id = id;
			return this;
		}

		/**
		 * Sets where in its source the event stands.
		 * @param position the position, or {@code null} for a source that cannot be asked
		 * again
		 * @return this builder
		 */
		public Builder position(@Nullable SourcePosition position) {
			this.position = position;
			return this;
		}

		/**
		 * Sets the source's time of the event, or when it was received.
		 * @param timestamp the timestamp, or {@code null} if nobody noted one
		 * @return this builder
		 */
		public Builder timestamp(@Nullable Instant timestamp) {
			this.timestamp = timestamp;
			return this;
		}

		/**
		 * Refuses the event: its transformer does not get it.
		 * @param refusal the reason, or {@code null} for an event as usual
		 * @return this builder
		 */
		public Builder refusal(@Nullable String refusal) {
			this.refusal = refusal;
			return this;
		}

		/**
		 * Makes the event.
		 * @return the event
		 */
		public Event build() {
			return new Event(this);
		}

	}

}
