package org.megaetl.connector.ethereum.rpc;

/**
 * What tells a chain from others: two may have one id.
 *
 * @param chainId the id, as EIP-155 has it
 * @param genesisHash the hash of block 0
 */
public record ChainIdentity(String chainId, String genesisHash) {

	@Override
	public String toString() {
		return "chain " + this.chainId + " with genesis " + this.genesisHash;
	}

}
