package org.megaetl.sink;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.jdbc.DataSourceUnwrapper;

/**
 * The sink's own connections to the application's database. They differ from the
 * application's in what the delivery guarantees rest on: no auto-commit, READ COMMITTED,
 * a short wait for locks, and UTC for times. Not a {@link DataSource} bean, so that the
 * application's stays the only one.
 */
public final class SinkDataSource implements AutoCloseable {

	/**
	 * Driver parameters the sink wants unless the user has decided otherwise.
	 */
	private static final Map<String, String> MYSQL_PARAMETERS = Map.of("rewriteBatchedStatements", "true",
			"connectionTimeZone", "+00:00", "forceConnectionTimeZoneToSession", "true", "connectTimeout", "10000",
			"cachePrepStmts", "true", "prepStmtCacheSqlLimit", "16384", "useLocalSessionState", "true");

	private static final Map<String, String> MARIADB_PARAMETERS = Map.of("connectionTimeZone", "+00:00",
			"forceConnectionTimeZoneToSession", "true", "preserveInstants", "true", "connectTimeout", "10000");

	private final HikariDataSource pool;

	/**
	 * Creates the sink's pool.
	 * @param application the application's data source
	 * @param maximumPoolSize the most connections
	 * @param connectionTimeout how long to wait for one
	 * @param lockWaitTimeout how long a statement waits for a lock
	 */
	public SinkDataSource(DataSource application, int maximumPoolSize, Duration connectionTimeout,
			Duration lockWaitTimeout) {
		HikariConfig config = new HikariConfig();
		HikariDataSource original = DataSourceUnwrapper.unwrap(application, HikariDataSource.class);
		if (original != null) {
			original.copyStateTo(config);
		}
		else {
			config.setDataSource(application);
		}
		configureSession(config, Math.max(1, lockWaitTimeout.toSeconds()));
		config.setPoolName("mega-sink");
		config.setAutoCommit(false);
		config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
		config.setMaximumPoolSize(maximumPoolSize);
		config.setMinimumIdle(Math.min(2, maximumPoolSize));
		config.setConnectionTimeout(connectionTimeout.toMillis());
		config.setInitializationFailTimeout(-1);
		config.setRegisterMbeans(false);
		this.pool = new HikariDataSource(config);
	}

	private static void configureSession(HikariConfig config, long lockWaitSeconds) {
		String url = config.getJdbcUrl();
		String lockWait = "innodb_lock_wait_timeout=" + lockWaitSeconds;
		if (url != null && url.startsWith("jdbc:mysql:")) {
			MYSQL_PARAMETERS.forEach((name, value) -> setDefault(config, url, name, value));
			setDefault(config, url, "sessionVariables", lockWait);
			return;
		}
		if (url != null && url.startsWith("jdbc:mariadb:")) {
			MARIADB_PARAMETERS.forEach((name, value) -> setDefault(config, url, name, value));
		}
		if (config.getConnectionInitSql() == null) {
			config.setConnectionInitSql("SET SESSION " + lockWait);
		}
	}

	private static void setDefault(HikariConfig config, String url, String name, String value) {
		Properties properties = config.getDataSourceProperties();
		if (!url.contains(name + "=") && !properties.containsKey(name)) {
			config.addDataSourceProperty(name, value);
		}
	}

	/**
	 * Returns the connections.
	 * @return the pool
	 */
	public DataSource pool() {
		return this.pool;
	}

	/**
	 * Returns where the database is, for people.
	 * @return the JDBC URL without its parameters, or {@code null} if it is not known
	 */
	public @Nullable String location() {
		String url = this.pool.getJdbcUrl();
		if (url == null) {
			return null;
		}
		int parameters = url.indexOf('?');
		String address = (parameters < 0) ? url : url.substring(0, parameters);
		// the user and password may stand in the address
		return address.replaceAll("//[^/]*@", "//");
	}

	@Override
	public void close() {
		this.pool.close();
	}

}
