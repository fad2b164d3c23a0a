package org.megaetl.config;

import java.util.List;
import java.util.stream.Stream;

import com.mysql.cj.conf.PropertyDefinitions;
import com.mysql.cj.conf.PropertyKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mariadb.jdbc.util.options.OptionAliases;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DriverParameters}.
 */
class DriverParametersTests {

	private static final String MYSQL = "jdbc:mysql://localhost/test";

	private static final String MARIADB = "jdbc:mariadb://localhost/test";

	@ParameterizedTest
	@CsvSource({ "rewriteBatchStatements,rewriteBatchedStatements", "usessl,useSSL", "sslmode,sslMode",
			"conectTimeout,connectTimeout", "tinyint1isbit,tinyInt1isBit" })
	void suggestsTheNearestOfConnectorJ(String name, String nearest) {
		assertThat(check(MYSQL, name)).containsExactly("Unknown parameter '" + name
				+ "' in the test: MySQL Connector/J ignores it. Did you mean '" + nearest + "'?");
	}

	@ParameterizedTest
	@CsvSource({ "rewriteBatchStatements,rewriteBatchedStatements", "trustStor,trustStore" })
	void suggestsTheNearestOfMariaDb(String name, String nearest) {
		assertThat(check(MARIADB, name)).containsExactly("Unknown parameter '" + name
				+ "' in the test: MariaDB Connector/J ignores it. Did you mean '" + nearest + "'?");
	}

	@Test
	void suggestsNothingWhereNothingIsNear() {
		assertThat(check(MYSQL, "inventory"))
			.containsExactly("Unknown parameter 'inventory' in the test: MySQL Connector/J ignores it.");
	}

	@Test
	void knowsEveryParameterOfConnectorJAndItsAliases() {
		String[] names = PropertyDefinitions.PROPERTY_KEY_TO_PROPERTY_DEFINITION.keySet()
			.stream()
			.flatMap((key) -> Stream.of(key.getKeyName(), key.getCcAlias()))
			// The X protocol is not JDBC's
			.filter((name) -> name != null && !name.startsWith("xdevapi"))
			.toArray(String[]::new);
		assertThat(names).contains("serverTimezone", "sslMode").hasSizeGreaterThan(200);
		assertThat(check(MYSQL, names)).isEmpty();
		assertThat(check(MYSQL, PropertyKey.PATH.getKeyName())).isEmpty();
	}

	@Test
	void knowsTheAliasesOfMariaDbInEverySpelling() {
		assertThat(check(MARIADB, OptionAliases.OPTIONS_ALIASES.keySet().toArray(String[]::new))).isEmpty();
		assertThat(check(MARIADB, "useBulkStmts", "usebulkstmts", "useSsl", "trustServerCertificate")).isEmpty();
	}

	@Test
	void readsTheNamesOfAUrl() {
		assertThat(DriverParameters.names("jdbc:mysql://app:a=b@db/shop?useSSL=false&a%62c=1&flag&&x=1?y"))
			.containsExactly("useSSL", "abc", "flag", "x");
		assertThat(DriverParameters.names("jdbc:mysql://db/shop")).isEmpty();
		assertThat(DriverParameters.names("jdbc:mysql://db/shop?%zz=1")).containsExactly("%zz");
	}

	@Test
	void findsTheDriverByItsClass() {
		assertThat(DriverParameters.of("jdbc:mysql://db/shop?permitMysqlScheme", "org.mariadb.jdbc.Driver")
			.orElseThrow()
			.check(List.of("nonsense"), "the test")).singleElement().asString().contains("MariaDB Connector/J");
	}

	@Test
	void leavesOtherDriversAlone() {
		assertThat(DriverParameters.of("jdbc:h2:mem:test;MODE=MySQL", null)).isEmpty();
		assertThat(DriverParameters.of(MYSQL, "com.example.Driver")).isEmpty();
	}

	private static List<String> check(String url, String... names) {
		return DriverParameters.of(url, null).orElseThrow().check(List.of(names), "the test");
	}

}
