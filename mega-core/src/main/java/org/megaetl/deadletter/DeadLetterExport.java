package org.megaetl.deadletter;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Dead letters as lines of JSON, made as they are read. Whoever closes it early does not
 * read the rest.
 */
final class DeadLetterExport extends InputStream {

	private final DeadLetterService letters;

	private final DeadLetterFilter filter;

	private final JsonMapper json = JsonMapper.shared();

	private final Deque<DeadLetter> page = new ArrayDeque<>();

	private final long last;

	private long after;

	private byte[] line = {};

	/** How much of the line has been read. */
	private int read;

	private boolean closed;

	DeadLetterExport(DeadLetterService letters, DeadLetterFilter filter) {
		this.letters = letters;
		this.filter = filter;
		this.last = letters.lastId();
	}

	@Override
	public int read() throws IOException {
		return isAtEnd() ? -1 : Byte.toUnsignedInt(this.line[this.read++]);
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		if (length == 0) {
			return 0;
		}
		if (isAtEnd()) {
			return -1;
		}
		int count = Math.min(length, this.line.length - this.read);
		System.arraycopy(this.line, this.read, bytes, offset, count);
		this.read += count;
		return count;
	}

	@Override
	public void close() {
		this.closed = true;
	}

	/**
	 * Makes the next line if the last one has been read.
	 */
	private boolean isAtEnd() throws IOException {
		if (this.closed) {
			throw new IOException("The export was closed");
		}
		if (this.read < this.line.length) {
			return false;
		}
		DeadLetter letter = next();
		if (letter == null) {
			return true;
		}
		this.line = line(letter);
		this.read = 0;
		return false;
	}

	private @Nullable DeadLetter next() {
		if (this.page.isEmpty()) {
			this.page.addAll(this.letters.oldestFirst(this.filter, this.after, this.last));
		}
		DeadLetter letter = this.page.poll();
		if (letter != null) {
			this.after = letter.id();
		}
		return letter;
	}

	private byte[] line(DeadLetter letter) {
		ObjectNode line = this.json.valueToTree(letter);
		this.letters.payload(letter)
			.ifPresent((payload) -> line.set("payload", this.json.valueToTree(DeadLetterPayload.of(payload))));
		return (this.json.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
	}

}
