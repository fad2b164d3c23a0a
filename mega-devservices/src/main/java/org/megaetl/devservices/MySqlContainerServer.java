package org.megaetl.devservices;

import org.testcontainers.mysql.MySQLContainer;

/**
 * MySQL in a Docker container. Its data ends with it.
 */
final class MySqlContainerServer implements DatabaseServer {

	static final DockerSupport SUPPORT = new DockerSupport("MySQL", "org.testcontainers.mysql.MySQLContainer",
			"org.testcontainers:testcontainers-mysql", "mega.devservices.mariadb.provider",
			"'spring.datasource.url' (or DATABASE_URL) to a running database");

	private static final String IMAGE = "mysql:8.4";

	private static final String USERNAME = "root";

	private final MySQLContainer container;

	private MySqlContainerServer(MySQLContainer container) {
		this.container = container;
	}

	/**
	 * Start a container.
	 * @return the running server
	 * @throws DevServiceException if no container can be started
	 */
	static MySqlContainerServer start() {
		SUPPORT.require();
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
