package org.megaetl.pipeline;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Has a test look at what is called on connections, and refuse it.
 */
abstract class InterceptedConnections extends DelegatingDataSource {

	InterceptedConnections(DataSource target) {
		super(target);
	}

	@Override
	public Connection getConnection() throws SQLException {
		Connection target = super.getConnection();
		return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
				(proxy, method, args) -> {
					before(target, method.getName(), (args != null) ? args : new Object[0]);
					try {
						return method.invoke(target, args);
					}
					catch (InvocationTargetException ex) {
						throw ex.getTargetException();
					}
				});
	}

	/**
	 * Called before a method is called.
	 * @param connection the connection
	 * @param method the method's name
	 * @param args its arguments
	 * @throws SQLException instead of what the method does
	 */
	abstract void before(Connection connection, String method, Object[] args) throws SQLException;

}
