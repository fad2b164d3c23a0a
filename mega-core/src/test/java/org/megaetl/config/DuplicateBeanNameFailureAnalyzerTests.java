package org.megaetl.config;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;
import org.springframework.stereotype.Component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link DuplicateBeanNameFailureAnalyzer}.
 */
@ExtendWith(OutputCaptureExtension.class)
class DuplicateBeanNameFailureAnalyzerTests {

	@Test
	void namesBothClasses(CapturedOutput output) {
		SpringApplication application = new SpringApplication(TwoOfOneName.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatException().isThrownBy(application::run);
		assertThat(output).contains("Two beans have the name 'order'")
			.contains(First.class.getName())
			.contains(Second.class.getName())
			.contains("Give one of them another name");
	}

	@Configuration(proxyBeanMethods = false)
	@ComponentScan(useDefaultFilters = false, includeFilters = @ComponentScan.Filter(type = FilterType.ASSIGNABLE_TYPE,
			classes = { First.class, Second.class }))
	static class TwoOfOneName {

	}

	@Component("order")
	static class First {

	}

	@Component("order")
	static class Second {

	}

}
