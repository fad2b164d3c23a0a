package org.megaetl.config;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DriverParametersCheck}.
 */
@ExtendWith(OutputCaptureExtension.class)
class DriverParametersCheckTests {

	private static final String URL = "spring.datasource.url=jdbc:mysql://db/shop?password=hunter2";

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(ConfigurationChecksAutoConfiguration.class, DataSourceAutoConfiguration.class));

	@Test
	void warnsAboutAnUnknownParameterOfTheUrl(CapturedOutput output) {
		this.runner.withPropertyValues(URL + "&rewriteBatchStatements=true").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains("WARN")
				.contains("Unknown parameter 'rewriteBatchStatements' in spring.datasource.url: "
						+ "MySQL Connector/J ignores it. Did you mean 'rewriteBatchedStatements'?")
				.doesNotContain("hunter2");
		});
	}

	@Test
	void warnsAboutAnUnknownDataSourceProperty(CapturedOutput output) {
		this.runner.withPropertyValues(URL, "spring.datasource.hikari.data-source-properties.conectTimeout=1")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output).contains("Unknown parameter 'conectTimeout' in "
						+ "spring.datasource.hikari.data-source-properties: MySQL Connector/J ignores it. "
						+ "Did you mean 'connectTimeout'?");
			});
	}

	@Test
	void checksTheUrlOfConnectionDetails(CapturedOutput output) {
		this.runner.withBean(JdbcConnectionDetails.class, TestConnectionDetails::new).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output)
				.contains("Unknown parameter 'nonsense' in the JDBC URL: MariaDB Connector/J ignores it.");
		});
	}

	@Test
	void saysNothingAboutKnownParameters(CapturedOutput output) {
		this.runner
			.withPropertyValues(URL + "&rewriteBatchedStatements=true&serverTimezone=UTC",
					"spring.datasource.hikari.data-source-properties.connectTimeout=1")
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(HikariDataSource.class);
				assertThat(output).doesNotContain("Unknown parameter");
			});
	}

	@Test
	void refusesUnknownParametersWhenToldTo() {
		this.runner
			.withPropertyValues(URL + "&nonsense=1&rewriteBatchStatements=true",
					"mega.sink.jdbc.unknown-parameters=fail")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationException.class, (failure) -> {
					assertThat(failure.getDescription()).contains("'nonsense'")
						.contains("'rewriteBatchStatements'")
						.doesNotContain("hunter2");
					assertThat(failure.getAction()).contains("mega.sink.jdbc.unknown-parameters=warn");
				}));
	}

	@Test
	void backsOffWithoutHikari() {
		this.runner.withClassLoader(new FilteredClassLoader("com.zaxxer.hikari"))
			.run((context) -> assertThat(context).doesNotHaveBean(DriverParametersCheck.class));
	}

	private static final class TestConnectionDetails implements JdbcConnectionDetails {

		@Override
		public String getUsername() {
			return "app";
		}

		@Override
		public String getPassword() {
			return "hunter2";
		}

		@Override
		public String getJdbcUrl() {
			return "jdbc:mariadb://db/shop?nonsense=1";
		}

	}

}
