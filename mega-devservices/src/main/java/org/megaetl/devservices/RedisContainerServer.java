package org.megaetl.devservices;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Redis in a Docker container. Its data ends with it.
 */
final class RedisContainerServer implements RedisService {

	static final DockerSupport SUPPORT = new DockerSupport("Redis", "org.testcontainers.containers.GenericContainer",
			"org.testcontainers:testcontainers", "mega.devservices.redis.provider",
			"'spring.data.redis.url' to a running Redis");

	private static final String IMAGE = "redis:8.2";

	private static final int PORT = 6379;

	private final GenericContainer<?> container;

	private RedisContainerServer(GenericContainer<?> container) {
		this.container = container;
	}

	/**
	 * Start a container.
	 * @return the running server
	 * @throws DevServiceException if no container can be started
	 */
	static RedisContainerServer start() {
		SUPPORT.require();
		GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(IMAGE)).withExposedPorts(PORT)
			.withCommand("redis-server", "--databases", String.valueOf(DATABASES));
		container.start();
		return new RedisContainerServer(container);
	}

	@Override
	public String host() {
		return this.container.getHost();
	}

	@Override
	public int port() {
		return this.container.getMappedPort(PORT);
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
