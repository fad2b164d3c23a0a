package org.megaetl.connector.kafka;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;

import org.springframework.boot.kafka.autoconfigure.DefaultKafkaConsumerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/**
 * Consumers that throw what a real one throws now and then only, such as when the brokers
 * refuse something.
 */
@Configuration(proxyBeanMethods = false)
public class FaultyConsumers {

	/** What adds them to an application. */
	static final String PROPERTY = "spring.main.sources=" + FaultyConsumers.class.getName();

	private volatile boolean commitFails;

	private volatile boolean pollsFail;

	private volatile boolean inHand;

	private final Queue<KafkaException> failures = new ConcurrentLinkedQueue<>();

	private final AtomicReference<RuntimeException> dropping = new AtomicReference<>();

	@Bean
	@SuppressWarnings("unchecked")
	DefaultKafkaConsumerFactoryCustomizer faults() {
		return (factory) -> ((DefaultKafkaConsumerFactory<Object, Object>) factory).addPostProcessor(this::faulty);
	}

	/**
	 * Lets one commit fail that is asked for after a poll that had records.
	 */
	void failCommit() {
		this.commitFails = true;
	}

	boolean isCommitToFail() {
		return this.commitFails;
	}

	void failPolls(boolean fail) {
		this.pollsFail = fail;
	}

	/**
	 * Lets the next poll fail.
	 */
	void failPoll(KafkaException failure) {
		this.failures.add(failure);
	}

	/**
	 * Lets the next poll fail that has records, which are lost with it.
	 */
	void failPollWithRecords(RuntimeException failure) {
		this.dropping.set(failure);
	}

	private Consumer<Object, Object> faulty(Consumer<Object, Object> consumer) {
		try {
			Field field = KafkaConsumer.class.getDeclaredField("delegate");
			field.setAccessible(true);
			Object delegate = field.get(consumer);
			field.set(consumer, Proxy.newProxyInstance(field.getType().getClassLoader(),
					new Class<?>[] { field.getType() }, (proxy, method, args) -> call(delegate, method, args)));
			return consumer;
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Object call(Object delegate, Method method, Object[] args) throws Throwable {
		boolean poll = method.getName().equals("poll");
		if (poll && this.pollsFail) {
			throw new KafkaException("polls fail");
		}
		KafkaException failure = poll ? this.failures.poll() : null;
		if (failure != null) {
			throw failure;
		}
		if (method.getName().equals("commitAsync") && this.inHand && this.commitFails) {
			this.commitFails = false;
			throw new KafkaException("a commit fails");
		}
		try {
			Object result = method.invoke(delegate, args);
			if (poll) {
				this.inHand = !((ConsumerRecords<?, ?>) result).isEmpty();
				RuntimeException dropped = this.inHand ? this.dropping.getAndSet(null) : null;
				if (dropped != null) {
					throw dropped;
				}
			}
			return result;
		}
		catch (InvocationTargetException ex) {
			throw ex.getCause();
		}
	}

}
