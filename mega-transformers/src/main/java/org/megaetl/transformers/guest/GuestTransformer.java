package org.megaetl.transformers.guest;

import java.sql.SQLException;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.table.TableBound;
import org.megaetl.transformers.table.TableNames;

/**
 * Hands events to a guest, which can be replaced, and makes rows of what it returns. Safe
 * for use by several threads.
 */
public final class GuestTransformer implements TableBound, AutoCloseable {

	private final GuestSettings settings;

	private final GuestRows rows;

	private final CallTimer timer;

	private final @Nullable String initDdl;

	private volatile GuestInstances instances;

	/**
	 * Creates a transformer.
	 * @param settings what the configuration says
	 * @param program the guest
	 * @param timer ends calls that take too long
	 * @param initDdl the DDL that the guest asks for, or {@code null} for none
	 */
	public GuestTransformer(GuestSettings settings, GuestProgram program, CallTimer timer, @Nullable String initDdl) {
		this(settings, new GuestRows(settings), program, timer, initDdl);
		settings.tables().forEach((table) -> TableNames.refusePlatform(table, settings.property() + ".tables"));
	}

	private GuestTransformer(GuestSettings settings, GuestRows rows, GuestProgram program, CallTimer timer,
			@Nullable String initDdl) {
		this.settings = settings;
		this.rows = rows;
		this.timer = timer;
		this.initDdl = initDdl;
		this.instances = new GuestInstances(program, timer, settings.timeout());
	}

	/**
	 * Returns a transformer that is like this one but for its program, to try that.
	 * @param program the program
	 * @return the transformer, to be closed
	 */
	public GuestTransformer with(GuestProgram program) {
		return new GuestTransformer(this.settings, this.rows, program, this.timer, this.initDdl);
	}

	@Override
	public @Nullable String initDdl() {
		return this.initDdl;
	}

	@Override
	public void bind(Catalogue catalogue) throws SQLException {
		this.rows.bind(catalogue);
	}

	/**
	 * Uses another program from the next batch on.
	 * @param program the program, which has been tried
	 */
	public void replace(GuestProgram program) {
		GuestInstances old = this.instances;
		this.instances = new GuestInstances(program, this.timer, this.settings.timeout());
		old.close();
	}

	@Override
	public List<Row> transform(Event event) throws Exception {
		try (GuestBatch batch = openBatch()) {
			return batch.transform(event);
		}
	}

	@Override
	public GuestBatch openBatch() {
		return new GuestBatch(this.instances, this.rows);
	}

	@Override
	public void close() {
		this.instances.close();
	}

}
