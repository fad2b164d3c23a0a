package org.megaetl.connector.kafka;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Start;
import org.megaetl.connector.kafka.KafkaSources.ConfiguredInbound;
import org.megaetl.pipeline.EventBuffer;
import org.megaetl.pipeline.EventBuffers;
import org.megaetl.pipeline.PipelineName;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.StringUtils;

/**
 * Topics that keep the events of other connectors' inbounds. They are closed with the
 * beans: after the web server has answered its last request.
 */
class KafkaBuffers implements EventBuffers, DisposableBean {

	private final KafkaSources sources;

	private final SharedClients shared;

	private final List<KafkaBuffer> open = new CopyOnWriteArrayList<>();

	KafkaBuffers(KafkaSources sources, SharedClients shared) {
		this.sources = sources;
		this.shared = shared;
	}

	@Override
	public String name() {
		return KafkaSources.CONNECTOR;
	}

	@Override
	public EventBuffer open(PipelineName inbound) {
		PipelineName reader = new PipelineName(KafkaSources.CONNECTOR, inbound.inbound());
		String property = "mega.connectors.kafka.inbound." + reader.inbound();
		ConfiguredInbound target = this.sources.find(reader);
		if (target == null) {
			throw new InvalidConfigurationException(
					"The inbound '" + inbound + "' has the buffer 'kafka', but there is no inbound '" + property
							+ "' that would carry on with its events.",
					"Set '" + property + ".topics' to a topic of its own and '" + property
							+ ".transformer' to the transformer.");
		}
		check(inbound, reader, property, target);
		KafkaBuffer buffer = new KafkaBuffer(inbound, target.pipeline(), target.subscription().topics().get(0),
				() -> producer(target.clients()), this::later);
		this.open.add(buffer);
		return buffer;
	}

	private void later(Runnable task) {
		Future<?> unused = this.shared.later(task);
	}

	private static Producer<byte[], byte[]> producer(KafkaClients clients) {
		return UnresolvedBrokersException.make(clients.bootstrapServers(),
				() -> new KafkaProducer<>(clients.buffer(), new ByteArraySerializer(), new ByteArraySerializer()));
	}

	private static void check(PipelineName inbound, PipelineName reader, String property, ConfiguredInbound target) {
		String carriesOn = "'" + reader + "', which carries on with the events of '" + inbound + "', ";
		if (target.subscription().topics().size() != 1) {
			throw new InvalidConfigurationException(
					carriesOn + "reads " + target.subscription() + ", so that it is not clear where to keep them.",
					"Let '" + property + ".topics' name exactly one topic.");
		}
		if (target.inbound().start() != Start.EARLIEST) {
			throw new InvalidConfigurationException(
					carriesOn + "would leave out those that were kept before it reads for the first time.",
					"Remove '" + property + ".start'.");
		}
		if (StringUtils.hasText(target.inbound().schemaRegistry())) {
			throw new InvalidConfigurationException(
					carriesOn + "expects values in the wire format of a schema registry, which they are not in.",
					"Remove '" + property + ".schema-registry'.");
		}
	}

	@Override
	public void destroy() {
		this.open.forEach(KafkaBuffer::close);
	}

}
