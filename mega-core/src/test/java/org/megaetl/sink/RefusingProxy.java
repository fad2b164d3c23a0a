package org.megaetl.sink;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;

/**
 * A connection through a proxy that does not know how many rows are written at once, and
 * says so with the SQL state of a lost connection.
 */
final class RefusingProxy {

	private final Connection connection;

	private final String message;

	private int refusals;

	/**
	 * Creates a proxy.
	 * @param target the connection
	 * @param message what it says when it refuses
	 */
	RefusingProxy(Connection target, String message) {
		this.connection = wrap(Connection.class, target);
		this.message = message;
	}

	Connection connection() {
		return this.connection;
	}

	/**
	 * Returns how often it has refused.
	 */
	int refusals() {
		return this.refusals;
	}

	private <T> T wrap(Class<T> type, Object target) {
		return type.cast(Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> call(target, method, arguments)));
	}

	private @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
		if (method.getName().equals("executeBatch") || (method.getName().equals("executeLargeUpdate")
				&& arguments != null && arguments[0].toString().startsWith("LOAD DATA"))) {
			this.refusals++;
			throw new SQLException(this.message, "08S01", 1047);
		}
		try {
			Object result = method.invoke(target, arguments);
			if (result instanceof PreparedStatement statement) {
				return wrap(PreparedStatement.class, statement);
			}
			return (method.getName().equals("createStatement") && result != null) ? wrap(Statement.class, result)
					: result;
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
