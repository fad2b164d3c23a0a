package org.megaetl.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the name that somebody probably meant.
 */
public final class ClosestMatch {

	private ClosestMatch() {
	}

	/**
	 * Find the known name nearest to a wrong one. Names that differ in more than a third
	 * of their characters are not near; upper and lower case do not count; of equally
	 * near names the alphabetically first is taken.
	 * @param wrong the name that is not known
	 * @param known the names that are
	 * @return the nearest of the known names, or empty if none is near
	 */
	public static Optional<String> closest(String wrong, Collection<String> known) {
		return known.stream()
			.map((name) -> new Candidate(name, distance(wrong, name)))
			.filter((candidate) -> candidate.distance <= Math.max(3, Math.max(wrong.length(), candidate.name.length()))
					/ 3)
			.min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
			.map(Candidate::name);
	}

	/**
	 * The optimal string alignment distance: insertions, deletions, replacements and
	 * swaps of neighbours.
	 */
	private static int distance(String left, String right) {
		String a = left.toLowerCase(Locale.ROOT);
		String b = right.toLowerCase(Locale.ROOT);
		int[][] distance = new int[a.length() + 1][b.length() + 1];
		for (int i = 0; i <= a.length(); i++) {
			for (int j = 0; j <= b.length(); j++) {
				if (i == 0 || j == 0) {
					distance[i][j] = i + j;
					continue;
				}
				int replacement = (a.charAt(i - 1) != b.charAt(j - 1)) ? 1 : 0;
				distance[i][j] = Math.min(distance[i - 1][j - 1] + replacement,
						Math.min(distance[i - 1][j], distance[i][j - 1]) + 1);
				if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
					distance[i][j] = Math.min(distance[i][j], distance[i - 2][j - 2] + 1);
				}
			}
		}
		return distance[a.length()][b.length()];
	}

	private record Candidate(String name, int distance) {
	}

}
