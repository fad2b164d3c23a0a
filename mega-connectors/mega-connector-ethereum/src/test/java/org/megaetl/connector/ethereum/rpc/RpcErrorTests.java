package org.megaetl.connector.ethereum.rpc;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcError}.
 */
class RpcErrorTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					-32005 | query returned more than 10000 results                                              | 0
					-32005 | query returned more than 10000 results. Try with this block range [0x1, 0x64].      | 100
					-32602 | Log response size exceeded. this block range should work: [0x0, 0x0]                | 1
					-32600 | eth_getLogs is limited to a 10,000 range                                            | 10000
					-32614 | eth_getLogs and eth_newFilter are limited to a 10,000 blocks range                  | 10000
					-32000 | exceed maximum block range: 5000                                                    | 5000
					-32602 | You can make eth_getLogs requests with up to a 500 block range.                     | 500
					-32602 | range 1000000 exceeds limit of 10000                                                | 10000
					-32000 | block range is too wide                                                             | 0
					-32000 | query timeout exceeded                                                              | 0
					-32002 | request timed out                                                                   | 0
					-32016 | eth_getLogs request was canceled due to enabled timeout.                            | 0
					-32000 | context deadline exceeded                                                           | 0
					-32003 | response too large                                                                  | 0
					-32005 | Requested range exceeds maximum RPC range limit                                     | 0
					-32005 | Requested range exceeds maximum range limit                                         | 0
					-32701 | Please specify an address in your request or, to remove restrictions, use a block range of up to 1k | 1000
					-32005 | block range too large, [0x64, 0x1]                                                  | 0
					-32005 | block range too large, [0x0, 0xffffffffffffffffffffffffffff]                        | 0""")
	void recognisesWhatAsksForFewerBlocks(int code, String message, long suggested) {
		RpcError error = new RpcError(code, message);
		assertThat(error.isRangeTooLarge()).isTrue();
		assertThat(error.isRateLimit()).isFalse();
		assertThat(error.suggestedRange().orElse(0)).isEqualTo(suggested);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			4444   | pruned history unavailable         | pruned
			-32000 | missing trie node 1234             | pruned
			-39001 | Unknown block                      | unknown
			-32000 | header not found                   | unknown
			-32601 | the method eth_foo does not exist  | missing
			35     | method is not available on freetier | missing
			-32001 | rpc method is not whitelisted      | missing
			-32000 | execution reverted                 |""")
	void tellsErrorsApart(int code, String message, String kind) {
		RpcError error = new RpcError(code, message);
		assertThat(error.isPruned()).isEqualTo("pruned".equals(kind));
		assertThat(error.isUnknownBlock()).isEqualTo("unknown".equals(kind));
		assertThat(error.isMethodMissing()).isEqualTo("missing".equals(kind));
		assertThat(error.isRangeTooLarge() || error.isRateLimit()).isFalse();
	}

}
