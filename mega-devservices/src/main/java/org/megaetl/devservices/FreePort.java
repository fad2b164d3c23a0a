package org.megaetl.devservices;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A port for a server of this machine.
 */
public final class FreePort {

	private static final Log logger = LogFactory.getLog(FreePort.class);

	private FreePort() {
	}

	/**
	 * Finds a port nobody listens on, from below the range that systems give to outgoing
	 * connections: in that range, a client that calls a stopped server can be connected
	 * to itself, and the port can be taken when the server comes back.
	 * @return the port
	 */
	public static int find() {
		for (int attempt = 0; attempt < 100; attempt++) {
			int port = ThreadLocalRandom.current().nextInt(20_000, 32_768);
			try (ServerSocket socket = new ServerSocket()) {
				socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
				return port;
			}
			catch (IOException ex) {
				logger.debug("Port %d is taken".formatted(port), ex);
			}
		}
		throw new IllegalStateException("None of 100 ports between 20000 and 32767 is free");
	}

}
