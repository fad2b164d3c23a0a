package org.megaetl.transformers.guest;

import java.sql.SQLException;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.transform.TransformerBatch;
import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.table.TableBound;
import org.megaetl.transformers.table.TableNames;

/**
 * Hands events to a guest, which can be replaced, and makes rows of what it returns. Safe
 * for use by several threads.
 */
public final class GuestTransformer implements TableBound, AutoCloseable {

	private final GuestSettings settings;

	private final CallTimer timer;

	private final @Nullable String initDdl;

	private volatile Guest guest;

	/**
	 * Creates a transformer.
	 * @param settings what the configuration says
	 * @param program the guest
	 * @param timer ends calls that take too long
	 * @param initDdl the DDL that the guest asks for, or {@code null} for none
	 */
	public GuestTransformer(GuestSettings settings, GuestProgram program, CallTimer timer, @Nullable String initDdl) {
		settings.tables().forEach((table) -> TableNames.refusePlatform(table, settings.property() + ".tables"));
		this.settings = settings;
		this.timer = timer;
		this.initDdl = initDdl;
		this.guest = new Guest(program, new GuestInstances(program, timer, settings.timeout()),
				new GuestRows(settings));
	}

	/**
	 * Returns a transformer that is like this one but for its program, and knows no table
	 * yet, to try that.
	 * @param program the program
	 * @return the transformer, to be closed
	 */
	public GuestTransformer with(GuestProgram program) {
		return new GuestTransformer(this.settings, program, this.timer, this.initDdl);
	}

	@Override
	public @Nullable String initDdl() {
		return this.initDdl;
	}

	@Override
	public void bind(Catalogue catalogue) throws SQLException {
		this.guest.rows.bind(catalogue);
	}

	/**
	 * Uses the program of another transformer from the next batch on, and the tables as
	 * that one knows them, if it does.
	 * @param tried a transformer made {@linkplain #with with} the program, which has been
	 * tried
	 */
	public void replace(GuestTransformer tried) {
		Guest old = this.guest;
		GuestProgram program = tried.guest.program;
		this.guest = new Guest(program, new GuestInstances(program, this.timer, this.settings.timeout()),
				tried.guest.rows.isBound() ? tried.guest.rows : old.rows);
		old.instances.close();
	}

	@Override
	public List<Row> transform(Event event) throws Exception {
		try (GuestBatch batch = openGuestBatch()) {
			return batch.transform(event);
		}
	}

	@Override
	public TransformerBatch openBatch() {
		return openGuestBatch();
	}

	private GuestBatch openGuestBatch() {
		Guest current = this.guest;
		return new GuestBatch(current.instances, current.rows);
	}

	@Override
	public void close() {
		this.guest.instances.close();
	}

	/**
	 * A program and the tables it was tried with, which are replaced together.
	 *
	 * @param program the program
	 * @param instances its instances
	 * @param rows makes rows of what it returns
	 */
	private record Guest(GuestProgram program, GuestInstances instances, GuestRows rows) {

	}

}
