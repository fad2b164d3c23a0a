package org.megaetl.connector.webhook;

import java.time.Clock;

import org.apache.catalina.core.StandardHost;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.pipeline.EventBuffers;
import org.megaetl.pipeline.Pipelines;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.servlet.ConfigurableServletWebServerFactory;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the webhook connector.
 */
@AutoConfiguration(after = MegaAutoConfiguration.class,
		afterName = "org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration")
@ConditionalOnBooleanProperty("mega.connectors.webhook.enabled")
public final class WebhookConnectorAutoConfiguration {

	WebhookConnectorAutoConfiguration() {
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@EnableConfigurationProperties(WebhookConnectorProperties.class)
	static class ServletApplication {

		@Bean
		WebhookInbounds webhookInbounds(WebhookConnectorProperties properties,
				ObjectProvider<ActuatorPath> actuatorPath, Pipelines pipelines, Environment environment,
				ObjectProvider<Clock> clocks, ObjectProvider<EventBuffers> buffers) {
			ActuatorPath path = actuatorPath.getIfAvailable();
			boolean http2 = environment.getProperty("server.http2.enabled", Boolean.class, false);
			return new WebhookInbounds(properties, http2, (path != null) ? path.value() : "",
					new InboundGuards(environment, clocks.getIfUnique(Clock::systemUTC)), pipelines, buffers);
		}

		// Not a bean per servlet: their number is not known here. And not an initializer
		// that is a bean: the server would create it, and log its mistakes, while
		// starting
		@Bean
		WebServerFactoryCustomizer<ConfigurableServletWebServerFactory> webhookServlets(WebhookInbounds inbounds,
				WebhookConnectorProperties properties) {
			InFlight inFlight = new InFlight(properties.maxRequests(), properties.maxBytesInFlight().toBytes());
			return (factory) -> inbounds.all()
				.forEach((inbound) -> factory.addInitializers(servlet(inbound, properties, inFlight)));
		}

		@Bean
		ServerCheck webhookServerCheck(ApplicationContext context) {
			return new ServerCheck(context);
		}

		@Bean
		WebhookDescriber webhookDescriber(WebhookInbounds inbounds, WebhookConnectorProperties properties,
				Environment environment) {
			return new WebhookDescriber(inbounds, properties, environment);
		}

		private static ServletRegistrationBean<WebhookServlet> servlet(WebhookInbound inbound,
				WebhookConnectorProperties properties, InFlight inFlight) {
			WebhookServlet servlet = new WebhookServlet(inbound, properties, inFlight);
			// the servlet specification's pattern for "/" and nothing else
			String pattern = inbound.path().equals("/") ? "" : inbound.path();
			ServletRegistrationBean<WebhookServlet> registration = new ServletRegistrationBean<>(servlet, pattern);
			registration.setName(inbound.pipeline().name().toString());
			registration.setLoadOnStartup(1);
			return registration;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass(TomcatServletWebServerFactory.class)
	static class TomcatApplication {

		@Bean
		WebServerFactoryCustomizer<TomcatServletWebServerFactory> webhookTomcat() {
			return (factory) -> {
				if (TomcatServletWebServerFactory.DEFAULT_PROTOCOL.equals(factory.getProtocol())) {
					factory.setProtocol(LendingProtocol.class.getName());
				}
				factory.addContextCustomizers((context) -> {
					StandardHost host = (StandardHost) context.getParent();
					// or it would add one of its own behind ours
					host.setErrorReportValveClass("");
					host.getPipeline().addValve(new ProblemReportValve());
					host.getPipeline().addValve(new BodyWatchValve());
				});
				if (factory.getHttp2() != null && factory.getHttp2().isEnabled() && !Ssl.isEnabled(factory.getSsl())) {
					// replaces the one of the same name that Spring Boot adds
					factory.addConnectorCustomizers(
							(connector) -> connector.addUpgradeProtocol(new DirectHttp2Protocol()));
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass(WebEndpointProperties.class)
	@ConditionalOnBean(WebEndpointProperties.class)
	static class ActuatorApplication {

		@Bean
		ActuatorPath webhookActuatorPath(WebEndpointProperties endpoints, Environment environment) {
			boolean samePort = ManagementPortType.get(environment) == ManagementPortType.SAME;
			return new ActuatorPath(samePort ? endpoints.getBasePath() : "");
		}

	}

	/**
	 * Where the actuator's endpoints are.
	 *
	 * @param value the path they are under; empty if they have a port of their own or are
	 * under the root
	 */
	record ActuatorPath(String value) {

	}

	@Configuration(proxyBeanMethods = false)
	@Conditional(OnNoServletApplication.class)
	static class NoServletApplication {

		NoServletApplication() {
			throw new InvalidConfigurationException(
					"'mega.connectors.webhook.enabled' is true, but this is not a servlet web application, "
							+ "so that nothing can be posted.",
					"Add 'spring-boot-starter-webmvc' to the class path and leave 'spring.main.web-application-type' "
							+ "alone, or set 'mega.connectors.webhook.enabled' to false.");
		}

	}

	static class OnNoServletApplication extends NoneNestedConditions {

		OnNoServletApplication() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@ConditionalOnWebApplication(type = Type.SERVLET)
		static class Servlet {

		}

	}

}
