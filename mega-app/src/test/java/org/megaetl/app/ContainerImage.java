package org.megaetl.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.megaetl.devservices.TestDatabase;

/**
 * The image of the {@code Dockerfile}, with a database.
 */
interface ContainerImage extends AutoCloseable {

	/**
	 * Builds the image: with Docker where an engine answers, else without. The system
	 * property {@code tests.image}, one of {@code docker} and {@code directory}, says
	 * which.
	 * @return the image
	 */
	static ContainerImage build() throws Exception {
		String provider = System.getProperty("tests.image", DockerImage.isAvailable() ? "docker" : "directory");
		return switch (provider) {
			case "docker" -> DockerImage.build();
			case "directory" -> DirectoryImage.build();
			default -> throw new IllegalArgumentException("tests.image is '" + provider + "', not docker or directory");
		};
	}

	static String url(TestDatabase database) {
		return database.jdbcUrl()
			.replace("jdbc:mysql://", "mysql://" + database.username() + ":" + database.password() + "@");
	}

	/**
	 * Returns where the application finds the database.
	 * @return the value for {@code DATABASE_URL}
	 */
	String databaseUrl();

	/**
	 * Returns a directory that the application may read, under the same path.
	 * @return an empty directory
	 */
	Path configuration();

	/**
	 * Lists the files of the application.
	 * @return their paths below {@code /app}
	 */
	List<String> files() throws Exception;

	/**
	 * Starts the image's entry point, as its user, who may write nothing but to
	 * {@code /tmp}.
	 * @param variables variables besides those of the image, among them
	 * {@code SERVER_PORT}, which is reached from here
	 * @param log the file that its output goes to
	 * @return the process, which hands on signals and the exit value
	 */
	Process start(Map<String, String> variables, Path log) throws IOException;

	/**
	 * Starts the image's health check, where the application runs.
	 * @param variables the application's variables
	 * @param log the file that its output goes to
	 * @return the process
	 */
	Process startHealthCheck(Map<String, String> variables, Path log) throws IOException;

	@Override
	void close() throws IOException;

}
