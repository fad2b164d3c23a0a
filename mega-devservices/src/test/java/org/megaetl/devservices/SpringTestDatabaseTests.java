package org.megaetl.devservices;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a Spring test that configures nothing has an empty database on the shared
 * server.
 */
@SpringBootTest
class SpringTestDatabaseTests {

	@Test
	void usesANewDatabaseOfTheSharedServer(@Autowired JdbcClient jdbc) {
		try (TestDatabase other = TestDatabase.create()) {
			assertThat(jdbc.sql("SELECT @@port").query(String.class).single())
				.isEqualTo(JdbcClient.create(other.dataSource()).sql("SELECT @@port").query(String.class).single());
			assertThat(jdbc.sql("SELECT DATABASE()").query(String.class).single()).startsWith("test_");
			assertThat(jdbc.sql("SHOW TABLES").query(String.class).list()).isEmpty();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
