package org.megaetl.schema;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.config.InvalidConfigurationException;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ConnectionAttempts}.
 */
class ConnectionAttemptsTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			jdbc:mysql://db:3306/shop | at db:3306/shop
			jdbc:mysql://db/shop?user=u&password=s3cr3t | at db/shop
			jdbc:mysql://u:s3cr3t@db:3306/shop | at db:3306/shop
			jdbc:mysql://u:s3@cr3t@[::1]:3306/shop | at [::1]:3306/shop
			jdbc:mysql://u:s3/cr3t@db:3306/shop | at db:3306/shop
			jdbc:mysql://u:s3 cr3t@db:3306/shop | at db:3306/shop
			jdbc:mysql://u:s3?cr3t@db:3306/shop | that is configured
			jdbc:mysql://db/shop?user=u&password=s3@cr3t | that is configured
			jdbc:mysql:loadbalance://db1,db2:3307/shop | at db1,db2:3307/shop
			jdbc:mysql://(host=db,password=s3cr3t)/shop | that is configured
			""")
	void saysWhereTheDatabaseIsWithoutSecrets(String url, String place) {
		HikariDataSource dataSource = new HikariDataSource();
		dataSource.setJdbcUrl(url);
		assertThat(new ConnectionAttempts(dataSource).place()).isEqualTo(place);
	}

	@Test
	void saysLittleOfADataSourceThatIsNotHikari() {
		assertThat(new ConnectionAttempts(new DriverManagerDataSource("jdbc:mysql://db/shop")).place())
			.isEqualTo("that is configured");
	}

	@Test
	void doesNotQuoteAUrlThatTheDriverRefuses() {
		HikariDataSource dataSource = new HikariDataSource();
		dataSource.setDriverClassName("com.mysql.cj.jdbc.Driver");
		dataSource.setJdbcUrl("jdbc:other://u:s3cr3t@db/shop");
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> new ConnectionAttempts(dataSource))
			.withMessageContaining("not one for the JDBC driver 'com.mysql.cj.jdbc.Driver'")
			.withNoCause();
	}

	@Test
	void removesSecretsFromMessages() {
		HikariDataSource dataSource = new HikariDataSource();
		dataSource.setJdbcUrl("jdbc:mysql://db/shop");
		dataSource.setPassword("pa55");
		assertThat(new ConnectionAttempts(dataSource).withoutSecrets(
				"Cannot parse jdbc:mysql://u:s3cr3t@db/shop?password=a@bc&trustCertificateKeyStorePassword=def, pa55"))
			.isEqualTo("Cannot parse jdbc:mysql://***@db/shop?password=***&trustCertificateKeyStorePassword=***, ***");
	}

	@ParameterizedTest
	@ValueSource(strings = { "s3/cr3t", "s3?cr3t", "s3 cr3t", "s3@cr3t", "s3#/cr3t" })
	void removesAPasswordWithAnyCharactersFromMessages(String password) {
		HikariDataSource dataSource = new HikariDataSource();
		dataSource.setJdbcUrl("jdbc:mysql://u:" + password + "@db/shop");
		assertThat(new ConnectionAttempts(dataSource)
			.withoutSecrets("No route\nto jdbc:mysql://u:" + password + "@db/shop\nor elsewhere"))
			.isEqualTo("No route\nto jdbc:mysql://***@db/shop\nor elsewhere");
	}

}
