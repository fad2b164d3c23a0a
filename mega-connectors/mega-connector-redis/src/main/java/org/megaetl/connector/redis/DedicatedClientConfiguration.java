package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.Optional;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.resource.ClientResources;

import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

/**
 * A client as configured for the application, but for one that never reconnects by
 * itself: it would send a blocking read again whose reply was lost, and with it what had
 * been delivered.
 */
final class DedicatedClientConfiguration implements LettuceClientConfiguration {

	private final LettuceClientConfiguration delegate;

	DedicatedClientConfiguration(LettuceClientConfiguration delegate) {
		this.delegate = delegate;
	}

	@Override
	public Optional<ClientOptions> getClientOptions() {
		ClientOptions options = this.delegate.getClientOptions().orElseGet(ClientOptions::create);
		return Optional.of(options.mutate().autoReconnect(false).build());
	}

	@Override
	public boolean isUseSsl() {
		return this.delegate.isUseSsl();
	}

	@Override
	@SuppressWarnings("deprecation")
	public boolean isVerifyPeer() {
		return getVerifyMode() != SslVerifyMode.NONE;
	}

	@Override
	public SslVerifyMode getVerifyMode() {
		return this.delegate.getVerifyMode();
	}

	@Override
	public boolean isStartTls() {
		return this.delegate.isStartTls();
	}

	@Override
	public Optional<ClientResources> getClientResources() {
		return this.delegate.getClientResources();
	}

	@Override
	public Optional<String> getClientName() {
		return this.delegate.getClientName();
	}

	/**
	 * Never from a replica, which may not know yet what was claimed.
	 */
	@Override
	public Optional<ReadFrom> getReadFrom() {
		return Optional.empty();
	}

	@Override
	public Optional<RedisCredentialsProviderFactory> getRedisCredentialsProviderFactory() {
		return this.delegate.getRedisCredentialsProviderFactory();
	}

	@Override
	public Duration getCommandTimeout() {
		return this.delegate.getCommandTimeout();
	}

	@Override
	public Duration getShutdownTimeout() {
		return this.delegate.getShutdownTimeout();
	}

	@Override
	public Duration getShutdownQuietPeriod() {
		return this.delegate.getShutdownQuietPeriod();
	}

}
