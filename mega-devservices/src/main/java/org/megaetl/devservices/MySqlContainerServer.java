package org.megaetl.devservices;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.mysql.MySQLContainer;

import org.springframework.util.ClassUtils;

/**
 * MySQL in a Docker container. Its data ends with it.
 */
final class MySqlContainerServer implements DatabaseServer {

	private static final String IMAGE = "mysql:8.4";

	private static final String USERNAME = "root";

	private final MySQLContainer container;

	private MySqlContainerServer(MySQLContainer container) {
		this.container = container;
	}

	/**
	 * Whether containers can be started.
	 * @return whether Testcontainers is on the class path and a Docker engine answers
	 */
	static boolean isAvailable() {
		return isTestcontainersPresent() && DockerClientFactory.instance().isDockerAvailable();
	}

	private static boolean isTestcontainersPresent() {
		return ClassUtils.isPresent("org.testcontainers.mysql.MySQLContainer",
				MySqlContainerServer.class.getClassLoader());
	}

	/**
	 * Start a container.
	 * @return the running server
	 * @throws DevServiceException if no container can be started
	 */
	static MySqlContainerServer start() {
		if (!isTestcontainersPresent()) {
			throw new DevServiceException("Testcontainers' MySQL is asked for, but it is not on the class path.",
					"Add the dependency org.testcontainers:testcontainers-mysql, or set "
							+ "'mega.devservices.mariadb.provider' to 'embedded'.");
		}
		if (!isAvailable()) {
			throw new DevServiceException("Testcontainers' MySQL is asked for, but no Docker engine answers.",
					"Start Docker, or set 'mega.devservices.mariadb.provider' to 'embedded', or set "
							+ "'spring.datasource.url' (or DATABASE_URL) to a running database.");
		}
		MySQLContainer container = new MySQLContainer(IMAGE).withUsername(USERNAME)
			.withPassword(MariaDbBinaries.PASSWORD);
		container.start();
		return new MySqlContainerServer(container);
	}

	@Override
	public String jdbcUrl(String database) {
		return "jdbc:mysql://%s:%d/%s".formatted(this.container.getHost(),
				this.container.getMappedPort(MySQLContainer.MYSQL_PORT), database);
	}

	@Override
	public String username() {
		return USERNAME;
	}

	@Override
	public String password() {
		return this.container.getPassword();
	}

	@Override
	public void close() {
		this.container.stop();
	}

	@Override
	public String toString() {
		return IMAGE;
	}

}
