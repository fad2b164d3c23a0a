package org.megaetl.transformers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.transformers.guest.GuestProgram;
import org.megaetl.transformers.guest.GuestTransformer;
import org.megaetl.transformers.table.TableBound;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Loads files of transformers that have changed while the application runs. One that
 * cannot be used is refused, and the program before it goes on.
 */
final class GuestReloader implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(GuestReloader.class);

	private static final long TICK_MILLIS = 250;

	/** What a file lacked may come later: its tests, a column, the database. */
	private static final Duration RETRY = Duration.ofMinutes(1);

	/** How many times as long as an attempt took there is none, whatever it took. */
	private static final int REST = 10;

	private final List<Watched> watched = new CopyOnWriteArrayList<>();

	private final Map<String, String> refused = new ConcurrentHashMap<>();

	private final Trial trial;

	private final long retry;

	private volatile @Nullable Thread thread;

	/**
	 * Creates a reloader that watches no file yet.
	 * @param trial tries what files have become, before it is used
	 */
	GuestReloader(Trial trial) {
		this(trial, RETRY);
	}

	/**
	 * Creates a reloader that watches no file yet.
	 * @param trial tries what files have become, before it is used
	 * @param retry after what time a file that was refused, and has not changed, is tried
	 * again
	 */
	GuestReloader(Trial trial, Duration retry) {
		this.trial = trial;
		this.retry = retry.toNanos();
	}

	/**
	 * Watches a file from now on.
	 * @param name the transformer's name
	 * @param file the file
	 * @param interval how often to look
	 * @param loader loads the file, and throws an {@link InvalidConfigurationException}
	 * if it cannot be used
	 * @param version the file's {@linkplain #version version} before the transformer was
	 * made of it
	 */
	void watch(String name, Path file, Duration interval, GuestTransformer transformer, Supplier<GuestProgram> loader,
			@Nullable String version) {
		this.watched.add(new Watched(name, file, interval.toNanos(), transformer, loader, version));
	}

	/**
	 * Returns why files were refused.
	 * @return the reasons by the transformer's name; empty if all run what their files
	 * say
	 */
	Map<String, String> refused() {
		return new TreeMap<>(this.refused);
	}

	@Override
	public void start() {
		if (this.watched.isEmpty()) {
			return;
		}
		Thread started = new Thread(this::run, "mega-transformer-reload");
		started.setDaemon(true);
		this.thread = started;
		started.start();
	}

	private void run() {
		try {
			// a guest that is loaded may take the interrupt for itself
			while (this.thread == Thread.currentThread()) {
				TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
				for (Watched each : this.watched) {
					if (each.isDue()) {
						check(each);
					}
				}
			}
		}
		catch (InterruptedException ex) {
			logger.debug("Files of transformers are not watched any more");
		}
	}

	private void check(Watched each) throws InterruptedException {
		String version = version(each.file);
		if (version == null) {
			// gone for a moment, as when it is replaced
			return;
		}
		if (version.equals(each.version)) {
			// as before, perhaps after another one was refused
			accept(each, version);
			return;
		}
		if (!each.isToBeTried(version)) {
			return;
		}
		long start = System.nanoTime();
		try {
			GuestProgram program = each.loader.get();
			try (GuestTransformer candidate = each.transformer.with(program)) {
				this.trial.require(each.name, candidate);
				each.transformer.replace(candidate);
			}
			accept(each, version);
			logger.info("The transformer '{}' now runs what {} has become", each.name, each.file);
		}
		catch (InvalidConfigurationException ex) {
			if (refuse(each, version, ex.getDescription(), start)) {
				logger.error("The transformer '{}' goes on as it was: {}", each.name, ex.getDescription());
			}
		}
		catch (RuntimeException | StackOverflowError | LinkageError | OutOfMemoryError ex) {
			// whatever is in one file, the others are watched all the same
			if (refuse(each, version, String.valueOf(ex), start)) {
				logger.error("The transformer '{}' goes on as it was", each.name, ex);
			}
		}
	}

	private void accept(Watched each, String version) {
		each.version = version;
		each.refused = null;
		this.refused.remove(each.name);
	}

	/**
	 * Refuses a version of a file until it is tried again.
	 * @return whether that is news
	 */
	private boolean refuse(Watched each, String version, String reason, long start) {
		boolean another = !version.equals(each.refused);
		each.refused = version;
		long now = System.nanoTime();
		each.retryAt = now + Math.max(this.retry, REST * (now - start));
		return !reason.equals(this.refused.put(each.name, reason)) || another;
	}

	/**
	 * Returns what changes when the file does, or {@code null} if it cannot be read.
	 */
	static @Nullable String version(Path file) {
		try {
			BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
			FileTime modified = attributes.lastModifiedTime();
			return modified + " " + attributes.size() + " " + attributes.fileKey();
		}
		catch (IOException ex) {
			logger.debug("{} cannot be read", file, ex);
			return null;
		}
	}

	@Override
	public void stop() {
		Thread running = this.thread;
		if (running != null) {
			running.interrupt();
		}
		this.thread = null;
	}

	@Override
	public boolean isRunning() {
		return this.thread != null;
	}

	/**
	 * Tries a transformer before it is used.
	 */
	@FunctionalInterface
	interface Trial {

		/**
		 * Tries a transformer.
		 * @param name the name it is to have
		 * @param candidate the transformer, which knows its tables afterwards
		 * @throws InvalidConfigurationException if it is not to be used
		 * @throws InterruptedException if the calling thread is to stop
		 */
		void require(String name, TableBound candidate) throws InterruptedException;

	}

	/**
	 * A file.
	 */
	private static final class Watched {

		private final String name;

		private final Path file;

		private final long interval;

		private final GuestTransformer transformer;

		private final Supplier<GuestProgram> loader;

		/** What the transformer runs. */
		private @Nullable String version;

		/** What was refused last, unless the file is as before again. */
		private @Nullable String refused;

		private long retryAt;

		private long lookedAt = System.nanoTime();

		private Watched(String name, Path file, long interval, GuestTransformer transformer,
				Supplier<GuestProgram> loader, @Nullable String version) {
			this.name = name;
			this.file = file;
			this.interval = interval;
			this.transformer = transformer;
			this.loader = loader;
			this.version = version;
		}

		private boolean isDue() {
			if (System.nanoTime() - this.lookedAt < this.interval) {
				return false;
			}
			this.lookedAt = System.nanoTime();
			return true;
		}

		private boolean isToBeTried(String version) {
			return !version.equals(this.refused) || System.nanoTime() - this.retryAt >= 0;
		}

	}

}
