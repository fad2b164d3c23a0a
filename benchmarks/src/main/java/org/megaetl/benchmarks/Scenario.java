package org.megaetl.benchmarks;

/**
 * Something to measure.
 */
interface Scenario {

	/**
	 * Measures all systems, one after the other, as often as is asked for.
	 * @return what was measured
	 * @throws Exception if a system under test fails, or writes other rows than it should
	 */
	Results run() throws Exception;

	/**
	 * Returns the figure that the chart shows, and by which MEGA is compared with others.
	 */
	String figure();

}
