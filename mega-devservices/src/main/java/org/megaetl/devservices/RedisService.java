package org.megaetl.devservices;

/**
 * A running Redis server, without password and TLS.
 */
interface RedisService extends AutoCloseable {

	/**
	 * How many databases the server has, numbered from 0.
	 */
	int DATABASES = 1000;

	/**
	 * Where the server listens.
	 * @return a host name or address
	 */
	String host();

	/**
	 * The TCP port the server listens on.
	 * @return the port
	 */
	int port();

	@Override
	void close();

}
