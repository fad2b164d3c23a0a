package org.megaetl.connector.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.megaetl.checkpoint.Claim;
import org.megaetl.connector.file.FileProperties.Inbound;
import org.megaetl.connector.file.FileProperties.Remember;
import org.megaetl.connector.file.FileProperties.Threads;
import org.megaetl.connector.file.Lines.Line;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.PipelineUnavailableException;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads files and delivers their lines, in one thread. A part of the source is a file, a
 * position is the number of bytes before a line.
 */
final class FileReader implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(FileReader.class);

	private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

	private final Inbound inbound;

	private final List<Path> files;

	private final PullPipeline pipeline;

	/** How far each file has been read; a file that is not claimed is missing. */
	private final Map<Path, Long> positions = new HashMap<>();

	private final Map<Path, Claim> claims = new HashMap<>();

	private FileReader(Inbound inbound, List<Path> files, PullPipeline pipeline) {
		this.inbound = inbound;
		this.files = files;
		this.pipeline = pipeline;
	}

	static List<FileReader> of(Inbound inbound, PullPipeline pipeline) {
		return (inbound.threads() == Threads.ONE) ? List.of(new FileReader(inbound, inbound.files(), pipeline))
				: inbound.files().stream().map((file) -> new FileReader(inbound, List.of(file), pipeline)).toList();
	}

	@Override
	public void run() {
		try {
			while (this.pipeline.awaitRunning()) {
				readOn();
			}
		}
		catch (InterruptedException ex) {
			logger.debug("The adapter stops; what is not committed will be read again", ex);
		}
	}

	private void readOn() throws InterruptedException {
		try {
			Map<Path, Lines> read = read();
			if (read.isEmpty()) {
				pause(this.inbound.pollInterval());
			}
			else {
				deliver(read);
			}
		}
		catch (PipelineUnavailableException ex) {
			// stopped, or failed until an operator resumes it; where to read on from then
			// is in the database
			this.positions.clear();
		}
		catch (IOException ex) {
			logger.warn("{} cannot be read: {}", this.files, ex.toString());
			this.positions.clear();
			pause(AFTER_FAILURE);
		}
	}

	private static void pause(Duration time) throws InterruptedException {
		// checkstyle:off RegexpSinglelineJava
		// among tests, but no test
		TimeUnit.MILLISECONDS.sleep(time.toMillis());
		// checkstyle:on
	}

	private Map<Path, Lines> read() throws IOException, InterruptedException {
		Map<Path, Lines> read = new LinkedHashMap<>();
		int room = this.inbound.batchSize();
		for (Path file : this.files) {
			if (room > 0 && Files.exists(file)) {
				Lines lines = Lines.read(file, position(file), room);
				if (!lines.lines().isEmpty()) {
					read.put(file, lines);
					room -= lines.lines().size();
				}
			}
		}
		return read;
	}

	private void deliver(Map<Path, Lines> read) throws IOException, InterruptedException {
		List<Event> events = new ArrayList<>();
		List<PositionAdvance> advances = new ArrayList<>();
		read.forEach((file, lines) -> {
			String key = key(file);
			for (Line line : lines.lines()) {
				FilePosition position = new FilePosition(key, line.start(), line.end());
				Event.Builder event = Event.from(this.pipeline.name().toString(), line.content());
				events.add(acknowledges() ? event.id(position.toString()).build() : event.position(position).build());
			}
			if (!acknowledges()) {
				advances.add(Objects.requireNonNull(this.claims.get(file))
					.advance(String.valueOf(lines.start()), String.valueOf(lines.end())));
			}
		});
		// returns when all is committed, however long the database is away
		PullPipeline.BatchResult result = this.pipeline.deliver(new EventBatch(events, advances));
		for (Map.Entry<Path, Lines> entry : read.entrySet()) {
			Path file = entry.getKey();
			if (result.lostKeys().contains(key(file))) {
				// somebody else has moved it: claimed anew, it is read on from there
				this.positions.remove(file);
			}
			else {
				this.positions.put(file, entry.getValue().end());
				acknowledge(file, entry.getValue().end());
			}
		}
	}

	private long position(Path file) throws IOException, InterruptedException {
		Long position = this.positions.get(file);
		if (position == null) {
			position = acknowledges() ? acknowledged(file) : claimed(file);
			this.positions.put(file, position);
		}
		return position;
	}

	private long claimed(Path file) throws InterruptedException {
		Claim claim = this.pipeline.claim(key(file), "0");
		this.claims.put(file, claim);
		return Long.parseLong(claim.position());
	}

	private boolean acknowledges() {
		return this.inbound.remember() == Remember.BESIDE_FILE;
	}

	private static long acknowledged(Path file) throws IOException {
		Path beside = beside(file, ".read");
		return Files.exists(beside) ? Long.parseLong(Files.readString(beside)) : 0;
	}

	private void acknowledge(Path file, long end) throws IOException {
		if (acknowledges()) {
			Path part = beside(file, ".read.part");
			Files.writeString(part, String.valueOf(end));
			Files.move(part, beside(file, ".read"), StandardCopyOption.ATOMIC_MOVE);
		}
	}

	private static Path beside(Path file, String suffix) {
		return file.resolveSibling(key(file) + suffix);
	}

	private static String key(Path file) {
		return String.valueOf(file.getFileName());
	}

	/**
	 * A position that becomes text only where it is stored.
	 *
	 * @param key the file's name
	 * @param start the number of bytes before the line
	 * @param end the number of bytes up to the next
	 */
	private record FilePosition(String key, long start, long end) implements SourcePosition {

		@Override
		public String value() {
			return String.valueOf(this.start);
		}

		@Override
		public String next() {
			return String.valueOf(this.end);
		}

		@Override
		public String toString() {
			return this.key + "@" + this.start;
		}

	}

}
