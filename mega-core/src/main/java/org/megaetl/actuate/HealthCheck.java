package org.megaetl.actuate;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A program that asks the application on this machine whether it is alive and ready, for
 * container images without an HTTP client of their own.
 * <p>
 * Exits with 0 if it is and with 1 otherwise. The port is that of the environment
 * variable {@code MANAGEMENT_SERVER_PORT}, else {@code SERVER_PORT}, else 3344.
 */
public final class HealthCheck {

	private static final int TIMEOUT_MILLIS = 5000;

	private HealthCheck() {
	}

	public static void main(String[] args) {
		String problem = problem(port(System.getenv()));
		if (problem != null) {
			// printed by the JVM, which exits with 1
			throw new IllegalStateException(problem);
		}
	}

	static String port(Map<String, String> environment) {
		return environment.getOrDefault("MANAGEMENT_SERVER_PORT", environment.getOrDefault("SERVER_PORT", "3344"));
	}

	/**
	 * Asks.
	 * @param port the port of the actuator
	 * @return what is wrong, or {@code null} if the application is alive and ready
	 */
	static @Nullable String problem(String port) {
		String problem = problem(port, "liveness");
		return (problem != null) ? problem : problem(port, "readiness");
	}

	private static @Nullable String problem(String port, String group) {
		String url = "http://127.0.0.1:" + port + "/actuator/health/" + group;
		try {
			HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
			connection.setConnectTimeout(TIMEOUT_MILLIS);
			connection.setReadTimeout(TIMEOUT_MILLIS);
			int status = connection.getResponseCode();
			return (status != HttpURLConnection.HTTP_OK) ? url + " answers " + status : null;
		}
		catch (IOException ex) {
			return url + " does not answer: " + ex.getMessage();
		}
	}

}
