package org.megaetl.schema;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

import org.megaetl.transform.TransformFunction;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.sql.init.dependency.AbstractBeansOfTypeDatabaseInitializerDetector;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.core.Ordered;
import org.springframework.util.StringUtils;

/**
 * Puts the platform's tables after the user's migrations, and the transformers' after
 * both. The user's come first because a {@code Flyway} bean of the user's own, which is
 * not ours to configure, refuses a schema in which it finds tables of others.
 */
class SchemaInitializerDetector extends AbstractBeansOfTypeDatabaseInitializerDetector {

	@Override
	protected Set<Class<?>> getDatabaseInitializerBeanTypes() {
		return Set.of(PlatformSchemaInitializer.class);
	}

	/**
	 * Makes beans that are marked with {@link DependsOnDatabaseInitialization} depend on
	 * the transformers' DDL. Beans that depend on initialization because of their type,
	 * as {@code JdbcTemplate} does, are left out: a transformer may use one, and the DDL
	 * needs the transformer.
	 */
	@Override
	public void detectionComplete(ConfigurableListableBeanFactory beanFactory, Set<String> initializerNames) {
		Set<String> transformers = Set.of(beanFactory.getBeanNamesForType(TransformFunction.class, true, false));
		for (String initializer : beanFactory.getBeanNamesForType(TransformerSchemaInitializer.class, true, false)) {
			for (String name : beanFactory.getBeanDefinitionNames()) {
				if (!name.equals(initializer) && !transformers.contains(name) && beanFactory.findAnnotationOnBean(name,
						DependsOnDatabaseInitialization.class, false) != null) {
					addDependency(beanFactory.getBeanDefinition(name), initializer);
				}
			}
		}
	}

	private static void addDependency(BeanDefinition bean, String dependency) {
		String[] present = bean.getDependsOn();
		Set<String> dependencies = new LinkedHashSet<>();
		if (present != null) {
			dependencies.addAll(Arrays.asList(present));
		}
		dependencies.add(dependency);
		bean.setDependsOn(StringUtils.toStringArray(dependencies));
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
