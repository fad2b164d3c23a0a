package org.megaetl.connector.ethereum;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Uint256}.
 */
class Uint256Tests {

	private static final BigInteger MAX = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);

	@Test
	void keepsNumbersAndTheirOrder() {
		List<BigInteger> numbers = List.of(BigInteger.ZERO, BigInteger.ONE, BigInteger.valueOf(255),
				BigInteger.valueOf(256), BigInteger.TWO.pow(255), MAX);
		byte[] before = new byte[0];
		for (BigInteger number : numbers) {
			byte[] bytes = Uint256.toBytes(number);
			assertThat(bytes).hasSize(32);
			assertThat(Uint256.fromBytes(bytes)).isEqualTo(number);
			assertThat(Arrays.compareUnsigned(before, bytes)).isNegative();
			before = bytes;
		}
	}

	@Test
	void refusesWhatIsNoUint256() {
		assertThatIllegalArgumentException().isThrownBy(() -> Uint256.toBytes(MAX.add(BigInteger.ONE)));
		assertThatIllegalArgumentException().isThrownBy(() -> Uint256.toBytes(BigInteger.ONE.negate()));
		assertThatIllegalArgumentException().isThrownBy(() -> Uint256.fromBytes(new byte[33]));
	}

}
