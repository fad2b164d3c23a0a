package org.megaetl.benchmarks.systems;

import javax.sql.DataSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What one would write with Spring alone to take orders over HTTP.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
		HttpMessageConvertersAutoConfiguration.class, TomcatServletWebServerAutoConfiguration.class,
		DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class })
public class WebProgram {

	/**
	 * Runs the server.
	 * @param args arguments as of any Spring Boot application; {@code --way} says what is
	 * done with an order
	 */
	public static void main(String[] args) {
		SpringApplication.run(WebProgram.class, args);
	}

	@Bean
	@ConditionalOnProperty(name = "way", havingValue = "nothing")
	Controllers.Nothing nothingController() {
		return new Controllers.Nothing();
	}

	@Bean
	@ConditionalOnProperty(name = "way", havingValue = "insert")
	Controllers.Insert insertController(JdbcTemplate jdbc) {
		return new Controllers.Insert(jdbc);
	}

	@Bean
	@ConditionalOnProperty(name = "way", havingValue = "group-commit")
	ServletRegistrationBean<GroupCommitServlet> groupCommitServlet(DataSource dataSource) {
		ServletRegistrationBean<GroupCommitServlet> bean = new ServletRegistrationBean<>(
				new GroupCommitServlet(dataSource), "/orders");
		bean.setAsyncSupported(true);
		bean.setLoadOnStartup(1);
		return bean;
	}

}
