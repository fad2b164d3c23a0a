package org.megaetl.devservices;

import java.util.List;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;

/**
 * How to connect to a broker. Since all clients depend on this bean, it is destroyed
 * after them.
 */
final class DevServiceKafkaConnectionDetails implements KafkaConnectionDetails, DisposableBean {

	private final KafkaBroker broker;

	private final boolean owner;

	/**
	 * Create connection details.
	 * @param broker the running broker
	 * @param owner whether the broker ends with this bean
	 */
	DevServiceKafkaConnectionDetails(KafkaBroker broker, boolean owner) {
		this.broker = broker;
		this.owner = owner;
	}

	@Override
	public List<String> getBootstrapServers() {
		return List.of(this.broker.bootstrapServers());
	}

	@Override
	public void destroy() {
		if (this.owner) {
			this.broker.close();
		}
	}

}
