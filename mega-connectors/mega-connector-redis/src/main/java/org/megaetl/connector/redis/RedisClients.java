package org.megaetl.connector.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.lettuce.core.RedisURI;
import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * The clients that readers open their connections with, configured by Spring Boot's
 * properties: those of the application, or those that an inbound has of its own.
 */
final class RedisClients implements DisposableBean {

	private static final String PREFIX = "spring.data.redis";

	private final @Nullable RedisConnectionFactory applications;

	private final @Nullable SslBundles sslBundles;

	private final Environment environment;

	private @Nullable RedisClientHandle shared;

	private final List<AutoCloseable> opened = new ArrayList<>();

	RedisClients(@Nullable RedisConnectionFactory applications, @Nullable SslBundles sslBundles,
			Environment environment) {
		this.applications = applications;
		this.sslBundles = sslBundles;
		this.environment = environment;
	}

	/**
	 * Returns the client of an inbound. Nothing is connected yet.
	 * @param connection the inbound's own settings, possibly none
	 * @param property the property of these settings, for messages
	 * @return the client
	 * @throws InvalidConfigurationException if a setting is wrong
	 */
	RedisClientHandle client(Map<String, String> connection, String property) {
		if (!connection.isEmpty()) {
			return dedicated(factory(connection, property), property);
		}
		if (this.shared == null) {
			requireConfigured();
			this.shared = dedicated(this.applications, PREFIX);
		}
		return this.shared;
	}

	/**
	 * Refuses what Spring Boot falls back to: in production nobody means it.
	 */
	private void requireConfigured() {
		boolean fallback = this.applications instanceof LettuceConnectionFactory lettuce
				&& configuration(lettuce) instanceof RedisStandaloneConfiguration server
				&& server.getHostName().equals("localhost") && server.getPort() == RedisURI.DEFAULT_REDIS_PORT;
		if (fallback && Stream.of("url", "host", "port")
			.noneMatch((name) -> this.environment.containsProperty(PREFIX + "." + name))) {
			throw new InvalidConfigurationException("No Redis is configured.",
					"Set '" + PREFIX + ".url', such as redis://user:password@host:6379, or '" + PREFIX + ".host', '"
							+ PREFIX + ".cluster.nodes' or '" + PREFIX
							+ ".sentinel.nodes'.\nFor a development run add the dependency "
							+ "org.megaetl:mega-devservices, which starts a real Redis.");
		}
	}

	private RedisClientHandle dedicated(@Nullable RedisConnectionFactory factory, String property) {
		if (!(factory instanceof LettuceConnectionFactory lettuce)) {
			throw new InvalidConfigurationException(
					"The Redis connector needs Lettuce, but the application's RedisConnectionFactory is "
							+ ((factory != null) ? "a " + factory.getClass().getSimpleName() : "missing or not unique")
							+ ".",
					"Leave '" + property + ".client-type' alone, or give each inbound a 'connection' of its own.");
		}
		LettuceConnectionFactory dedicated = new LettuceConnectionFactory(configuration(lettuce),
				new DedicatedClientConfiguration(lettuce.getClientConfiguration()));
		dedicated.start();
		this.opened.add(0, dedicated::destroy);
		return new RedisClientHandle(dedicated.getRequiredNativeClient(),
				lettuce.getClientConfiguration().getCommandTimeout(), lettuce.getDatabase());
	}

	private static RedisConfiguration configuration(LettuceConnectionFactory factory) {
		RedisConfiguration configuration = factory.getClusterConfiguration();
		if (configuration == null) {
			configuration = factory.getSentinelConfiguration();
		}
		if (configuration == null) {
			configuration = factory.getSocketConfiguration();
		}
		return (configuration != null) ? configuration : factory.getStandaloneConfiguration();
	}

	/**
	 * Lets Spring Boot make a connection factory of an inbound's settings, in a context
	 * that has nothing else.
	 */
	private LettuceConnectionFactory factory(Map<String, String> connection, String property) {
		Map<String, Object> settings = new LinkedHashMap<>();
		connection.forEach((name, value) -> settings.put(PREFIX + "." + name, value));
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.stream()
			.map((source) -> source.getName())
			.toList()
			.forEach(environment.getPropertySources()::remove);
		environment.getPropertySources().addFirst(new MapPropertySource(property, settings));
		try {
			DataRedisProperties bound = new Binder(ConfigurationPropertySources.get(environment)).bindOrCreate(PREFIX,
					Bindable.of(DataRedisProperties.class), new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
			RedisUrlCheck.check(bound.getUrl(), property + ".url");
		}
		catch (BindException ex) {
			// the values may be credentials
			throw new InvalidConfigurationException(
					"'" + property + "' has settings that '" + PREFIX + "' has not, or values that are not valid: "
							+ String.join(", ", connection.keySet()) + ".",
					"Name the settings as those under '" + PREFIX + "', such as 'host', 'port' or 'url'.", ex);
		}
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.setEnvironment(environment);
		if (this.sslBundles != null) {
			context.getBeanFactory().registerSingleton("sslBundles", this.sslBundles);
		}
		context.register(DataRedisAutoConfiguration.class);
		context.refresh();
		this.opened.add(0, context::close);
		return context.getBean(LettuceConnectionFactory.class);
	}

	@Override
	public void destroy() throws Exception {
		for (AutoCloseable each : this.opened) {
			each.close();
		}
	}

}
