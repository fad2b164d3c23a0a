package org.megaetl.test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * What the contract adds to the application under test.
 */
@Configuration(proxyBeanMethods = false)
class ContractConfiguration {

	static final String HOLD_AT = "contract.hold-at";

	@Bean
	static FaultPoints faultPoints(Environment environment) {
		return new FaultPoints(environment.getProperty(HOLD_AT, FaultPoint.class));
	}

	@Bean(PullAdapterContractTests.TRANSFORMER)
	AuditTransformer auditTransformer(FaultPoints faults) {
		return new AuditTransformer(faults);
	}

}
