package org.megaetl.benchmarks;

import java.io.IOException;

/**
 * How far a system has come.
 *
 * @param nanos the time
 * @param count how many rows there were, or events were done
 * @param cpu how many seconds of processor time it had used
 */
record Mark(long nanos, long count, double cpu) {

	static Mark now(ChildProcess process, long count) throws IOException {
		return new Mark(System.nanoTime(), count, process.cpuSeconds());
	}

	double secondsSince(Mark earlier) {
		return (this.nanos - earlier.nanos) / 1e9;
	}

	double perSecondSince(Mark earlier) {
		return (this.count - earlier.count) / secondsSince(earlier);
	}

	double cpuMicrosSince(Mark earlier) {
		return (this.cpu - earlier.cpu) * 1e6 / (this.count - earlier.count);
	}

}
