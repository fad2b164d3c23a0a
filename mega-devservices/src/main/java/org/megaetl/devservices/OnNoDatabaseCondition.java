package org.megaetl.devservices;

/**
 * Matches when no property says which database to use.
 */
class OnNoDatabaseCondition extends OnNoPropertyCondition {

	OnNoDatabaseCondition() {
		super("database", "spring.datasource.url", "spring.datasource.jndi-name",
				"spring.datasource.xa.data-source-class-name", "spring.datasource.hikari.jdbc-url",
				"spring.datasource.hikari.data-source-class-name", "spring.datasource.hikari.data-source-jndi",
				"spring.datasource.tomcat.url", "spring.datasource.dbcp2.url", "spring.datasource.oracleucp.url");
	}

}
