package org.megaetl.connector.file;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Properties of the file connector.
 *
 * @param enabled Whether files are read.
 * @param inbound Inbounds by name. The pipeline of each is named file.(name).
 */
@Validated
@ConfigurationProperties("mega.connectors.file")
record FileProperties(@DefaultValue("false") boolean enabled, @DefaultValue Map<String, @Valid Inbound> inbound) {

	/**
	 * Files that are read line by line as they grow.
	 *
	 * @param files Files, each of which is read in order. One that does not exist is
	 * waited for.
	 * @param transformer Name of the transformer.
	 * @param threads Whether each file is read by a thread of its own, or all of them by
	 * one thread in common batches.
	 * @param remember Where is stored how far a file has been read.
	 * @param batchSize Maximum number of lines that are delivered together.
	 * @param pollInterval How long to wait at the end of the files before looking again.
	 * @param id Name that the state of the pipeline is kept under, so that the inbound
	 * can be renamed. By default the pipeline's name.
	 */
	record Inbound(@NotEmpty List<Path> files, @NotBlank String transformer, @DefaultValue("per-file") Threads threads,
			@DefaultValue("in-database") Remember remember, @DefaultValue("1000") @Min(1) int batchSize,
			@DefaultValue("100ms") Duration pollInterval, @Nullable @Size(min = 1, max = 127) String id) {

	}

	/**
	 * How many threads read.
	 */
	enum Threads {

		/** A thread for each file. */
		PER_FILE,

		/** One thread for all files. */
		ONE

	}

	/**
	 * Where is stored how far a file has been read.
	 */
	enum Remember {

		/** In the database, with the rows. */
		IN_DATABASE,

		/** Beside the file, after the commit. Lines may come again, with the same id. */
		BESIDE_FILE

	}

}
