package org.megaetl.app;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.ConfigurationChecksAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Applies the check of every start to a piece of YAML.
 */
final class UnknownKeys {

	private UnknownKeys() {
	}

	/**
	 * Returns what the check says about the keys under {@code mega}, or {@code null} if
	 * it is content.
	 */
	static @Nullable String in(String yaml) {
		StringBuilder message = new StringBuilder();
		new ApplicationContextRunner().withInitializer((context) -> {
			context.getBeanFactory().setConversionService(ApplicationConversionService.getSharedInstance());
			Yaml.load(yaml).forEach(context.getEnvironment().getPropertySources()::addFirst);
		}).withConfiguration(AutoConfigurations.of(ConfigurationChecksAutoConfiguration.class)).run((context) -> {
			Throwable failure = context.getStartupFailure();
			if (failure != null) {
				message.append(failure.getMessage());
			}
		});
		return message.isEmpty() ? null : message.toString();
	}

}
