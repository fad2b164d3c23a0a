package org.megaetl.test;

import java.util.Arrays;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * The application under test, in this process or in one of its own.
 */
public final class ContractApplication {

	private ContractApplication() {
	}

	/**
	 * Runs the application until it is killed.
	 * @param args the class of its configuration, then the arguments
	 * @throws ClassNotFoundException if there is no such class
	 */
	public static void main(String[] args) throws ClassNotFoundException {
		ApplicationProcess.endWithParent();
		run(ClassUtils.forName(args[0], null), Arrays.copyOfRange(args, 1, args.length));
	}

	static ConfigurableApplicationContext run(Class<?> configuration, String... args) {
		return new SpringApplicationBuilder(configuration, ContractConfiguration.class).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.run(args);
	}

}
