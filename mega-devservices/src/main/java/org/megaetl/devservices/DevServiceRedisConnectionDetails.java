package org.megaetl.devservices;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;

/**
 * How to connect to a database of a Redis server. Since connection factories depend on
 * this bean, it is destroyed after they have been closed.
 */
final class DevServiceRedisConnectionDetails implements DataRedisConnectionDetails, DisposableBean {

	private final RedisService server;

	private final int database;

	private final boolean owner;

	/**
	 * Create connection details.
	 * @param server the running server
	 * @param database the number of the database
	 * @param owner whether the server ends with this bean
	 */
	DevServiceRedisConnectionDetails(RedisService server, int database, boolean owner) {
		this.server = server;
		this.database = database;
		this.owner = owner;
	}

	@Override
	public Standalone getStandalone() {
		return Standalone.of(this.server.host(), this.server.port(), this.database);
	}

	@Override
	public void destroy() {
		if (this.owner) {
			this.server.close();
		}
	}

}
