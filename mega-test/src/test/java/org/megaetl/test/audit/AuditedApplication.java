package org.megaetl.test.audit;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.file.FileApplication;
import org.megaetl.pipeline.Sink;
import org.megaetl.test.ApplicationProcess;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * An application that reads files.
 */
public final class AuditedApplication {

	private AuditedApplication() {
	}

	public static void main(String[] args) {
		ApplicationProcess.endWithParent();
		run(args);
	}

	static ConfigurableApplicationContext run(String... args) {
		return new SpringApplicationBuilder(FileApplication.class, AuditConfiguration.class)
			.web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.properties("spring.main.banner-mode=off", "spring.application.name=audit")
			.run(args);
	}

	@Configuration(proxyBeanMethods = false)
	static class AuditConfiguration {

		@Bean
		AuditedTransformer audited() {
			return new AuditedTransformer();
		}

		@Bean
		SharedRowsTransformer shared() {
			return new SharedRowsTransformer();
		}

		@Bean
		static BeanPostProcessor markedTransactions(Environment environment) {
			return new BeanPostProcessor() {
				@Override
				public @Nullable Object postProcessAfterInitialization(Object bean, String beanName) {
					String marks = environment.getProperty("audit.marks");
					if (!(bean instanceof Sink sink) || marks == null) {
						return bean;
					}
					MarkedTransactions transactions = new MarkedTransactions(sink.transactions(), Path.of(marks),
							environment.getRequiredProperty("audit.linger", Integer.class),
							environment.getRequiredProperty("audit.seed", Long.class));
					return new Sink(sink.dataSource(), transactions, sink.rows(), sink.checkpoints(), sink.inbox(),
							sink.deadLetters(), sink.classifier());
				}
			};
		}

	}

}
