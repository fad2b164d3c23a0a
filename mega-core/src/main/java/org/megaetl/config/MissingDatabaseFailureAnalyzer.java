package org.megaetl.config;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Says how to configure a database when none is. Ordered before Spring Boot's own
 * analyzer, which recommends an embedded database.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class MissingDatabaseFailureAnalyzer extends AbstractFailureAnalyzer<BeanCreationException> {

	private final Environment environment;

	MissingDatabaseFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BeanCreationException cause) {
		for (@Nullable
		Throwable candidate = cause; candidate != null; candidate = candidate.getCause()) {
			if (isNoDatabase(candidate)) {
				return new FailureAnalysis("No database is configured.", """
						Set the environment variable DATABASE_URL=mysql://user:password@host:3306/database, \
						or spring.datasource.url, spring.datasource.username and spring.datasource.password.
						For a development run add the dependency org.megaetl:mega-devservices, \
						which starts a real MariaDB.""", candidate);
			}
		}
		return null;
	}

	/**
	 * Spring Boot's exception is not public: it is known by the public class it is nested
	 * in. It is also thrown for a URL of an unknown kind, which is not our case.
	 */
	private boolean isNoDatabase(Throwable candidate) {
		return candidate.getClass().getEnclosingClass() == DataSourceProperties.class
				&& !StringUtils.hasText(this.environment.getProperty("spring.datasource.url"));
	}

}
