package org.megaetl.autoconfigure;

import javax.sql.DataSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * {@link Condition} that matches where there is a data source, also one that is only for
 * those who ask for it by its qualifier, which {@code @ConditionalOnBean} passes over.
 */
public class OnApplicationDataSource implements ConfigurationCondition {

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
		BeanFactory beans = context.getBeanFactory();
		return beans instanceof ListableBeanFactory listable && BeanFactoryUtils
			.beanNamesForTypeIncludingAncestors(listable, DataSource.class, true, false).length > 0;
	}

}
