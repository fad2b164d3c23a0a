package org.megaetl.devservices;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

import org.springframework.util.ClassUtils;

/**
 * Redis in a Docker container. Its data ends with it.
 */
final class RedisContainerServer implements RedisService {

	private static final String IMAGE = "redis:8.2";

	private static final int PORT = 6379;

	private final GenericContainer<?> container;

	private RedisContainerServer(GenericContainer<?> container) {
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
		return ClassUtils.isPresent("org.testcontainers.containers.GenericContainer",
				RedisContainerServer.class.getClassLoader());
	}

	/**
	 * Start a container.
	 * @return the running server
	 * @throws DevServiceException if no container can be started
	 */
	static RedisContainerServer start() {
		if (!isTestcontainersPresent()) {
			throw new DevServiceException(
					"Redis in a container is asked for, but Testcontainers is not on the class " + "path.",
					"Add the dependency org.testcontainers:testcontainers, or set "
							+ "'mega.devservices.redis.provider' to 'embedded'.");
		}
		if (!isAvailable()) {
			throw new DevServiceException("Redis in a container is asked for, but no Docker engine answers.",
					"Start Docker, or set 'mega.devservices.redis.provider' to 'embedded', or set "
							+ "'spring.data.redis.url' to a running Redis.");
		}
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
