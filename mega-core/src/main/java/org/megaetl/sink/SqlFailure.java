package org.megaetl.sink;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

public record SqlFailure(@Nullable String sqlState, int vendorCode, String message) {

	public static @Nullable SqlFailure find(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof SQLException sql) {
				return new SqlFailure(sql.getSQLState(), sql.getErrorCode(), String.valueOf(sql.getMessage()));
			}
		}
		return null;
	}

	public static String describe(Throwable failure) {
		SqlFailure found = find(failure);
		return (found != null) ? found.message : String.valueOf(failure.getMessage());
	}

	public boolean isLostLock() {
		return this.vendorCode == 1213 || this.vendorCode == 1205;
	}

}
