package org.megaetl.deadletter;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Enumeration;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Dead letters as lines of JSON, made as they are read.
 */
final class DeadLetterExport implements Enumeration<InputStream> {

	private final DeadLetterService letters;

	private final DeadLetterFilter filter;

	private final JsonMapper json = JsonMapper.shared();

	private final Deque<DeadLetter> page = new ArrayDeque<>();

	private final long last;

	private long after;

	DeadLetterExport(DeadLetterService letters, DeadLetterFilter filter) {
		this.letters = letters;
		this.filter = filter;
		this.last = letters.lastId();
	}

	InputStream stream() {
		return new SequenceInputStream(this);
	}

	@Override
	public boolean hasMoreElements() {
		if (this.page.isEmpty()) {
			this.page.addAll(this.letters.oldestFirst(this.filter, this.after, this.last));
		}
		return !this.page.isEmpty();
	}

	@Override
	public InputStream nextElement() {
		hasMoreElements();
		DeadLetter letter = this.page.remove();
		this.after = letter.id();
		return new ByteArrayInputStream(line(letter));
	}

	private byte[] line(DeadLetter letter) {
		ObjectNode line = this.json.valueToTree(letter);
		this.letters.payload(letter)
			.ifPresent((payload) -> line.set("payload", this.json.valueToTree(DeadLetterPayload.of(payload))));
		return (this.json.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
	}

}
