package org.megaetl.pipeline;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The connection a {@link org.megaetl.transform.DirectTransformer} works with: everything
 * but what decides over the transaction.
 */
final class TransactionConnection implements InvocationHandler {

	private static final Set<String> REFUSED = Set.of("commit", "setAutoCommit", "close", "abort",
			"setTransactionIsolation", "setReadOnly", "setCatalog", "setSchema", "unwrap", "setNetworkTimeout");

	private final Connection connection;

	private TransactionConnection(Connection connection) {
		this.connection = connection;
	}

	static Connection of(Connection connection) {
		return (Connection) Proxy.newProxyInstance(TransactionConnection.class.getClassLoader(),
				new Class<?>[] { Connection.class }, new TransactionConnection(connection));
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args) throws Throwable {
		switch (method.getName()) {
			case "equals":
				return proxy == ((args != null) ? args[0] : null);
			case "hashCode":
				return System.identityHashCode(proxy);
			case "toString":
				return "Transaction on " + this.connection;
			case "isWrapperFor":
				return false;
			default:
		}
		// rolling back to a savepoint of its own is the transformer's right
		boolean wholeRollback = method.getName().equals("rollback") && method.getParameterCount() == 0;
		if (wholeRollback || REFUSED.contains(method.getName())) {
			throw new SQLFeatureNotSupportedException("Connection." + method.getName()
					+ " is refused: the transaction belongs to the batch. Throw an exception to undo this event");
		}
		try {
			return method.invoke(this.connection, args);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
