package org.megaetl.autoconfigure;

import java.util.Collection;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;

import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Chooses the data source of MEGA among those of the application: the one that is marked
 * with {@link MegaDataSource}, or else the only or primary one. Imported wherever it is
 * needed.
 */
public final class ApplicationDataSource {

	private final ObjectProvider<DataSource> unmarked;

	private final ObjectProvider<DataSource> marked;

	/**
	 * Creates the choice.
	 * @param unmarked all that are injected without a qualifier; not called dataSource,
	 * as one of several would be taken for its name
	 * @param marked those with the annotation
	 */
	public ApplicationDataSource(ObjectProvider<DataSource> unmarked,
			@MegaDataSource ObjectProvider<DataSource> marked) {
		this.unmarked = unmarked;
		this.marked = marked;
	}

	/**
	 * Returns the data source.
	 * @return the data source
	 * @throws org.springframework.beans.factory.NoSuchBeanDefinitionException if there is
	 * none
	 * @throws InvalidConfigurationException if there are several, and nothing says which
	 */
	public DataSource get() {
		DataSource dataSource = getIfAvailable();
		return (dataSource != null) ? dataSource : this.unmarked.getObject();
	}

	/**
	 * Returns the data source.
	 * @return the data source, or {@code null} if there is none
	 * @throws InvalidConfigurationException if there are several, and nothing says which
	 */
	public @Nullable DataSource getIfAvailable() {
		DataSource dataSource;
		try {
			dataSource = this.marked.getIfAvailable();
		}
		catch (NoUniqueBeanDefinitionException ex) {
			throw new InvalidConfigurationException(
					"There are several data sources with @MegaDataSource: " + names(ex) + ".",
					"Leave the annotation on the one whose database MEGA writes to.");
		}
		try {
			return (dataSource != null) ? dataSource : this.unmarked.getIfAvailable();
		}
		catch (NoUniqueBeanDefinitionException ex) {
			throw new InvalidConfigurationException(
					"There are several data sources, and nothing says which is that of MEGA: " + names(ex) + ".",
					"Annotate the one whose database MEGA writes to with @MegaDataSource ("
							+ MegaDataSource.class.getName() + "), or the application's main one with @Primary.");
		}
	}

	private static String names(NoUniqueBeanDefinitionException ex) {
		Collection<String> names = ex.getBeanNamesFound();
		return (names != null)
				? names.stream().sorted().map((name) -> "'" + name + "'").collect(Collectors.joining(", "))
				: String.valueOf(ex.getNumberOfBeansFound());
	}

}
