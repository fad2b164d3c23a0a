package org.megaetl.config;

import java.util.Properties;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DatabaseUrl}.
 */
class DatabaseUrlTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-",
			textBlock = """
					mysql://app:secret@db:3307/shop                   | jdbc:mysql://db:3307/shop              | app    | secret
					tidb://app:secret@db:4000/shop                    | jdbc:mysql://db:4000/shop              | app    | secret
					mariadb://app:secret@db/shop                      | jdbc:mysql://db:3306/shop              | app    | secret
					mysql://db/shop                                   | jdbc:mysql://db:3306/shop              | -      | -
					mysql://db:/shop                                  | jdbc:mysql://db:3306/shop              | -      | -
					mysql://app@db/shop                               | jdbc:mysql://db:3306/shop              | app    | -
					mysql://app:@db/shop                              | jdbc:mysql://db:3306/shop              | app    | ``
					mysql://127.0.0.1/shop                            | jdbc:mysql://127.0.0.1:3306/shop       | -      | -
					mysql://app:secret@[::1]/shop                     | jdbc:mysql://[::1]:3306/shop           | app    | secret
					mysql://app:secret@[fe80::1]:3307/shop            | jdbc:mysql://[fe80::1]:3307/shop       | app    | secret
					mysql://my_app:secret@my_db-1.local/my-shop       | jdbc:mysql://my_db-1.local:3306/my-shop | my_app | secret
					mysql://a%40b:p%2F%40%3A%25%3F%23%20%C3%A9@db/shop | jdbc:mysql://db:3306/shop             | a@b    | p/@:%?# é
					mysql://app:a+b@db/shop                           | jdbc:mysql://db:3306/shop              | app    | a+b
					mysql://app:a@b@db/shop                           | jdbc:mysql://db:3306/shop              | app    | a@b
					mysql://app:a:b@db/shop                           | jdbc:mysql://db:3306/shop              | app    | a:b
					mysql://app:a#b@db/shop                           | jdbc:mysql://db:3306/shop              | app    | a#b
					mysql://app:a?b@db/shop                           | jdbc:mysql://db:3306/shop              | app    | a?b
					mysql://db/shop?connectTimeout=5000&useSSL=false  | jdbc:mysql://db:3306/shop?connectTimeout=5000&useSSL=false | - | -
					mysql://db/shop?sessionVariables=a%3D1            | jdbc:mysql://db:3306/shop?sessionVariables=a%3D1 | - | -
					mysql://db/shop?                                  | jdbc:mysql://db:3306/shop              | -      | -
					mysql://db/shop?allowMultiQueries                 | jdbc:mysql://db:3306/shop?allowMultiQueries | - | -
					jdbc:mysql://db:3306/shop?useSSL=false            | jdbc:mysql://db:3306/shop?useSSL=false | -      | -
					jdbc:mysql://app:p%40@db/shop                     | jdbc:mysql://db/shop                   | app    | p@
					jdbc:mysql://h1:3306,h2:3306/shop                 | jdbc:mysql://h1:3306,h2:3306/shop      | -      | -
					jdbc:mysql:replication://h1,h2/shop               | jdbc:mysql:replication://h1,h2/shop    | -      | -
					jdbc:mysql+srv://app:secret@db/shop               | jdbc:mysql+srv://db/shop               | app    | secret
					jdbc:mysql://(host=h,port=1,password=a@b)/shop    | jdbc:mysql://(host=h,port=1,password=a@b)/shop | - | -
					""")
	void translatesForConnectorJ(String value, String url, String username, String password) {
		DatabaseUrl databaseUrl = DatabaseUrl.parse(value, false);
		assertThat(databaseUrl).isEqualTo(new DatabaseUrl(url, username, password));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-", textBlock = """
			mariadb://app:secret@db/shop             | jdbc:mariadb://db:3306/shop            | app | secret
			mariadb://db/my%20shop?initSql=SELECT%201 | jdbc:mariadb://db:3306/my shop?initSql=SELECT 1 | - | -
			mariadb://db/shop?ssl-mode=PREFERRED     | jdbc:mariadb://db:3306/shop            | -   | -
			mariadb://db/shop?ssl-mode=VERIFY_CA     | jdbc:mariadb://db:3306/shop?sslMode=VERIFY_CA | - | -
			mysql://app:secret@db/shop               | jdbc:mysql://db:3306/shop              | app | secret
			jdbc:mariadb://app:p%40@db/shop          | jdbc:mariadb://db/shop                 | app | p@
			""")
	void translatesWithTheMariaDbDriver(String value, String url, String username, String password) {
		assertThat(DatabaseUrl.parse(value, true)).isEqualTo(new DatabaseUrl(url, username, password));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			ssl-mode=REQUIRED                        | sslMode=REQUIRED
			ssl_mode=verify-identity                 | sslMode=VERIFY_IDENTITY
			sslmode=verify_ca                        | sslMode=VERIFY_CA
			ssl-mode=DISABLED&connectTimeout=1       | connectTimeout=1&sslMode=DISABLED
			require_ssl=true                         | sslMode=VERIFY_IDENTITY
			require_ssl=true&verify_identity=false   | sslMode=VERIFY_CA
			require_ssl=true&verify_ca=false         | sslMode=REQUIRED
			require_ssl=false&connectTimeout=1       | connectTimeout=1
			require_ssl=true&sslMode=REQUIRED        | sslMode=REQUIRED
			""")
	void translatesWaysToAskForTls(String options, String expected) {
		assertThat(DatabaseUrl.parse("mysql://db/shop?" + options, false).url())
			.isEqualTo("jdbc:mysql://db:3306/shop?" + expected);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			hunter2                                  | has no scheme
			app:hunter2@db/shop                      | has no scheme
			app:hunter2://db/shop                    | has no scheme
			postgres://app:hunter2@db/shop           | has the scheme 'postgres'
			jdbc:postgresql://app:hunter2@db/shop    | has the scheme 'jdbc:postgresql'
			jdbc:mysqlx://app:hunter2@db/shop        | has the scheme 'jdbc:mysqlx'
			mysql://app:hunter2@db                   | names no database
			mysql://app:hunter2@db/                  | names no database
			mysql://app:hunter2@db?useSSL=false      | names no database
			mysql://app:hunter2@db/?useSSL=false     | names no database
			mysql://app:hunter2@db?a=/x              | names no database
			jdbc:mysql://app:hunter2@db/             | names no database
			mysql://app:hunter2@/shop                | names no host
			mysql:///shop                            | names no host
			mysql://app:hunter2                      | names no database
			mysql://app:hunter2@db/shop/orders       | has a '/' or '#' in the database's name
			mysql://app:hunter2@db/shop#x            | has a '/' or '#' in the database's name
			mysql://app:hunter2/x@db/shop            | has an '@' behind the first '/'
			mysql://app:hunter2@x/x@db/shop          | has an '@' behind the first '/'
			mysql://app:hunter2/x?y@db/shop          | has a host or port that cannot be read
			mysql://app:33/hunter2?y@db/shop         | has options behind its '?' that cannot be read
			mysql://app:hunter2%zz@db/shop           | has a '%' in the password
			mysql://hunter2%@db/shop                 | has a '%' in the user
			mysql://app:hunter2@db:port/shop         | has a host or port that cannot be read
			mysql://app:hunter2@db:3306:1/shop       | has a host or port that cannot be read
			mysql://app:hunter2@::1/shop             | has a host or port that cannot be read
			mysql://app:hunter2@db:65536/shop        | has a port that is not between 1 and 65535
			mysql://app:hunter2@db:0/shop            | has a port that is not between 1 and 65535
			mysql://app:hunter2@db/shop?ssl-mode=on  | has an option 'ssl-mode' that is none of
			jdbc:mariadb://app:hunter2@db/shop       | starts with jdbc:mariadb:, but the MariaDB driver is not
			""")
	void refusesWhatIsMalformedWithoutQuotingIt(String value, String problem) {
		assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> DatabaseUrl.parse(value, false))
			.withMessageContaining("DATABASE_URL " + problem)
			.withMessageNotContaining("hunter2")
			.withNoCause();
	}

	@Test
	void neverPrintsThePassword() {
		assertThat(DatabaseUrl.parse("mysql://app:hunter2@db/shop", false)).hasToString("DATABASE_URL");
	}

	@ParameterizedTest
	@ValueSource(strings = { "mysql://app:secret@db/shop", "mysql://app:secret@[::1]:3307/shop?ssl-mode=REQUIRED",
			"mysql://db/shop?require_ssl=true&connectTimeout=1000" })
	void theDriverUnderstandsTheResult(String value) throws Exception {
		String url = DatabaseUrl.parse(value, false).url();
		assertThat(new com.mysql.cj.jdbc.Driver().getPropertyInfo(url, new Properties())).isNotEmpty();
		String mariaDb = DatabaseUrl.parse(value.replace("mysql:", "mariadb:"), true).url();
		assertThat(new org.mariadb.jdbc.Driver().getPropertyInfo(mariaDb, new Properties())).isNotEmpty();
	}

}
