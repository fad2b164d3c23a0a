package org.megaetl.devservices;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

/**
 * The directory of one server, which at most one JVM owns at a time.
 */
final class ServiceDirectory implements AutoCloseable {

	/**
	 * What this JVM owns. Needed besides the file lock, which the JVM would lose by
	 * closing a second channel on the same file.
	 */
	private static final Set<Path> owned = new HashSet<>();

	private final Path path;

	private final FileChannel channel;

	private ServiceDirectory(Path path, FileChannel channel) {
		this.path = path;
		this.channel = channel;
	}

	/**
	 * Become the owner of a directory, which is created if there is none.
	 * @param path the directory
	 * @return the directory, or {@code null} if somebody else owns it
	 * @throws IOException if the directory cannot be created or written
	 */
	static @Nullable ServiceDirectory acquire(Path path) throws IOException {
		Files.createDirectories(path);
		Path real = path.toRealPath();
		synchronized (owned) {
			if (!owned.contains(real)) {
				FileChannel channel = FileChannel.open(real.resolve("owner.lock"), StandardOpenOption.CREATE,
						StandardOpenOption.WRITE);
				try {
					if (channel.tryLock() != null) {
						Files.writeString(real.resolve("owner.pid"), Long.toString(ProcessHandle.current().pid()));
						owned.add(real);
						return new ServiceDirectory(real, channel);
					}
				}
				finally {
					if (!owned.contains(real)) {
						channel.close();
					}
				}
			}
		}
		return null;
	}

	/**
	 * The process number that the owner of a directory left there.
	 * @param path the directory
	 * @return the owner's process number, or empty if it cannot be told
	 */
	static Optional<Long> owner(Path path) {
		return readNumber(path.resolve("owner.pid"));
	}

	/**
	 * Reads a number, which may have been written only in part.
	 * @param file the file that has nothing else
	 * @return the number, or empty if there is none
	 */
	static Optional<Long> readNumber(Path file) {
		try {
			return Optional.of(Long.valueOf(Files.readString(file).strip()));
		}
		catch (IOException | NumberFormatException ex) {
			return Optional.empty();
		}
	}

	Path resolve(String name) {
		return this.path.resolve(name);
	}

	/**
	 * End a server that an earlier owner of this directory left behind. The process
	 * number found in the file counts for nothing by itself, since it may belong to
	 * another program by now: only a process that runs the given program with the given
	 * argument is touched.
	 * @param pidFile the file with the server's process number
	 * @param program the file name of the server's program
	 * @param argument an argument that no other server has, such as its data directory
	 * @return the process number of the server that was ended, or empty if there was none
	 */
	Optional<Long> stopOrphan(Path pidFile, String program, String argument) {
		Optional<ProcessHandle> orphan = readNumber(pidFile).flatMap(ProcessHandle::of)
			.filter((process) -> isServer(process.info(), program, argument));
		orphan.ifPresent(ServerProcess::end);
		return orphan.map(ProcessHandle::pid);
	}

	private static boolean isServer(ProcessHandle.Info info, String program, String argument) {
		String command = info.command().map((name) -> Path.of(name).getFileName().toString()).orElse("");
		return command.startsWith(program)
				&& info.arguments().map(Arrays::asList).filter((list) -> list.contains(argument)).isPresent();
	}

	void delete(String name) throws IOException {
		FileSystemUtils.deleteRecursively(resolve(name));
	}

	@Override
	public void close() throws IOException {
		synchronized (owned) {
			owned.remove(this.path);
			this.channel.close();
		}
	}

}
