package org.megaetl.pipeline;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
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
		Object result = call(this.connection, method, args);
		if (result instanceof CallableStatement) {
			return child(result, CallableStatement.class, proxy);
		}
		if (result instanceof PreparedStatement) {
			return child(result, PreparedStatement.class, proxy);
		}
		if (result instanceof Statement) {
			return child(result, Statement.class, proxy);
		}
		return (result instanceof DatabaseMetaData) ? child(result, DatabaseMetaData.class, proxy) : result;
	}

	/**
	 * Returns a statement or the metadata as it is, but for the connection it leads to.
	 */
	private static Object child(Object target, Class<?> type, Object connection) {
		return Proxy.newProxyInstance(TransactionConnection.class.getClassLoader(), new Class<?>[] { type }, (proxy,
				method, args) -> method.getName().equals("getConnection") ? connection : call(target, method, args));
	}

	private static @Nullable Object call(Object target, Method method, Object @Nullable [] args) throws Throwable {
		try {
			return method.invoke(target, args);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
