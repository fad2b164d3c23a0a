package org.megaetl.sink;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import com.zaxxer.hikari.util.Credentials;
import com.zaxxer.hikari.util.DriverDataSource;
import com.zaxxer.hikari.util.PropertyElf;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;

/**
 * The sink's own connections to the application's database. They differ from the
 * application's in what the delivery guarantees rest on: no auto-commit, READ COMMITTED,
 * and the session of {@link SinkSessions}. Not a {@link DataSource} bean, so that the
 * application's stays the only one.
 */
public final class SinkDataSource implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SinkDataSource.class);

	/** How long an answer of the server is waited for, in milliseconds. */
	static final int SOCKET_TIMEOUT = 300_000;

	/**
	 * Driver parameters the sink wants unless the user has decided otherwise. A batch
	 * ends with its first failure, or only the last would be told of, which may be
	 * another kind: of a row that was skipped for its lock, say.
	 */
	private static final Map<String, String> MYSQL_DEFAULTS = Map.of("rewriteBatchedStatements", "true",
			"continueBatchOnError", "false", "connectTimeout", "10000", "socketTimeout", String.valueOf(SOCKET_TIMEOUT),
			"cachePrepStmts", "true", "prepStmtCacheSqlLimit", "16384", "useLocalSessionState", "true");

	/**
	 * Makes the driver tell the server that it can send what {@code LOAD DATA LOCAL}
	 * reads, without letting it read any file: none is in an empty path.
	 */
	private static final String LOCAL_INFILE = "allowLoadLocalInfileInPath";

	private static final Map<String, String> MARIADB_DEFAULTS = Map.of("connectTimeout", "10000", "socketTimeout",
			String.valueOf(SOCKET_TIMEOUT));

	/**
	 * Parameters of both drivers that must agree with the session's time zone, or the
	 * driver would shift what a direct transformer binds as a timestamp.
	 */
	private static final Map<String, String> TIME_ZONE = Map.of("connectionTimeZone", "+00:00",
			"forceConnectionTimeZoneToSession", "true", "preserveInstants", "true");

	/** The names and former names of those parameters. */
	private static final String TIME_ZONE_NAMES = "(?i)(connectionTimeZone|serverTimezone"
			+ "|forceConnectionTimeZoneToSession|preserveInstants)";

	/** A URL without anything that could be a secret. */
	private static final Pattern ADDRESS = Pattern.compile("jdbc:[a-z0-9+:]+//[\\w.:,\\[\\]-]*(/[\\w$.%-]*)?");

	private final HikariDataSource pool;

	/**
	 * Creates the sink's pool.
	 * @param application the application's data source
	 * @param maximumPoolSize the most connections
	 * @param connectionTimeout how long to wait for one
	 * @param lockWaitTimeout how long a statement waits for a lock, in whole seconds, at
	 * least one
	 * @param loadData whether the connections are to be able to load rows
	 */
	public SinkDataSource(DataSource application, int maximumPoolSize, Duration connectionTimeout,
			Duration lockWaitTimeout, LoadData loadData) {
		HikariConfig config = new HikariConfig();
		HikariDataSource original = hikari(application);
		if (original != null) {
			original.copyStateTo(config);
			config.setCredentialsProvider(() -> credentials(original));
			withoutMetrics(config);
		}
		config.setMaximumPoolSize(maximumPoolSize);
		ConnectionEviction eviction = new ConnectionEviction(config.getExceptionOverride());
		config.setExceptionOverride(eviction);
		config.setDataSource(new SinkSessions(target(config, application, loadData, eviction),
				config.getConnectionInitSql(), lockWaitTimeout.toSeconds()));
		config.setDataSourceClassName(null);
		config.setConnectionInitSql(null);
		config.setPoolName("mega-sink");
		config.setAutoCommit(false);
		config.setReadOnly(false);
		config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
		config.setMinimumIdle(Math.min(2, maximumPoolSize));
		config.setConnectionTimeout(connectionTimeout.toMillis());
		config.setInitializationFailTimeout(-1);
		config.setRegisterMbeans(false);
		this.pool = new HikariDataSource(config);
		eviction.use(this.pool);
	}

	/**
	 * Returns the pool in the application's data source, if it is the only one: what
	 * routes shows the one that it leads to at the moment.
	 */
	private static @Nullable HikariDataSource hikari(DataSource application) {
		if (isRouting(application)) {
			return null;
		}
		// a wrapper of JDBC gives out interfaces only
		return DataSourceUnwrapper.unwrap(application, HikariConfigMXBean.class, HikariDataSource.class);
	}

	private static boolean isRouting(DataSource application) {
		if (DataSourceUnwrapper.unwrap(application, AbstractRoutingDataSource.class) != null) {
			return true;
		}
		try {
			// what a pool itself leads to is none of the sink's
			return !(application instanceof HikariDataSource)
					&& application.isWrapperFor(AbstractRoutingDataSource.class);
		}
		catch (SQLException ex) {
			logger.debug("The data source does not say what it leads to", ex);
			return false;
		}
	}

	/**
	 * The application's pool may be measured already, or not yet.
	 */
	private static void withoutMetrics(HikariConfig config) {
		if (config.getMetricsTrackerFactory() != null) {
			config.setMetricsTrackerFactory(null);
		}
		else {
			config.setMetricRegistry(null);
		}
	}

	/**
	 * Measures the pool, as Spring Boot does with the application's.
	 * @param meters takes the meters, whose names start with {@code hikaricp}
	 */
	public void measure(MeterRegistry meters) {
		this.pool.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(meters));
	}

	/**
	 * Returns the credentials as the application's pool takes them for each connection: a
	 * password may be changed while the application runs.
	 */
	private static Credentials credentials(HikariConfig application) {
		HikariCredentialsProvider provider = application.getCredentialsProvider();
		return (provider != null) ? provider.getCredentials() : application.getCredentials();
	}

	/**
	 * Returns what opens connections, as the application's pool would choose it.
	 */
	private static DataSource target(HikariConfig config, DataSource application, LoadData loadData,
			ConnectionEviction eviction) {
		if (config.getDataSource() != null) {
			return config.getDataSource();
		}
		// a copy, or the application's connections would change, too
		Properties properties = new Properties();
		properties.putAll(config.getDataSourceProperties());
		if (config.getDataSourceClassName() != null) {
			DataSource target = (DataSource) BeanUtils
				.instantiateClass(ClassUtils.resolveClassName(config.getDataSourceClassName(), null));
			PropertyElf.setTargetFromProperties(target, properties);
			return target;
		}
		String url = config.getJdbcUrl();
		if (url == null) {
			logger.warn("The data source '{}' is no pool of HikariCP that could be looked into, so its connections are "
					+ "borrowed. It must have more than the {} of 'mega.sink.jdbc.maximum-pool-size', and the "
					+ "parameters connectionTimeZone=+00:00 and forceConnectionTimeZoneToSession=true in its URL if a "
					+ "DirectTransformer binds points in time", application.getClass().getName(),
					config.getMaximumPoolSize());
			return new BorrowedConnections(application, eviction);
		}
		boolean mysql = url.startsWith("jdbc:mysql:");
		if (mysql || url.startsWith("jdbc:mariadb:")) {
			url = url.replaceAll("(?<=[?&])" + TIME_ZONE_NAMES + "=[^&#]*&?", "");
			properties.keySet().removeIf((name) -> name.toString().matches(TIME_ZONE_NAMES));
			properties.putAll(TIME_ZONE);
			for (Map.Entry<String, String> parameter : (mysql ? MYSQL_DEFAULTS : MARIADB_DEFAULTS).entrySet()) {
				if (!isDecided(parameter.getKey(), url, properties)) {
					properties.put(parameter.getKey(), parameter.getValue());
				}
			}
			if (mysql && loadData == LoadData.AUTO && !isDecided(LOCAL_INFILE, url, properties)
					&& !isDecided("allowLoadLocalInfile", url, properties)) {
				properties.put(LOCAL_INFILE, "");
			}
		}
		return new DriverDataSource(url, config.getDriverClassName(), properties, config.getUsername(),
				config.getPassword());
	}

	/**
	 * Returns whether the user has set a parameter; the driver ignores the names' case.
	 */
	private static boolean isDecided(String name, String url, Properties properties) {
		return Pattern.compile("[?&(,]" + name + "=", Pattern.CASE_INSENSITIVE).matcher(url).find()
				|| properties.stringPropertyNames().stream().anyMatch(name::equalsIgnoreCase);
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
	 * @return the JDBC URL without its parameters and credentials, or {@code null} if it
	 * is not known
	 */
	public @Nullable String location() {
		String url = this.pool.getJdbcUrl();
		if (url == null) {
			return null;
		}
		String address = url.split("[?#]", 2)[0].replaceFirst("//.*@", "//");
		// what is left may be a list of keys and values, the password among them
		return ADDRESS.matcher(address).matches() ? address : address.replaceFirst("//.*|;.*", "//...");
	}

	@Override
	public void close() {
		this.pool.close();
	}

}
