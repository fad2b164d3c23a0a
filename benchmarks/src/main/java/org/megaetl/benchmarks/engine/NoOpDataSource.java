package org.megaetl.benchmarks.engine;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.StubMethod;
import net.bytebuddy.matcher.ElementMatchers;

import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Connections to nothing: every statement succeeds and changes one row, or finds none. No
 * proxies, which would be measured as well.
 */
final class NoOpDataSource extends AbstractDataSource {

	private final Connection connection;

	NoOpDataSource() {
		ResultSet nothing = create(ResultSet.class, Map.of("next", FixedValue.value(false)));
		PreparedStatement statement = create(PreparedStatement.class,
				Map.of("executeUpdate", FixedValue.value(1), "executeQuery", FixedValue.reference(nothing)));
		this.connection = create(Connection.class, Map.of("prepareStatement", FixedValue.reference(statement)));
	}

	private static <T> T create(Class<T> type, Map<String, Implementation> answers) {
		DynamicType.Builder<Object> stub = new ByteBuddy().subclass(Object.class)
			.name(NoOpDataSource.class.getName() + type.getSimpleName())
			.modifiers(Modifier.PUBLIC)
			.implement(type)
			.method(ElementMatchers.isAbstract())
			.intercept(StubMethod.INSTANCE);
		for (Map.Entry<String, Implementation> answer : answers.entrySet()) {
			stub = stub.method(ElementMatchers.named(answer.getKey())).intercept(answer.getValue());
		}
		try {
			return type.cast(stub.make()
				.load(NoOpDataSource.class.getClassLoader(),
						ClassLoadingStrategy.UsingLookup.of(MethodHandles.lookup()))
				.getLoaded()
				.getConstructor()
				.newInstance());
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public Connection getConnection() {
		return this.connection;
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return this.connection;
	}

}
