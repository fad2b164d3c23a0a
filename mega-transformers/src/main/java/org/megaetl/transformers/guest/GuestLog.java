package org.megaetl.transformers.guest;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one instance of a guest writes for its log: as much of it as may be.
 */
public final class GuestLog {

	private static final Logger logger = LoggerFactory.getLogger("org.megaetl.transformers.guest");

	private static final int MOST_BYTES = 8192;

	private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

	private final LimitedOutput output = new LimitedOutput(MOST_BYTES);

	/**
	 * Takes a text, which may be of several lines or a part of one.
	 * @param text the text in UTF-8
	 */
	public void write(byte[] text) {
		this.output.write(text, 0, text.length);
	}

	/**
	 * Takes a line.
	 * @param line the line, without its end
	 */
	public void line(String line) {
		write((line + "\n").getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Logs what was written since the last time.
	 * @param name who has written it: the pipeline, or before its first event the file
	 */
	public void flush(String name) {
		if (this.output.size() > 0) {
			String text = this.output.toString(StandardCharsets.UTF_8);
			this.output.reset();
			text.lines().forEach((line) -> logger.info("{}: {}", name, CONTROL.matcher(line).replaceAll(" ")));
		}
	}

}
