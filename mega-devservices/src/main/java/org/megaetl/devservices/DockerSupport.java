package org.megaetl.devservices;

import org.testcontainers.DockerClientFactory;

import org.springframework.util.ClassUtils;

/**
 * Whether a service can run in a Docker container.
 *
 * @param service its name
 * @param type the class of Testcontainers that starts it, which an application need not
 * have
 * @param artifact where that class is
 * @param provider the property that asks for a container
 * @param instead how to name a server that runs already
 */
record DockerSupport(String service, String type, String artifact, String provider, String instead) {

	/**
	 * Whether containers can be started.
	 * @return whether Testcontainers is on the class path and a Docker engine answers
	 */
	boolean isAvailable() {
		return isPresent() && DockerClientFactory.instance().isDockerAvailable();
	}

	private boolean isPresent() {
		return ClassUtils.isPresent(this.type, DockerSupport.class.getClassLoader());
	}

	/**
	 * Makes sure that containers can be started.
	 * @throws DevServiceException if not, with what to do about it
	 */
	void require() {
		String embedded = "set '%s' to 'embedded'".formatted(this.provider);
		if (!isPresent()) {
			throw new DevServiceException("%s in a container is asked for, but %s is not on the class path.".formatted(
					this.service, this.artifact), "Add the dependency %s, or %s.".formatted(this.artifact, embedded));
		}
		if (!isAvailable()) {
			throw new DevServiceException(this.service + " in a container is asked for, but no Docker engine answers.",
					"Start Docker, or %s, or set %s.".formatted(embedded, this.instead));
		}
	}

}
