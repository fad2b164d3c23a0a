package org.megaetl.connector.file;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Complete lines that follow each other in a file.
 *
 * @param start the number of bytes before the first
 * @param lines the lines
 */
record Lines(long start, List<Line> lines) {

	private static final int CHUNK = 1 << 16;

	/**
	 * Reads the next lines.
	 * @param file the file
	 * @param start the number of bytes to pass over
	 * @param most how many lines to read at most
	 * @return the lines, possibly none
	 */
	static Lines read(Path file, long start, int most) throws IOException {
		try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
			content.seek(start);
			for (int size = CHUNK;; size *= 2) {
				byte[] chunk = new byte[size];
				int length = content.read(chunk);
				Lines lines = new Lines(start, split(chunk, length, start, most));
				if (!lines.lines().isEmpty() || length < size) {
					return lines;
				}
				// a line that is longer than the chunk
				content.seek(start);
			}
		}
	}

	private static List<Line> split(byte[] chunk, int length, long offset, int most) {
		List<Line> lines = new ArrayList<>();
		int from = 0;
		for (int i = 0; i < length && lines.size() < most; i++) {
			if (chunk[i] == '\n') {
				lines.add(new Line(offset + from, offset + i + 1, Arrays.copyOfRange(chunk, from, i)));
				from = i + 1;
			}
		}
		return lines;
	}

	/**
	 * Returns the number of bytes up to and with the last line.
	 */
	long end() {
		return this.lines.isEmpty() ? this.start : this.lines.get(this.lines.size() - 1).end();
	}

	/**
	 * A line.
	 *
	 * @param start the number of bytes before it
	 * @param end the number of bytes up to and with its end
	 * @param content its bytes, without the end
	 */
	record Line(long start, long end, byte[] content) {

	}

}
