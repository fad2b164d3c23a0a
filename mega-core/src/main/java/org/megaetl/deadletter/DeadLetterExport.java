package org.megaetl.deadletter;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

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

	private InputStream line = InputStream.nullInputStream();

	private boolean closed;

	DeadLetterExport(DeadLetterService letters, DeadLetterFilter filter) {
		this.letters = letters;
		this.filter = filter;
		this.last = letters.lastId();
	}

	@Override
	public int read() throws IOException {
		return isAtEnd() ? -1 : this.line.read();
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		return isAtEnd() ? -1 : this.line.read(bytes, offset, length);
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
		if (this.line.available() > 0) {
			return false;
		}
		if (this.page.isEmpty()) {
			this.page.addAll(this.letters.oldestFirst(this.filter, this.after, this.last));
		}
		DeadLetter letter = this.page.poll();
		if (letter == null) {
			return true;
		}
		this.after = letter.id();
		this.line = new ByteArrayInputStream(line(letter));
		return false;
	}

	private byte[] line(DeadLetter letter) {
		ObjectNode line = this.json.valueToTree(letter);
		this.letters.payload(letter)
			.ifPresent((payload) -> line.set("payload", this.json.valueToTree(DeadLetterPayload.of(payload))));
		return (this.json.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
	}

}
